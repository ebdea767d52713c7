using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>
/// An order of CNY 12,345.67 at the European Central Bank's rates of 2026-04-13 (EUR 1 = CNY 7.9827) and the example fee schedule,
/// worked out by hand. A source amount is right when it covers the order at the customer rate and a minor unit less does not:
/// the two products beside it show that.
/// </summary>
public sealed class QuoteEngineExamples
{
    private static readonly Money Order = new(Currency.Cny, 1_234_567);

    [Fact]
    public void Card_in_us_dollars()
    {
        // mid = 7.9827 / 1.1684 = 6.83216364258… → 6.832163643, no markup
        // 1,806.99 × 6.832163643 = 12,345.651… < 12,345.67 ≤ 12,345.719… = 1,807.00 × 6.832163643
        // fee = 3 % of 1,807.00 = 54.21; total = 1,861.21
        var price = Price(PaymentMethod.Card, "USD");

        AssertRates(price, mid: "6.832163643", customer: "6.832163643", bps: 0);
        AssertAmounts(price, source: 180_700, markup: 0, fee: 5_421, total: 186_121);
        Assert.Equal(new PriceFee("card_service_fee", new Money(Currency.Usd, 5_421), new FeeReckoning(FeeStatus.Computed, "3")), Assert.Single(price.Fees));
    }

    [Fact]
    public void World_pay_in_euros()
    {
        // mid = 7.9827; customer = 7.9827 × 0.996 = 7.9507692
        // 1,552.76 × 7.9507692 = 12,345.636… < 12,345.67 ≤ 12,345.715… = 1,552.77 × 7.9507692
        // at mid: 1,546.55 × 7.9827 = 12,345.644… < 12,345.67 ≤ 12,345.724… = 1,546.56 × 7.9827
        // markup = 1,552.77 − 1,546.56 = 6.21
        var price = Price(PaymentMethod.WorldPay, "EUR");

        AssertRates(price, mid: "7.982700000", customer: "7.950769200", bps: 40);
        AssertAmounts(price, source: 155_277, markup: 621, fee: 0, total: 155_277);
        Assert.Empty(price.Fees);
    }

    [Fact]
    public void Card_in_yen()
    {
        // mid = 7.9827 / 186.75 = 0.042745381526… → 0.04274538153; the yen has no minor unit
        // 288,818 × 0.04274538153 = 12,345.635… < 12,345.67 ≤ 12,345.678… = 288,819 × 0.04274538153
        // fee = 3 % of 288,819 = 8,664.57 → 8,665; total = 297,484
        var price = Price(PaymentMethod.Card, "JPY");

        AssertRates(price, mid: "0.04274538153", customer: "0.04274538153", bps: 0);
        AssertAmounts(price, source: 288_819, markup: 0, fee: 8_665, total: 297_484);
    }

    [Fact]
    public void Card_in_won()
    {
        // mid = 7.9827 / 1740.86 = 0.00458549222797… → 0.004585492228; the won has no minor unit
        // 2,692,332 × 0.004585492228 = 12,345.667… < 12,345.67 ≤ 12,345.672… = 2,692,333 × 0.004585492228
        // fee = 3 % of 2,692,333 = 80,769.99 → 80,770; total = 2,773,103
        var price = Price(PaymentMethod.Card, "KRW");

        AssertRates(price, mid: "0.004585492228", customer: "0.004585492228", bps: 0);
        AssertAmounts(price, source: 2_692_333, markup: 0, fee: 80_770, total: 2_773_103);
    }

    [Fact]
    public void World_pay_in_yen()
    {
        // customer = 0.04274538153 × 0.996 = 0.04257440000388 → cut to 0.04257440000
        // 289,978 × 0.0425744 = 12,345.639… < 12,345.67 ≤ 12,345.681… = 289,979 × 0.0425744
        // at mid 288,819 (as by card); markup = 289,979 − 288,819 = 1,160
        var price = Price(PaymentMethod.WorldPay, "JPY");

        AssertRates(price, mid: "0.04274538153", customer: "0.04257440000", bps: 40);
        AssertAmounts(price, source: 289_979, markup: 1_160, fee: 0, total: 289_979);
        Assert.Empty(price.Fees);
    }

