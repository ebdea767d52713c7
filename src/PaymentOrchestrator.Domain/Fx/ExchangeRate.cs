using System.Globalization;
using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>Units of <paramref name="Counter"/> for one unit of <paramref name="Base"/>, at ten significant digits.</summary>
/// <param name="Base">The currency that is sold.</param>
/// <param name="Counter">The currency that is bought.</param>
/// <param name="Value">Positive, at most ten significant digits.</param>
public sealed record ExchangeRate(Currency Base, Currency Counter, decimal Value)
{
    /// <summary>mid × (1 − markup), ten digits, rounded down: in the house's favour by less than one part in 10⁹.</summary>
    /// <param name="markupBps">Basis points, 0–9999.</param>
    public ExchangeRate LessMarkup(int markupBps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(markupBps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(markupBps, 9999);
        var (numerator, denominator) = ExactMath.Fraction(Value);
        return this with { Value = ExactMath.RateDown(numerator * (10_000 - markupBps), denominator * 10_000) };
    }

    /// <summary>What must be sold to buy <paramref name="bought"/>: ⌈bought ÷ rate⌉ in minor units of the base. May exceed <see cref="Money.MaxValue"/>.</summary>
    /// <exception cref="ArgumentException">The amount is not in the counter currency.</exception>
    public BigInteger SellToBuy(Money bought)
    {
        if (bought.Currency != Counter) throw new ArgumentException($"{Base}/{Counter} does not buy {bought.Currency}.", nameof(bought));
        var (numerator, denominator) = ExactMath.Fraction(Value);
        return ExactMath.DivideUp(bought.Value * denominator * Base.MinorUnitsPerUnit, numerator * Counter.MinorUnitsPerUnit);
    }

    /// <summary>What selling <paramref name="sold"/> buys: ⌊sold × rate⌋ in minor units of the counter. May exceed <see cref="Money.MaxValue"/>.</summary>
    /// <exception cref="ArgumentException">The amount is not in the base currency.</exception>
    public BigInteger BuyBySelling(Money sold)
    {
        if (sold.Currency != Base) throw new ArgumentException($"{Base}/{Counter} does not sell {sold.Currency}.", nameof(sold));
        var (numerator, denominator) = ExactMath.Fraction(Value);
        return sold.Value * numerator * Counter.MinorUnitsPerUnit / (denominator * Base.MinorUnitsPerUnit);
    }

    /// <summary>Ten significant digits with trailing zeros, as contracts show rates: <c>7.950769200</c>.</summary>
    public string ToRateString() => Format(Value);

    /// <inheritdoc cref="ToRateString"/>
    public static string Format(decimal rate)
    {
        // The integer digits decide how many decimals are left of the ten; below one, leading zeros do not count.
        var decimals = ExactMath.RateDigits - 1;
        for (var probe = rate; probe >= 10m; probe /= 10m) decimals--;
        for (var probe = rate; probe is > 0m and < 1m; probe *= 10m) decimals++;
        return rate.ToString("F" + Math.Max(decimals, 0).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
