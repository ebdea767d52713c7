using System.Collections.Concurrent;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>How a price list is read, as part of another command's round trip.</summary>
internal static class FeeSchedules
{
    /// <summary>
    /// The schedule in force: the marketplace's own, else the default; the newest that has begun. Exactly one at any instant, for the default is
    /// always there and no two of one owner begin together. Parameters: marketplace, mode, now.
    /// </summary>
    public const string FindInForce = "select id, effective_from, rules " + InForce + ";";

    /// <summary>The same, for what else one wants of it.</summary>
    public const string InForce = """
        from fee_schedules
        where ((marketplace_id = @marketplace and (mode = @mode or mode is null)) or marketplace_id is null) and effective_from <= @now
        order by marketplace_id nulls last, effective_from desc, mode nulls last
        limit 1
        """;
}

/// <summary>How Dapper reads a schedule.</summary>
internal sealed class FeeScheduleRow
{
    private const int MostMade = 1000;

    private static readonly ConcurrentDictionary<(string Id, DateTime EffectiveFrom, string Rules), FeeSchedule> Made = [];

    public string Id { get; init; } = "";

    public DateTime EffectiveFrom { get; init; }

    public string Rules { get; init; } = "";

    /// <summary>Every quote reads the schedule in force, and there are few: each is made of its text once.</summary>
    public FeeSchedule ToSchedule()
    {
        if (Made.TryGetValue((Id, EffectiveFrom, Rules), out var made)) return made;
        if (Made.Count >= MostMade) Made.Clear();
        return Made[(Id, EffectiveFrom, Rules)] = FeeRuleDocument.ToSchedule(Id, EffectiveFrom, ApiJson.Read<FeeRuleDocument[]>(Rules));
    }
}
