using System.Globalization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>Fee and markup of one method, in one currency or in all that have no rule of their own.</summary>
public sealed record FeeRuleDocument
{
    public required PaymentMethod Method { get; init; }

    /// <summary>The currency that the buyer pays in; left out for all that have no rule of their own.</summary>
    public Currency? Currency { get; init; }

    /// <summary>Basis points taken off the mid rate, 0–9999; of no effect where nothing is converted.</summary>
    public required long MarkupBps { get; init; }

    /// <summary>The markup of single lengths of hold, by <c>1m</c>, <c>15m</c>, <c>1h</c> and <c>24h</c>; <c>markup_bps</c> holds for those left out.</summary>
    public IReadOnlyDictionary<string, long>? LockMarkupBps { get; init; }

    /// <summary>The fee line; left out where the method has none.</summary>
    public FeeDocument? Fee { get; init; }

    /// <summary>Whether a refund gives back its part of the fee; true when left out.</summary>
    public bool? FeeRefundable { get; init; }

    internal static FeeSchedule ToSchedule(string id, DateTime effectiveFrom, IEnumerable<FeeRuleDocument> rules) => new(id, effectiveFrom, [.. rules.Select(rule => rule.ToRule())]);

    internal FeeRule ToRule() => new(Method, Currency, checked((int)MarkupBps), Fee?.ToTerms(), FeeRefundable ?? true)
    {
        LockMarkupBps = (LockMarkupBps ?? new Dictionary<string, long>()).ToDictionary(
            pair => QuoteLocks.FromCode(pair.Key) ?? throw new InvalidOperationException($"Unknown length of hold {pair.Key} in a fee schedule."),
            pair => checked((int)pair.Value)),
    };
}

/// <summary>
/// A fee: a percentage of the converted order and a fixed amount, within a minimum and a maximum, rounded once, half away from zero. Fixed amount,
/// minimum and maximum are in the rule's currency, or in CNY, which is taken at the quote's mid rate.
/// </summary>
public sealed record FeeDocument
{
    /// <summary>The code of the fee line: 1–64 small letters, digits and underscores.</summary>
    public required string Code { get; init; }

    /// <summary>Per cent of the converted order, 0–100, a decimal with at most six places. A fee of nothing but zeros is shown as free.</summary>
    public required string Percentage { get; init; }

    /// <summary>On top of the percentage.</summary>
    public Amount? Fixed { get; init; }

    /// <summary>The fee is never less.</summary>
    public Amount? Minimum { get; init; }

    /// <summary>The fee is never more.</summary>
    public Amount? Maximum { get; init; }

    /// <summary>Other terms for larger orders, ascending, at most 20.</summary>
    public IReadOnlyList<FeeTierDocument>? Tiers { get; init; }

    internal FeeTerms ToTerms() => new(
        Code, Parse(Percentage), Fixed?.ToMoney(), Minimum?.ToMoney(), Maximum?.ToMoney(),
        Tiers is null ? null : [.. Tiers.Select(tier => new FeeTier(tier.From.ToMoney(), Parse(tier.Percentage), tier.Fixed?.ToMoney()))]);

    private static decimal Parse(string percentage) => decimal.Parse(percentage, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}

/// <summary>What takes the place of percentage and fixed amount for an order of this size: for the whole of it.</summary>
public sealed record FeeTierDocument
{
    /// <summary>The smallest order of the tier, CNY, itself included.</summary>
    public required Amount From { get; init; }

    /// <summary>Per cent of the converted order, 0–100.</summary>
    public required string Percentage { get; init; }

    /// <summary>On top of the percentage; none when left out.</summary>
    public Amount? Fixed { get; init; }

    internal static FeeTierDocument Of(FeeTier tier) =>
        new() { From = tier.From, Percentage = FeeReckoning.Text(tier.Percentage), Fixed = tier.Fixed is { } extra ? extra : null };
}
