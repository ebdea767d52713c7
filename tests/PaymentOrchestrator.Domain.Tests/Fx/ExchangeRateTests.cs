using System.Globalization;
using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class ExchangeRateTests
{
    [Theory]
    [InlineData("7.9507692", "7.950769200")]
    [InlineData("6.832163643", "6.832163643")]
    [InlineData("1", "1.000000000")]
    [InlineData("0.0427453842", "0.04274538420")]
    [InlineData("0.0003975042389", "0.0003975042389")]
    [InlineData("0.00001", "0.00001000000000")]
    [InlineData("0.1", "0.1000000000")]
    [InlineData("0.9999999999", "0.9999999999")]
    [InlineData("9.999999999", "9.999999999")]
    [InlineData("10", "10.00000000")]
    [InlineData("99.5", "99.50000000")]
    [InlineData("123.4", "123.4000000")]
    [InlineData("1740.86", "1740.860000")]
    [InlineData("20082.05", "20082.05000")]
    [InlineData("1234567890", "1234567890")]
    [InlineData("7.950769200000000000", "7.950769200")]
    public void A_rate_reads_with_ten_significant_digits(string value, string text)
    {
        var rate = decimal.Parse(value, CultureInfo.InvariantCulture);

        Assert.Equal(text, ExchangeRate.Format(rate));
        Assert.Equal(text, new ExchangeRate(Currency.Usd, Currency.Cny, rate).ToRateString());
    }

    [Fact]
    public void What_a_rate_reads_is_all_of_it_in_exactly_ten_digits() =>
        Gen.Select(Gen.Long[1_000_000_000, 9_999_999_999], Gen.Int[0, 18]).Sample(
            (digits, scale) =>
            {
                var text = ExchangeRate.Format(Any.Decimal(digits, scale));
                Assert.Equal(0, Exact.Parse(text).CompareTo(new Exact(digits, BigInteger.Pow(10, scale))));
                Assert.Equal(10, text.Replace(".", "", StringComparison.Ordinal).TrimStart('0').Length);
            },
            iter: 5_000);

    [Fact]
    public void What_must_be_sold_is_the_least_that_buys_enough() =>
        Gen.Select(Any.Currency, Any.Currency, Any.RateValue, Any.Amount).Sample(
            (sold, bought, value, amount) =>
            {
                var wanted = new Money(bought, amount);
                var expected = (Exact.Of(wanted) / Exact.Of(value) * Exact.MinorUnitsPerUnit(sold)).Ceiling();
                Assert.Equal(expected, new ExchangeRate(sold, bought, value).SellToBuy(wanted));
            },
            iter: 5_000);

    [Fact]
    public void What_a_sale_buys_is_the_most_that_it_pays_for() =>
        Gen.Select(Any.Currency, Any.Currency, Any.RateValue, Any.Amount).Sample(
            (sold, bought, value, amount) =>
            {
                var offered = new Money(sold, amount);
                var expected = (Exact.Of(offered) * Exact.Of(value) * Exact.MinorUnitsPerUnit(bought)).Floor();
                Assert.Equal(expected, new ExchangeRate(sold, bought, value).BuyBySelling(offered));
            },
            iter: 5_000);

    [Fact]
    public void Selling_what_must_be_sold_buys_what_was_wanted() =>
        Gen.Select(Any.Foreign, Any.RateValue, Any.Amount).Sample(
            (sold, value, amount) =>
            {
                var rate = new ExchangeRate(sold, Currency.Cny, value);
                var price = rate.SellToBuy(new Money(Currency.Cny, amount));
                if (price > Money.MaxValue) return;
                Assert.True(rate.BuyBySelling(new Money(sold, (long)price)) >= amount);
                Assert.True(rate.BuyBySelling(new Money(sold, (long)price - 1)) < amount);
            },
            iter: 5_000);

    [Theory]
    [InlineData("JPY", "KWD", "0.001923", 1, 1)] // ¥1 is worth KWD 0.001923: 1 fils of 0.001
    [InlineData("KWD", "JPY", "520", 1, 0)] // 1 fils is worth ¥0.52
    [InlineData("KWD", "JPY", "520", 2, 1)] // 2 fils are worth ¥1.04
    [InlineData("USD", "CNY", "6.832163643", 1, 6)] // 1 cent is worth 6.83 fen
    [InlineData("JPY", "CNY", "0.04274538153", 1, 4)] // ¥1 is worth 4.27 fen
    [InlineData("KRW", "CNY", "0.004585492228", 1, 0)] // ₩1 is worth 0.46 fen
    public void A_sale_counts_each_currency_in_its_own_minor_unit(string sold, string bought, string rate, long amount, long expected) =>
        Assert.Equal(
            new BigInteger(expected),
            new ExchangeRate(Currency.Parse(sold), Currency.Parse(bought), decimal.Parse(rate, CultureInfo.InvariantCulture))
                .BuyBySelling(new Money(Currency.Parse(sold), amount)));

    [Fact]
    public void A_markup_takes_its_part_off_the_rate_and_cuts_after_ten_digits() =>
        Gen.Select(Any.RateValue, Any.MarkupBps).Sample(
            (value, bps) =>
            {
                var customer = new ExchangeRate(Currency.Usd, Currency.Cny, value).LessMarkup(bps);
                var expected = (Exact.Of(value) * new Exact(10_000 - bps, 10_000)).TenDigits(exact => exact.Floor());
                Assert.Equal(0, Exact.Of(customer.Value).CompareTo(expected));
                Assert.Equal((Currency.Usd, Currency.Cny), (customer.Base, customer.Counter));
                Assert.True(customer.Value <= value);
            },
            iter: 5_000);

    [Theory]
    [InlineData("7.982700000", 40, "7.950769200")] // 7.9827 × 0.996 = 7.9507692
    [InlineData("9.169404305", 40, "9.132726687")] // 9.13272668778: the 78 are cut, though nearer to 88
    [InlineData("0.04274538153", 40, "0.04257440000")] // 0.04257440000388
    [InlineData("10.00000000", 1, "9.999000000")] // one integer digit less, one decimal more
    [InlineData("6.832163643", 0, "6.832163643")]
    [InlineData("6.832163643", 9999, "0.0006832163643")]
    public void Customer_rates_worked_by_hand(string mid, int bps, string customer) =>
        Assert.Equal(
            customer,
            new ExchangeRate(Currency.Usd, Currency.Cny, decimal.Parse(mid, CultureInfo.InvariantCulture)).LessMarkup(bps).ToRateString());

    [Theory]
    [InlineData(-1)]
    [InlineData(10_000)]
    public void A_markup_is_from_nothing_to_just_below_everything(int bps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExchangeRate(Currency.Usd, Currency.Cny, 6.8m).LessMarkup(bps));
}