    [Fact]
    public void WorldFirst_balance_in_pounds()
    {
        // mid = 7.9827 / 0.87058 = 9.16940430517… → 9.169404305; customer = 9.169404305 × 0.996 = 9.13272668778 → cut to 9.132726687
        // 1,351.80 × 9.132726687 = 12,345.619… < 12,345.67 ≤ 12,345.711… = 1,351.81 × 9.132726687
        // at mid: 1,346.39 × 9.169404305 = 12,345.594… < 12,345.67 ≤ 12,345.685… = 1,346.40 × 9.169404305
        // markup = 1,351.81 − 1,346.40 = 5.41
        var price = Price(PaymentMethod.WorldFirstBalance, "GBP");

        AssertRates(price, mid: "9.169404305", customer: "9.132726687", bps: 40);
        AssertAmounts(price, source: 135_181, markup: 541, fee: 0, total: 135_181);
        Assert.Empty(price.Fees);
    }

    [Fact]
    public void Alipay_in_renminbi()
    {
        // Nothing is converted; the fee is 0 % and shown as a line of zero.
        var result = QuoteEngine.ForOrder(Order, Currency.Cny, null, ExampleSchedule.Value.RuleFor(PaymentMethod.Alipay, Currency.Cny));
        var price = Assert.IsType<PriceResult.Priced>(result).Price;

        Assert.Null(price.Mid);
        Assert.Null(price.Customer);
        AssertAmounts(price, source: 1_234_567, markup: 0, fee: 0, total: 1_234_567);
        Assert.Equal(new PriceFee("alipay_service_fee", Money.Zero(Currency.Cny), new FeeReckoning(FeeStatus.Zero, "0")), Assert.Single(price.Fees));
    }

    [Fact]
    public void World_pay_in_offshore_renminbi()
    {
        // Settles one to one: mid 1, and no markup although the schedule has 40 bp for the method.
        var result = QuoteEngine.ForOrder(Order, Currency.Cnh, ReferenceRates.Par, ExampleSchedule.Value.RuleFor(PaymentMethod.WorldPay, Currency.Cnh));
        var price = Assert.IsType<PriceResult.Priced>(result).Price;

        AssertRates(price, mid: "1.000000000", customer: "1.000000000", bps: 0);
        AssertAmounts(price, source: 1_234_567, markup: 0, fee: 0, total: 1_234_567);
        Assert.Same(Currency.Cnh, price.Total.Currency);
        Assert.Empty(price.Fees);
    }

    [Fact]
    public void A_thousand_euros_by_world_pay_cover()
    {
        // 1,000.00 × 7.9507692 = 7,950.7692 → 7,950.76
        // at mid: 7,950.76 / 7.9827 = 995.998… → 995.999…: 995.99 × 7.9827 = 7,950.689… < 7,950.76 ≤ 7,950.769… = 996.00 × 7.9827
        // markup = 1,000.00 − 996.00 = 4.00
        var result = QuoteEngine.ForSource(new Money(Currency.Eur, 100_000), ReferenceRates.Mid(Currency.Eur), ExampleSchedule.For(PaymentMethod.WorldPay));
        var price = Assert.IsType<PriceResult.Priced>(result).Price;

        Assert.Equal(new Money(Currency.Cny, 795_076), price.Order);
        AssertAmounts(price, source: 100_000, markup: 400, fee: 0, total: 100_000);
    }

    [Fact]
    public void A_thousand_dollars_by_card_cover()
    {
        // 1,000.00 × 6.832163643 = 6,832.163643 → 6,832.16; the fee of 3 %, 30.00, comes on top
        var result = QuoteEngine.ForSource(new Money(Currency.Usd, 100_000), ReferenceRates.Mid(Currency.Usd), ExampleSchedule.For(PaymentMethod.Card));
        var price = Assert.IsType<PriceResult.Priced>(result).Price;

        Assert.Equal(new Money(Currency.Cny, 683_216), price.Order);
        AssertAmounts(price, source: 100_000, markup: 0, fee: 3_000, total: 103_000);
    }

    private static Price Price(PaymentMethod method, string source)
    {
        var currency = Currency.Parse(source);
        var result = QuoteEngine.ForOrder(Order, currency, ReferenceRates.Mid(currency), ExampleSchedule.Value.RuleFor(method, currency));
        var price = Assert.IsType<PriceResult.Priced>(result).Price;
        Assert.Equal(Order, price.Order);
        return price;
    }

    private static void AssertRates(Price price, string mid, string customer, int bps) =>
        Assert.Equal((mid, customer, bps), (price.Mid!.Rate.ToRateString(), price.Customer!.ToRateString(), price.MarkupBps));

    private static void AssertAmounts(Price price, long source, long markup, long fee, long total) =>
        Assert.Equal((source, markup, fee, total), (price.Source.Value, price.Markup.Value, price.Fee.Value, price.Total.Value));
}
