using System.Globalization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>How a price list is read, as part of another command's round trip.</summary>
internal static class FeeSchedules
{
    /// <summary>The schedule in force: the marketplace's own, else the default; the newest that has begun. Parameters: marketplace, now.</summary>
    public const string FindInForce = """
        select id, effective_from, rules
        from fee_schedules
        where (marketplace_id = @marketplace or marketplace_id is null) and effective_from <= @now
        order by marketplace_id nulls last, effective_from desc
        limit 1;
        """;
}

/// <summary>How Dapper reads a schedule.</summary>
internal sealed class FeeScheduleRow
{
    public string Id { get; init; } = "";

    public DateTime EffectiveFrom { get; init; }

    public string Rules { get; init; } = "";

    public FeeSchedule ToSchedule() => new(Id, EffectiveFrom, [.. ApiJson.Read<FeeRuleDocument[]>(Rules).Select(rule => new FeeRule(
        rule.Method,
        rule.Currency,
        checked((int)rule.MarkupBps),
        rule.Fee?.Code,
        rule.Fee is null ? 0m : decimal.Parse(rule.Fee.Percentage, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture),
        rule.FeeRefundable ?? true))]);
}

/// <summary>A rule as fee_schedules.rules holds it.</summary>
internal sealed record FeeRuleDocument
{
    public required PaymentMethod Method { get; init; }

    public Currency? Currency { get; init; }

    public required long MarkupBps { get; init; }

    public FeeDocument? Fee { get; init; }

    public bool? FeeRefundable { get; init; }
}

internal sealed record FeeDocument
{
    public required string Code { get; init; }

    public required string Percentage { get; init; }
}
