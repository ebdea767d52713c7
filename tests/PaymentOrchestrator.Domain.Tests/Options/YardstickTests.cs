using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public class YardstickTests
{
    [Theory]
    [InlineData("USD", 181_425, "CNY", 1_239_525)] // 1,814.25 × 6.832163643 = 12,395.2528…
    [InlineData("CNY", 1_000_00, "USD", 146_37)] // 1,000 ÷ 6.832163643 = 146.3665…
    [InlineData("CNH", 1_234_567, "CNY", 1_234_567)]
    [InlineData("USD", 100, "USD", 100)]
    public void Worth_is_taken_at_mid(string from, long value, string to, long worth) =>
        Assert.Equal(new Money(Currency.Parse(to), worth), In(to).WorthOf(new Money(Currency.Parse(from), value)));

    [Theory]
    [InlineData("0.005", 1, 0)]
    [InlineData("0.015", 1, 2)]
    [InlineData("0.025", 1, 2)]
    [InlineData("0.0250000001", 1, 3)]
    public void Worth_is_rounded_half_to_even(string rate, long units, long worth)
    {
        var yardstick = new Yardstick(Currency.Cny, currency => new ExchangeRate(currency, Currency.Cny, decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(new Money(Currency.Cny, worth), yardstick.WorthOf(new Money(Currency.Usd, units * 100)));
    }

    [Fact]
    public void Worth_agrees_with_exact_fractions_in_every_pair_of_currencies() =>
        Gen.Select(Any.Foreign, Any.Foreign, Any.Amount).Sample(
            (from, to, value) =>
            {
                var worth = In(to.Code).WorthOf(new Money(from, value));
                if (worth is null) return;
                if (from == to)
                {
                    Assert.Equal(value, worth.Value.Value);
                    return;
                }

                // |worth × mid(to) − value × mid(from)| ≤ half a minor unit of the result, without any division.
                var (n1, d1) = ExactMath.Fraction(Mid(from)!.Value);
                var (n2, d2) = ExactMath.Fraction(Mid(to)!.Value);
                var left = 2 * worth.Value.Value * n2 * d1 * from.MinorUnitsPerUnit;
                var right = 2 * value * n1 * d2 * to.MinorUnitsPerUnit;
                Assert.True(System.Numerics.BigInteger.Abs(left - right) <= n2 * d1 * from.MinorUnitsPerUnit);
            },
            iter: 20_000);

    [Fact]
    public void Without_a_rate_or_beyond_exact_numbers_there_is_no_worth()
    {
        Assert.Null(In("CNY").WorthOf(new Money(Currency.Parse("AED"), 1)));
        Assert.Null(In("AED").WorthOf(new Money(Currency.Usd, 1)));
        Assert.Null(In("CNY").WorthOf(new Money(Currency.Usd, Money.MaxValue)));
        Assert.Equal(Money.MaxValue, In("CNY").WorthOf(new Money(Currency.Cnh, Money.MaxValue))!.Value.Value);
    }

    [Theory]
    [InlineData("CNY", 0, "0", 1_000_000)]
    [InlineData("CNY", 20_000, "0", 1_020_000)]
    [InlineData("CNY", 20_000, "2.5", 1_045_000)]
    [InlineData("USD", 2_500, "1", 1_027_080)] // 10,100 + 25 × 6.832163643 = 10,270.804…
    public void A_bank_transfer_costs_the_order_a_percentage_and_a_fixed_fee(string currency, long fee, string percentage, long cost) =>
        Assert.Equal(
            new Money(Currency.Cny, cost),
            In("CNY").CostOf(
                new Money(Currency.Cny, 1_000_000),
                new BankTransferTerms(new Money(Currency.Parse(currency), fee), decimal.Parse(percentage, System.Globalization.CultureInfo.InvariantCulture))));

    private static Yardstick In(string currency) => new(Currency.Parse(currency), Mid);

    private static ExchangeRate? Mid(Currency currency) =>
        currency == Currency.Cnh ? new ExchangeRate(currency, Currency.Cny, 1m) : ReferenceRates.File.MidAgainstCny(currency);
}
