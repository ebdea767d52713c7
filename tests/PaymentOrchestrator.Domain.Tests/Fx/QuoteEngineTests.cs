using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>What holds of every price, whoever asks for it: recomputed from what the price shows, in fractions that are never rounded.</summary>
public sealed class QuoteEngineTests
{
    private static readonly Exact Limit = new(9_007_199_254_740_991, 1);

    private static readonly Gen<FeeRule> Rules = Gen.Select(Any.MarkupBps, Gen.Bool, Any.Percentage, Gen.Bool, (bps, hasFee, percentage, refundable) =>
        new FeeRule(PaymentMethod.Card, null, bps, hasFee ? new FeeTerms("service_fee", percentage) : null, refundable));

    /// <summary>The published mids, and any that a provider could guarantee.</summary>
    private static readonly Gen<MidRate> Mids = Gen.OneOf(
        Any.Foreign.Select(ReferenceRates.Mid),
        Gen.Select(Any.Currency, Any.RateValue).Where((currency, _) => currency.Code is not ("CNY" or "CNH")).Select(
            (currency, value) => new MidRate(new ExchangeRate(currency, Currency.Cny, value), "worldfirst", ReferenceRates.Published, Stale: false)));

    [Fact]
    public void With_the_order_fixed_the_price_can_be_recomputed_from_what_it_shows() =>
        Gen.Select(Any.Amount, Mids, Rules).Sample(
            (amount, mid, rule) =>
            {
                var source = mid.Rate.Base;
                var perUnit = (Exact)Exact.MinorUnitsPerUnit(source);
                var order = new Money(Currency.Cny, amount);
                var customer = (Exact.Of(mid.Rate.Value) * new Exact(10_000 - rule.MarkupBps, 10_000)).TenDigits(exact => exact.Floor());
                var converted = (Exact.Of(order) / customer * perUnit).Ceiling();
                var fee = rule.Fee is null ? 0 : ((Exact)converted * Exact.Of(rule.Fee!.Percentage) / 100).HalfUp();

                var result = QuoteEngine.ForOrder(order, source, mid, rule);

                if (AssertTooLargeWhereItIs(result, converted, fee, source)) return;
                var price = Assert.IsType<PriceResult.Priced>(result).Price;
                Assert.Equal(order, price.Order);
                Assert.Equal(new Money(source, (long)converted), price.Source);
                Assert.Equal(new Money(source, (long)(converted + fee)), price.Total);
                Assert.Equal(new Money(source, (long)fee), price.Fee);
                Assert.Equal(price.Source + price.Fees.Aggregate(Money.Zero(source), (sum, line) => sum + line.Amount), price.Total);
                Assert.Equal(rule.Fee is null ? 0 : 1, price.Fees.Count);
                Assert.Equal((rule.MarkupBps, rule.FeeRefundable), (price.MarkupBps, price.FeeRefundable));
                Assert.Same(mid, price.Mid);
                AssertMarkup(price, perUnit);

                // What leaves the buyer covers the order, and one minor unit less would not.
                var shown = Exact.Parse(price.Customer!.ToRateString());
                Assert.True(Exact.Of(price.Source) * shown >= Exact.Of(order));
                Assert.True(Exact.Of(price.Source - new Money(source, 1)) * shown < Exact.Of(order));
            },
            iter: 10_000);

    [Fact]
    public void With_the_source_fixed_the_order_is_the_most_that_it_covers() =>
        Gen.Select(Any.Amount, Mids, Rules).Sample(
            (amount, mid, rule) =>
            {
                var source = new Money(mid.Rate.Base, amount);
                var customer = (Exact.Of(mid.Rate.Value) * new Exact(10_000 - rule.MarkupBps, 10_000)).TenDigits(exact => exact.Floor());
                var exactFen = Exact.Of(source) * customer * 100;
                var fee = rule.Fee is null ? 0 : ((Exact)amount * Exact.Of(rule.Fee!.Percentage) / 100).HalfUp();

                var result = QuoteEngine.ForSource(source, mid, rule);

                if (exactFen.Floor() > Limit.Numerator)
                {
                    Assert.Equal(new PriceResult.TooLarge("order_amount", Currency.Cny), result);
                    return;
                }

                if (AssertTooLargeWhereItIs(result, amount, fee, source.Currency)) return;
                var price = Assert.IsType<PriceResult.Priced>(result).Price;
                Assert.Equal(source, price.Source);
                Assert.Equal(Currency.Cny, price.Order.Currency);
                Assert.True(price.Order.Value <= exactFen);
                Assert.True(price.Order.Value + 1 > exactFen);
                Assert.Equal(source + new Money(source.Currency, (long)fee), price.Total);
                AssertMarkup(price, Exact.MinorUnitsPerUnit(source.Currency));
            },
            iter: 10_000);

