using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>What one order costs by one method in one currency; everything that anyone needs to recompute it.</summary>
/// <param name="Order">What the supplier gets, in CNY.</param>
/// <param name="Source">The converted order, in the currency the buyer pays in, before fees.</param>
/// <param name="Mid">The mid rate; null for CNY, where nothing is converted.</param>
/// <param name="Customer">mid × (1 − markup); null for CNY.</param>
/// <param name="MarkupBps">Basis points taken off the mid rate.</param>
/// <param name="Markup">Source − ⌈order ÷ mid⌉: what the markup comes to in money.</param>
/// <param name="Fees">Fee lines in the source currency.</param>
/// <param name="Total">What leaves the buyer.</param>
/// <param name="FeeRefundable">Whether refunds give back their part of the fees.</param>
public sealed record Price(
    Money Order, Money Source, MidRate? Mid, ExchangeRate? Customer, int MarkupBps, Money Markup, IReadOnlyList<PriceFee> Fees, Money Total, bool FeeRefundable)
{
    public Money Fee => Total - Source;

    /// <summary>Whether the fee was computed, is zero by the price list, or is none of the method's.</summary>
    public FeeStatus FeeStatus => Fees.Count == 0 ? FeeStatus.NotApplicable : Fees.Max(fee => fee.Reckoning.Status);
}

/// <summary>One fee of a price.</summary>
/// <param name="Code">The fee's code, from the schedule.</param>
/// <param name="Amount">In the source currency.</param>
/// <param name="Reckoning">How it came about.</param>
public sealed record PriceFee(string Code, Money Amount, FeeReckoning Reckoning);

/// <summary>The answer of the quote engine: a price, or the amount that would be too large to say exactly.</summary>
public abstract record PriceResult
{
    private PriceResult() { }

    public sealed record Priced(Price Price) : PriceResult;

    /// <summary>An amount passes 2⁵³ − 1 minor units.</summary>
    /// <param name="Amount"><c>order_amount</c>, <c>source_amount</c> or <c>total</c>.</param>
    /// <param name="Currency">The currency in which it is too large.</param>
    public sealed record TooLarge(string Amount, Currency Currency) : PriceResult;
}

/// <summary>Prices an order. Pure: the rates and rules come in, nothing is looked up and nothing is remembered.</summary>
public static class QuoteEngine
{
    /// <summary>The order's amount is fixed; what the buyer pays is rounded up to the minor unit.</summary>
    /// <param name="order">CNY, positive.</param>
    /// <param name="source">The currency the buyer pays in.</param>
    /// <param name="mid">Its mid rate against CNY; null exactly when <paramref name="source"/> is CNY.</param>
    /// <param name="rule">Fee and markup.</param>
    /// <param name="hold">How long the price is to hold: decides the markup.</param>
    /// <exception cref="ArgumentException">The order is not in CNY, or the rate is missing or another currency's.</exception>
    public static PriceResult ForOrder(Money order, Currency source, MidRate? mid, FeeRule rule, QuoteLock hold = QuoteLock.FifteenMinutes)
    {
        if (order.Currency != Currency.Cny) throw new ArgumentException($"An order is in CNY, not in {order.Currency}.", nameof(order));
        RequireRateOf(source, mid);
        if (order.Value > Money.MaxValue) return new PriceResult.TooLarge("order_amount", order.Currency);
        if (mid is null) return Assemble(order, source, order.Value, null, null, rule, hold);
        var customer = Customer(mid, rule, hold);
        return Assemble(order, source, customer.SellToBuy(order), mid, customer, rule, hold);
    }

    /// <summary>What the buyer converts is fixed; how much order it covers is rounded down to the minor unit.</summary>
    /// <param name="source">Positive, in the currency the buyer pays in; fees come on top.</param>
    /// <param name="mid">Its mid rate against CNY; null exactly when <paramref name="source"/> is in CNY.</param>
    /// <param name="rule">Fee and markup.</param>
    /// <param name="hold">How long the price is to hold: decides the markup.</param>
    /// <exception cref="ArgumentException">The rate is missing or another currency's.</exception>
    public static PriceResult ForSource(Money source, MidRate? mid, FeeRule rule, QuoteLock hold = QuoteLock.FifteenMinutes)
    {
        RequireRateOf(source.Currency, mid);
        if (source.Value > Money.MaxValue) return new PriceResult.TooLarge("source_amount", source.Currency);
        if (mid is null) return Assemble(source, source.Currency, source.Value, null, null, rule, hold);
        var customer = Customer(mid, rule, hold);
        var order = customer.BuyBySelling(source);
        return order > Money.MaxValue
            ? new PriceResult.TooLarge("order_amount", Currency.Cny)
            : Assemble(new Money(Currency.Cny, (long)order), source.Currency, source.Value, mid, customer, rule, hold);
    }

    // Without its own rate a foreign amount would be taken one to one, or at the price of something else.
    private static void RequireRateOf(Currency source, MidRate? mid)
    {
        if (mid is null ? source != Currency.Cny : mid.Rate.Base != source || mid.Rate.Counter != Currency.Cny)
            throw new ArgumentException($"{source} is not priced by {mid?.Rate.ToString() ?? "no rate"}.", nameof(mid));
    }

    // CNH settles 1:1 against CNY: there is no conversion that a markup could be taken on.
    private static ExchangeRate Customer(MidRate mid, FeeRule rule, QuoteLock hold) => mid.Rate.LessMarkup(MarkupBps(mid.Rate.Base, rule, hold));

    /// <summary>The markup that a rule comes to in a currency: none where nothing is converted.</summary>
    public static int MarkupBps(Currency source, FeeRule rule, QuoteLock hold) => source == Currency.Cnh || source == Currency.Cny ? 0 : rule.MarkupBpsFor(hold);

    private static PriceResult Assemble(Money order, Currency source, BigInteger converted, MidRate? mid, ExchangeRate? customer, FeeRule rule, QuoteLock hold)
    {
        if (converted > Money.MaxValue) return new PriceResult.TooLarge("source_amount", source);
        var fee = FeeCalculator.Fee(rule, order, source, converted, mid?.Rate);
        var total = converted + (fee?.Value ?? 0);
        if (total > Money.MaxValue) return new PriceResult.TooLarge("total", source);

        var sourceAmount = new Money(source, (long)converted);
        var atMid = mid is null ? converted : mid.Rate.SellToBuy(order);
        IReadOnlyList<PriceFee> fees = fee is null ? [] : [new PriceFee(fee.Code, new Money(source, (long)fee.Value), fee.Reckoning)];
        return new PriceResult.Priced(new Price(
            order, sourceAmount, mid, customer, MarkupBps(source, rule, hold), new Money(source, (long)(converted - atMid)), fees, new Money(source, (long)total), rule.FeeRefundable));
    }
}
