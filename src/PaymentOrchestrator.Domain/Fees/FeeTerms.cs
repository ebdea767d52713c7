namespace PaymentOrchestrator.Domain;

/// <summary>
/// What a fee is made of: a percentage of the converted order and a fixed amount, which tiers replace for larger orders, within a minimum and a
/// maximum. Fixed amount, minimum and maximum are in the currency that the rule is for, or in CNY; CNY is taken at the mid rate of the quote, and
/// everything is rounded once, at the end. Tiers begin at amounts of the order, CNY, so that they mean the same in every currency.
/// </summary>
/// <param name="Code">The code of the fee line.</param>
/// <param name="Percentage">Per cent of the converted order, 0–100, below the first tier.</param>
/// <param name="Fixed">On top of the percentage, below the first tier.</param>
/// <param name="Minimum">The fee is never less; null for no such limit.</param>
/// <param name="Maximum">The fee is never more; null for no such limit.</param>
/// <param name="Tiers">Ascending by <see cref="FeeTier.From"/>; a tier prices the whole order, not only what lies above its beginning.</param>
public sealed record FeeTerms(
    string Code, decimal Percentage, Money? Fixed = null, Money? Minimum = null, Money? Maximum = null, IReadOnlyList<FeeTier>? Tiers = null)
{
    /// <summary>The tier that an order falls into: the last one that begins at or below it. Null below the first.</summary>
    public FeeTier? TierFor(Money order) => Tiers?.LastOrDefault(tier => tier.From <= order);

    /// <summary>Zero where no order of any size has a fee, else computed.</summary>
    public FeeStatus Status =>
        (Tiers ?? []).Append<FeeTier?>(null).All(tier => Reckon(tier, null).Status == FeeStatus.Zero) ? FeeStatus.Zero : FeeStatus.Computed;

    /// <summary>How the fee of an order in the tier comes about.</summary>
    /// <param name="tier">Null below the first.</param>
    /// <param name="limit">What kept it; null for nothing.</param>
    public FeeReckoning Reckon(FeeTier? tier, FeeLimit? limit)
    {
        var (percentage, extra) = tier is null ? (Percentage, Fixed) : (tier.Percentage, tier.Fixed);
        var free = percentage == 0 && extra is null or { IsZero: true } && Minimum is null or { IsZero: true };
        return new FeeReckoning(
            free ? FeeStatus.Zero : FeeStatus.Computed, FeeReckoning.Text(percentage), extra, tier?.From, Minimum, Maximum, limit);
    }
}

/// <summary>What takes the place of percentage and fixed amount for larger orders.</summary>
/// <param name="From">The smallest order of the tier, CNY, itself included.</param>
/// <param name="Percentage">Per cent of the converted order, 0–100.</param>
/// <param name="Fixed">On top of the percentage; null for none.</param>
public sealed record FeeTier(Money From, decimal Percentage, Money? Fixed = null);

/// <summary>Three different things that all come to no fee, or to one.</summary>
public enum FeeStatus
{
    /// <summary>The price list has no fee for the method.</summary>
    NotApplicable,

    /// <summary>The price list has one, and says that it is free.</summary>
    Zero,

    /// <summary>The fee was computed, whatever it came to.</summary>
    Computed,
}

public static class FeeStatuses
{
    public static string Code(this FeeStatus status) => status switch
    {
        FeeStatus.NotApplicable => "not_applicable",
        FeeStatus.Zero => "zero",
        FeeStatus.Computed => "computed",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
