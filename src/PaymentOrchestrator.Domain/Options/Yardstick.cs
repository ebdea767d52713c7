using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>Makes amounts of different currencies comparable: their worth in one currency, at mid rates against CNY.</summary>
/// <param name="Currency">The currency of all results.</param>
/// <param name="MidAgainstCny">CNY per one unit of a currency; null where there is no rate. Never asked for CNY.</param>
public sealed record Yardstick(Currency Currency, Func<Currency, ExchangeRate?> MidAgainstCny)
{
    /// <summary>What the amount is worth, half to even; null where there is no rate, or where the worth passes <see cref="Money.MaxValue"/>.</summary>
    /// <param name="amount">Not negative.</param>
    public Money? WorthOf(Money amount) => Fraction(amount) is { } worth ? Round(worth.Numerator, worth.Denominator) : null;

    /// <summary>
    /// What sending an order by bank transfer would cost: the order, a percentage of it, and a fixed fee, rounded once, half to even. Null as in
    /// <see cref="WorthOf"/>.
    /// </summary>
    public Money? CostOf(Money order, BankTransferTerms terms)
    {
        if (Fraction(order) is not { } sent || Fraction(terms.FixedFee) is not { } fee) return null;
        var (percentage, scale) = ExactMath.Fraction(terms.Percentage);
        var (numerator, denominator) = (sent.Numerator * ((scale * 100) + percentage), sent.Denominator * scale * 100);
        return Round((numerator * fee.Denominator) + (fee.Numerator * denominator), denominator * fee.Denominator);
    }

    private (BigInteger Numerator, BigInteger Denominator)? Fraction(Money amount)
    {
        if (amount.Currency == Currency) return (amount.Value, BigInteger.One);
        if (Mid(amount.Currency) is not { } from || Mid(Currency) is not { } to) return null;
        return (
            amount.Value * from.Numerator * to.Denominator * Currency.MinorUnitsPerUnit,
            from.Denominator * to.Numerator * amount.Currency.MinorUnitsPerUnit);
    }

    private (BigInteger Numerator, BigInteger Denominator)? Mid(Currency currency) =>
        currency == Currency.Cny ? (BigInteger.One, BigInteger.One)
        : MidAgainstCny(currency) is { } rate ? ExactMath.Fraction(rate.Value)
        : null;

    private Money? Round(BigInteger numerator, BigInteger denominator)
    {
        var value = ExactMath.DivideHalfEven(numerator, denominator);
        return value > Money.MaxValue ? null : new Money(Currency, (long)value);
    }
}

/// <summary>What a bank charges for sending the order; a comparison, not a way to pay here.</summary>
/// <param name="FixedFee">Not negative, in any currency that has a rate.</param>
/// <param name="Percentage">Per cent of the order, not negative.</param>
public sealed record BankTransferTerms(Money FixedFee, decimal Percentage);
