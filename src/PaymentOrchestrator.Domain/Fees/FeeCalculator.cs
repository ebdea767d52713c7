using System.Globalization;
using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>One fee line of a price.</summary>
/// <param name="Code">The fee's code, from the schedule.</param>
/// <param name="Value">Minor units of the source currency.</param>
/// <param name="Reckoning">How it came about.</param>
public sealed record FeeLine(string Code, BigInteger Value, FeeReckoning Reckoning);

/// <summary>How a fee came about: what anyone needs to compute it again.</summary>
/// <param name="Status">Computed, or zero where the price list says that orders like this are free.</param>
/// <param name="Percentage">Per cent of the converted order, as contracts show it: <c>3</c>, <c>2.5</c>.</param>
/// <param name="Fixed">On top of it, as the price list has it; null for none.</param>
/// <param name="TierFrom">Where the tier begins that the order fell into; null below the first or without tiers.</param>
/// <param name="Minimum">The price list's smallest fee; null for none.</param>
/// <param name="Maximum">The price list's largest fee; null for none.</param>
/// <param name="Limit">Which of the two decided; null for neither.</param>
public sealed record FeeReckoning(
    FeeStatus Status, string Percentage, Money? Fixed = null, Money? TierFrom = null, Money? Minimum = null, Money? Maximum = null, FeeLimit? Limit = null)
{
    public static string Text(decimal percentage) => percentage.ToString("0.############", CultureInfo.InvariantCulture);
}

public enum FeeLimit
{
    Minimum,
    Maximum,
}

public static class FeeCalculator
{
    /// <summary>
    /// The fee: a percentage of the converted order amount, and of it alone (never of amount plus fee), and a fixed amount, kept between minimum
    /// and maximum as exact fractions, and rounded once, half away from zero. Within a tier it never falls as the order grows. Null where the
    /// rule has no fee line.
    /// </summary>
    /// <param name="rule">Its amounts are in the source currency or in CNY.</param>
    /// <param name="order">CNY; decides the tier.</param>
    /// <param name="source">The currency of the fee.</param>
    /// <param name="convertedOrder">Minor units of <paramref name="source"/>.</param>
    /// <param name="mid">Its mid rate against CNY; null where it is CNY.</param>
    /// <exception cref="ArgumentException">The rule has an amount in a third currency: it should not have been published.</exception>
    public static FeeLine? Fee(FeeRule rule, Money order, Currency source, BigInteger convertedOrder, ExchangeRate? mid)
    {
        if (rule.Fee is not { } terms) return null;
        var tier = terms.TierFor(order);
        var (percentage, fixedAmount) = tier is null ? (terms.Percentage, terms.Fixed) : (tier.Percentage, tier.Fixed);
        var (numerator, scale) = ExactMath.Fraction(percentage);
        var fee = new Part(convertedOrder * numerator, scale * 100) + In(fixedAmount);
        FeeLimit? limit = null;
        if (terms.Minimum is not null && fee.IsBelow(In(terms.Minimum))) (fee, limit) = (In(terms.Minimum), FeeLimit.Minimum);
        if (terms.Maximum is not null && In(terms.Maximum).IsBelow(fee)) (fee, limit) = (In(terms.Maximum), FeeLimit.Maximum);
        return new FeeLine(terms.Code, fee.Round(), terms.Reckon(tier, limit));

        Part In(Money? amount)
        {
            if (amount is not { } money) return new Part(0, 1);
            if (money.Currency == source) return new Part(money.Value, 1);
            if (money.Currency != Currency.Cny || mid is null) throw new ArgumentException($"A fee in {source} cannot be made of {money.Currency}.", nameof(rule));
            var (rate, rateScale) = ExactMath.Fraction(mid.Value);
            return new Part(money.Value * rateScale * source.MinorUnitsPerUnit, rate * Currency.Cny.MinorUnitsPerUnit);
        }
    }

    /// <summary>A non-negative fraction of minor units.</summary>
    private readonly record struct Part(BigInteger Numerator, BigInteger Denominator)
    {
        public static Part operator +(Part left, Part right) =>
            new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

        public bool IsBelow(Part other) => Numerator * other.Denominator < other.Numerator * Denominator;

        public BigInteger Round() => ExactMath.DivideHalfUp(Numerator, Denominator);
    }
}