    [Fact]
    public void All_reference_currencies_price_any_order_up_to_the_largest_or_name_what_is_too_large() =>
        Any.Amount.Sample(
            amount =>
            {
                foreach (var currency in ReferenceRates.Currencies.Where(currency => currency != Currency.Cny))
                {
                    var mid = ReferenceRates.Mid(currency);
                    var result = QuoteEngine.ForOrder(new Money(Currency.Cny, amount), currency, mid, ExampleSchedule.For(PaymentMethod.WorldPay));
                    var customer = (Exact.Of(mid.Rate.Value) * new Exact(996, 1000)).TenDigits(exact => exact.Floor());
                    var converted = (new Exact(amount, 100) / customer * Exact.MinorUnitsPerUnit(currency)).Ceiling();
                    if (AssertTooLargeWhereItIs(result, converted, 0, currency)) continue;
                    Assert.Equal(new Money(currency, (long)converted), Assert.IsType<PriceResult.Priced>(result).Price.Total);
                }
            },
            iter: 500);

    [Fact]
    public void A_larger_order_never_costs_less() =>
        Gen.Select(Any.Amount, Any.Amount, Mids, Rules).Sample(
            (a, b, mid, rule) =>
            {
                var less = QuoteEngine.ForOrder(new Money(Currency.Cny, Math.Min(a, b)), mid.Rate.Base, mid, rule);
                var more = QuoteEngine.ForOrder(new Money(Currency.Cny, Math.Max(a, b)), mid.Rate.Base, mid, rule);
                if (more is not PriceResult.Priced larger) return;
                Assert.True(Assert.IsType<PriceResult.Priced>(less).Price.Total <= larger.Price.Total);
            },
            iter: 2_000);

    [Fact]
    public void The_order_that_a_price_was_made_for_is_covered_when_its_source_is_fixed() =>
        Gen.Select(Any.Amount, Mids, Rules).Sample(
            (amount, mid, rule) =>
            {
                if (QuoteEngine.ForOrder(new Money(Currency.Cny, amount), mid.Rate.Base, mid, rule) is not PriceResult.Priced forward) return;
                if (QuoteEngine.ForSource(forward.Price.Source, mid, rule) is not PriceResult.Priced back) return;
                Assert.True(back.Price.Order >= forward.Price.Order);
                Assert.Equal(forward.Price.Total, back.Price.Total);
            },
            iter: 2_000);

    [Fact]
    public void Renminbi_are_not_converted() =>
        Gen.Select(Any.Amount, Rules).Sample(
            (amount, rule) =>
            {
                var order = new Money(Currency.Cny, amount);
                var fee = rule.Fee is null ? 0 : ((Exact)amount * Exact.Of(rule.Fee!.Percentage) / 100).HalfUp();
                foreach (var result in new[] { QuoteEngine.ForOrder(order, Currency.Cny, null, rule), QuoteEngine.ForSource(order, null, rule) })
                {
                    if (AssertTooLargeWhereItIs(result, amount, fee, Currency.Cny)) continue;
                    var price = Assert.IsType<PriceResult.Priced>(result).Price;
                    Assert.Equal((order, order), (price.Order, price.Source));
                    Assert.Null(price.Mid);
                    Assert.Null(price.Customer);
                    Assert.Equal(0, price.MarkupBps);
                    Assert.Equal(Money.Zero(Currency.Cny), price.Markup);
                    Assert.Equal(order + new Money(Currency.Cny, (long)fee), price.Total);
                }
            },
            iter: 2_000);

    [Fact]
    public void Offshore_renminbi_settle_one_to_one_whatever_markup_the_schedule_asks() =>
        Gen.Select(Any.Amount, Rules).Sample(
            (amount, rule) =>
            {
                var fee = rule.Fee is null ? 0 : ((Exact)amount * Exact.Of(rule.Fee!.Percentage) / 100).HalfUp();
                var result = QuoteEngine.ForOrder(new Money(Currency.Cny, amount), Currency.Cnh, ReferenceRates.Par, rule);
                if (AssertTooLargeWhereItIs(result, amount, fee, Currency.Cnh)) return;
                var price = Assert.IsType<PriceResult.Priced>(result).Price;
                Assert.Equal(new Money(Currency.Cnh, amount), price.Source);
                Assert.Equal("1.000000000", price.Customer!.ToRateString());
                Assert.Equal(0, price.MarkupBps);
                Assert.True(price.Markup.IsZero);
            },
            iter: 2_000);

    // customer never above mid, and markup = source − ⌈order ÷ mid⌉, both from the shown digits.
    private static void AssertMarkup(Price price, Exact perUnit)
    {
        var mid = Exact.Parse(price.Mid!.Rate.ToRateString());
        Assert.True(Exact.Parse(price.Customer!.ToRateString()) <= mid);
        var atMid = (Exact.Of(price.Order) / mid * perUnit).Ceiling();
        Assert.Equal(new Money(price.Source.Currency, (long)(price.Source.Value - atMid)), price.Markup);
        Assert.True(price.Markup.Value >= 0);
        Assert.True(price.Markup <= price.Source);
    }

    private static bool AssertTooLargeWhereItIs(PriceResult result, BigInteger converted, BigInteger fee, Currency source)
    {
        var expected = converted > Limit.Numerator ? "source_amount" : converted + fee > Limit.Numerator ? "total" : null;
        if (expected is null) return false;
        Assert.Equal(new PriceResult.TooLarge(expected, source), result);
        return true;
    }
}
