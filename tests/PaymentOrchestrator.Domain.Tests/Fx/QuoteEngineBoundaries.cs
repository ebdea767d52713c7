using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class QuoteEngineBoundaries
{
    // customer GBP = 9.132726687: 109.49 × it = 999.942… and 109.50 × it = 1,000.033…, so all three orders cost GBP 109.50.
    [Theory]
    [InlineData(99_999)]
    [InlineData(100_000)]
    [InlineData(100_001)]
    public void A_price_is_given_on_both_sides_of_the_minimum_order(long order) =>
        Assert.Equal(new Money(Currency.Parse("GBP"), 10_950), Priced(PaymentMethod.WorldFirstBalance, order, "GBP").Total);

    [Fact]
    public void Nine_trillion_are_exact_in_dollars()
    {
        // 1,317,298,658,269.27 × 6.832163643 = 8,999,999,999,999.987… < 9,000,000,000,000.00 ≤ 9,000,000,000,000.056… = 1,317,298,658,269.28 × 6.832163643
        // fee = 3 % of 1,317,298,658,269.28 = 39,518,959,748.0784 → 39,518,959,748.08
        var price = Priced(PaymentMethod.Card, 900_000_000_000_000, "USD");

        Assert.Equal(131_729_865_826_928, price.Source.Value);
        Assert.Equal(3_951_895_974_808, price.Fee.Value);
        Assert.Equal(135_681_761_801_736, price.Total.Value);
    }

    [Fact]
    public void Nine_trillion_are_too_large_in_rupiah() =>
        Assert.Equal(new PriceResult.TooLarge("source_amount", Currency.Parse("IDR")), Quote(PaymentMethod.WorldPay, 900_000_000_000_000, "IDR"));

    [Fact]
    public void The_largest_order_is_priced_and_the_next_is_too_large()
    {
        // 2^53 − 1 fen in pounds are about a ninth of it.
        Assert.IsType<PriceResult.Priced>(Quote(PaymentMethod.Card, Money.MaxValue, "GBP"));
        Assert.Equal(new PriceResult.TooLarge("order_amount", Currency.Cny), Quote(PaymentMethod.Card, Money.MaxValue + 1, "GBP"));
        Assert.Equal(new PriceResult.TooLarge("order_amount", Currency.Cny), Quote(PaymentMethod.Card, long.MaxValue, "GBP"));
    }

    [Fact]
    public void A_source_amount_may_reach_the_largest_and_no_further()
    {
        var twice = At("USD", 0.5m);
        var rule = ExampleSchedule.For(PaymentMethod.WorldPay) with { MarkupBps = 0 };

        // At half a renminbi to the dollar, n fen cost 2n cents: 2^52 − 1 fen cost 2^53 − 2, one fen more costs 2^53.
        var largest = QuoteEngine.ForOrder(new Money(Currency.Cny, (1L << 52) - 1), Currency.Usd, twice, rule);
        Assert.Equal(Money.MaxValue - 1, Assert.IsType<PriceResult.Priced>(largest).Price.Source.Value);
        Assert.Equal(
            new PriceResult.TooLarge("source_amount", Currency.Usd), QuoteEngine.ForOrder(new Money(Currency.Cny, 1L << 52), Currency.Usd, twice, rule));
    }

    [Fact]
    public void Source_and_fee_together_may_reach_the_largest_and_no_further()
    {
        var alipay = new FeeRule(PaymentMethod.Alipay, null, 0, new FeeTerms("alipay_service_fee", 100m));

        // At 100 % the total is twice the order: an even number.
        var largest = QuoteEngine.ForOrder(new Money(Currency.Cny, (1L << 52) - 1), Currency.Cny, null, alipay);
        Assert.Equal(Money.MaxValue - 1, Assert.IsType<PriceResult.Priced>(largest).Price.Total.Value);
        Assert.Equal(new PriceResult.TooLarge("total", Currency.Cny), QuoteEngine.ForOrder(new Money(Currency.Cny, 1L << 52), Currency.Cny, null, alipay));

        var none = alipay with { Fee = alipay.Fee! with { Percentage = 0m } };
        Assert.Equal(
            Money.MaxValue,
            Assert.IsType<PriceResult.Priced>(QuoteEngine.ForOrder(new Money(Currency.Cny, Money.MaxValue), Currency.Cny, null, none)).Price.Total.Value);
    }

    [Fact]
    public void With_the_source_fixed_the_amount_that_is_too_large_is_named()
    {
        var rule = ExampleSchedule.For(PaymentMethod.Card);
        var mid = ReferenceRates.Mid(Currency.Usd);

        Assert.Equal(new PriceResult.TooLarge("source_amount", Currency.Usd), QuoteEngine.ForSource(new Money(Currency.Usd, Money.MaxValue + 1), mid, rule));
        Assert.Equal(new PriceResult.TooLarge("order_amount", Currency.Cny), QuoteEngine.ForSource(new Money(Currency.Usd, Money.MaxValue), mid, rule));

        var rupiah = Currency.Parse("IDR");
        Assert.Equal(
            new PriceResult.TooLarge("total", rupiah), QuoteEngine.ForSource(new Money(rupiah, Money.MaxValue), ReferenceRates.Mid(rupiah), rule));
    }

    [Theory]
    [InlineData("JPY", "0.04274538153", 1)] // ¥1 is worth 4.27 fen
    [InlineData("EUR", "7.9827", 1)] // 1 cent is worth 7.98 fen
    [InlineData("KWD", "22", 1)] // 1 fils is worth 2.2 fen
    [InlineData("KRW", "0.004585492228", 3)] // ₩2 are worth 0.92 fen, ₩3 1.38
    [InlineData("IDR", "0.0003975042389", 2_516)] // 0.01 / 0.0003975042389 = IDR 25.1569…
    public void The_smallest_order_costs_the_smallest_amount_that_covers_it(string currency, string rate, long source)
    {
        var mid = At(currency, decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture));
        var result = QuoteEngine.ForOrder(
            new Money(Currency.Cny, 1), mid.Rate.Base, mid, ExampleSchedule.For(PaymentMethod.WorldPay) with { MarkupBps = 0 });

        Assert.Equal(source, Assert.IsType<PriceResult.Priced>(result).Price.Source.Value);
    }

    [Fact]
    public void A_sum_too_small_for_a_fen_covers_nothing()
    {
        var won = Currency.Parse("KRW");
        var result = QuoteEngine.ForSource(new Money(won, 1), ReferenceRates.Mid(won), ExampleSchedule.For(PaymentMethod.WorldPay));

        Assert.True(Assert.IsType<PriceResult.Priced>(result).Price.Order.IsZero);
    }

    [Fact]
    public void A_foreign_currency_is_never_priced_without_its_own_rate() =>
        Gen.Select(Any.Foreign, Any.Foreign).Where((a, b) => a != b).Sample((source, other) =>
        {
            var order = new Money(Currency.Cny, 1_234_567);
            var rule = ExampleSchedule.For(PaymentMethod.WorldPay);

            // Without a rate it would be taken one to one; with another currency's, at a price of something else.
            Assert.Throws<ArgumentException>(() => QuoteEngine.ForOrder(order, source, null, rule));
            Assert.Throws<ArgumentException>(() => QuoteEngine.ForOrder(order, source, ReferenceRates.Mid(other), rule));
            Assert.Throws<ArgumentException>(() => QuoteEngine.ForSource(new Money(source, 1_000), null, rule));
            Assert.Throws<ArgumentException>(() => QuoteEngine.ForSource(new Money(source, 1_000), ReferenceRates.Mid(other), rule));
            // The order is what the supplier gets: renminbi.
            Assert.Throws<ArgumentException>(() => QuoteEngine.ForOrder(new Money(other, 1_000), source, ReferenceRates.Mid(source), rule));
        });

    [Fact]
    public void A_rate_converts_only_its_own_currencies()
    {
        var rate = new ExchangeRate(Currency.Usd, Currency.Cny, 6.832163643m);

        Assert.Throws<ArgumentException>(() => rate.SellToBuy(new Money(Currency.Usd, 1)));
        Assert.Throws<ArgumentException>(() => rate.SellToBuy(new Money(Currency.Cnh, 1)));
        Assert.Throws<ArgumentException>(() => rate.BuyBySelling(new Money(Currency.Cny, 1)));
        Assert.Throws<ArgumentException>(() => rate.BuyBySelling(new Money(Currency.Eur, 1)));
    }

    private static MidRate At(string currency, decimal rate) =>
        new(new ExchangeRate(Currency.Parse(currency), Currency.Cny, rate), "worldfirst", ReferenceRates.Published, Stale: false);

    private static PriceResult Quote(PaymentMethod method, long order, string source) =>
        QuoteEngine.ForOrder(
            new Money(Currency.Cny, order), Currency.Parse(source), ReferenceRates.Mid(Currency.Parse(source)), ExampleSchedule.For(method));

    private static Price Priced(PaymentMethod method, long order, string source) => Assert.IsType<PriceResult.Priced>(Quote(method, order, source)).Price;
}
