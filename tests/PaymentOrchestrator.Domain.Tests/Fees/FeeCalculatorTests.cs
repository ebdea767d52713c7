using System.Globalization;
using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class FeeCalculatorTests
{
    private static FeeRule Rule(decimal percentage) => new(PaymentMethod.Card, null, 0, new FeeTerms("card_service_fee", percentage));

    /// <summary>In CNY, where nothing is converted.</summary>
    private static FeeLine? Fee(FeeRule rule, BigInteger converted) => FeeCalculator.Fee(rule, new Money(Currency.Cny, 1), Currency.Cny, converted, null);

    [Theory]
    [InlineData(180700, "3", 5421)] // 5,421.00
    [InlineData(50, "1", 1)] // 0.50: away from zero
    [InlineData(49, "1", 0)] // 0.49
    [InlineData(150, "1", 2)] // 1.50: to even would be 2 as well
    [InlineData(250, "1", 3)] // 2.50: to even would be 2
    [InlineData(1, "100", 1)]
    [InlineData(1, "3", 0)]
    [InlineData(17, "3", 1)] // 0.51
    [InlineData(16, "3", 0)] // 0.48
    [InlineData(100, "2.5", 3)] // 2.50
    [InlineData(99, "2.5", 2)] // 2.475
    [InlineData(2000, "0.125", 3)] // 2.50
    [InlineData(1_000_000, "0", 0)]
    public void A_percentage_of_the_converted_order_half_away_from_zero(long converted, string percentage, long fee) =>
        Assert.Equal(fee, (long)Fee(Rule(decimal.Parse(percentage, CultureInfo.InvariantCulture)), converted)!.Value);

    [Fact]
    public void The_fee_is_the_nearest_minor_unit_to_the_exact_percentage() =>
        Gen.Select(Any.Amount, Any.Percentage).Sample(
            (converted, percentage) =>
            {
                var exact = (Exact)converted * Exact.Of(percentage) / 100;
                var line = Fee(Rule(percentage), converted)!;
                Assert.Equal(exact.HalfUp(), line.Value);
                Assert.Equal(("card_service_fee", FeeReckoning.Text(percentage)), (line.Code, line.Reckoning.Percentage));
            },
            iter: 5_000);

    [Fact]
    public void Amounts_beyond_a_long_are_exact_too() =>
        Assert.Equal(
            BigInteger.Parse("3000000000000000000000", CultureInfo.InvariantCulture),
            Fee(Rule(3m), BigInteger.Pow(10, 23))!.Value);

    [Fact]
    public void A_rule_without_a_fee_code_has_no_line() =>
        Assert.Null(Fee(new FeeRule(PaymentMethod.WorldPay, null, 40, null), 180_700));

    [Fact]
    public void A_fee_of_zero_is_a_line_of_zero()
    {
        var line = Fee(new FeeRule(PaymentMethod.Alipay, null, 0, new FeeTerms("alipay_service_fee", 0m)), 1_234_567);

        Assert.Equal(new FeeLine("alipay_service_fee", 0, new FeeReckoning(FeeStatus.Zero, "0")), line);
    }

    [Theory]
    [InlineData("3", "3")]
    [InlineData("3.00", "3")]
    [InlineData("2.50", "2.5")]
    [InlineData("0.0125", "0.0125")]
    [InlineData("0", "0")]
    [InlineData("100", "100")]
    public void Percentages_read_without_trailing_zeros(string percentage, string text) =>
        Assert.Equal(text, FeeReckoning.Text(decimal.Parse(percentage, CultureInfo.InvariantCulture)));
}
