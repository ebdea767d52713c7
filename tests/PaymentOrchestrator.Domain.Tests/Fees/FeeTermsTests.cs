using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>Fixed amounts, limits and tiers, recomputed in fractions that share nothing with the calculator.</summary>
public sealed class FeeTermsTests
{
    private static readonly Currency Jpy = Currency.Parse("JPY");
    private static readonly Currency Kwd = Currency.Parse("KWD");

    private static readonly FeeTerms Tiered = new(
        "card_fee", 3m, Cny(1_00), Cny(5_00), Cny(500_00), [new FeeTier(Cny(10_000_00), 2.5m, Cny(2_00)), new FeeTier(Cny(100_000_00), 0m)]);

    [Theory]
    // One minor unit below, at and above each tier's beginning; the order is CNY and so is the fee.
    [InlineData(1, 5_00, "minimum")]
    [InlineData(133_33, 5_00, "minimum")] // 3.9999 + 1 = 4.9999
    [InlineData(133_34, 5_00, null)] // 5.0002: above the minimum, and rounds to it
    [InlineData(133_50, 5_01, null)] // 5.005: half away from zero
    [InlineData(9_999_99, 301_00, null)] // 299.9997 + 1
    [InlineData(10_000_00, 252_00, null)]
    [InlineData(10_000_01, 252_00, null)]
    [InlineData(19_920_00, 500_00, null)]
    [InlineData(19_920_19, 500_00, "maximum")] // 500.00475
    [InlineData(99_999_99, 500_00, "maximum")]
    [InlineData(100_000_00, 5_00, "minimum")] // the last tier is free but for the minimum
    public void Tiers_begin_at_their_amount_and_price_the_whole_order(long order, long fee, string? limit)
    {
        var line = FeeCalculator.Fee(Rule(Tiered), Cny(order), Currency.Cny, order, null)!;

        Assert.Equal((fee, limit), ((long)line.Value, line.Reckoning.Limit?.ToString().ToLowerInvariant()));
        Assert.Equal(order >= 100_000_00 ? Cny(100_000_00) : order >= 10_000_00 ? Cny(10_000_00) : (Money?)null, line.Reckoning.TierFrom);
    }

    [Theory]
    [InlineData("USD", 2_000_00, 10_00, 61_46)] // 60.00 + 10.00 ÷ 6.832163643 = 61.46366…
    [InlineData("JPY", 300_000, 10_00, 9_234)] // 9,000 + 233.94…
    public void An_amount_in_cny_is_taken_at_the_mid_rate_and_rounded_once_with_the_rest(string currency, long converted, long fixedCny, long fee)
    {
        var source = Currency.Parse(currency);
        var line = FeeCalculator.Fee(Rule(new FeeTerms("f", 3m, Cny(fixedCny))), Cny(1), source, converted, ReferenceRates.Mid(source).Rate)!;

        Assert.Equal(fee, (long)line.Value);
    }

    [Fact]
    public void An_amount_in_the_rules_own_currency_is_taken_as_it_is()
    {
        var terms = new FeeTerms("f", 2.9m, new Money(Currency.Usd, 30));
        var line = FeeCalculator.Fee(Rule(terms), Cny(1), Currency.Usd, 100_00, ReferenceRates.Mid(Currency.Usd).Rate)!;

        Assert.Equal(3_20, (long)line.Value);
        Assert.Throws<ArgumentException>(() => FeeCalculator.Fee(Rule(terms), Cny(1), Jpy, 100, ReferenceRates.Mid(Jpy).Rate));
    }

    [Fact]
    public void Free_and_nothing_at_all_and_a_fee_that_rounds_to_zero_are_told_apart()
    {
        Assert.Null(FeeCalculator.Fee(Rule(null), Cny(1), Currency.Cny, 1, null));
        Assert.Equal(FeeStatus.Zero, StatusOf(new FeeTerms("f", 0m), 1));
        Assert.Equal(FeeStatus.Zero, StatusOf(new FeeTerms("f", 0m, Cny(0), Cny(0), Cny(9)), 1));
        Assert.Equal(FeeStatus.Computed, StatusOf(new FeeTerms("f", 0.1m), 1));
        Assert.Equal(FeeStatus.Computed, StatusOf(new FeeTerms("f", 0m, null, Cny(1)), 1));
        var freeAbove = new FeeTerms("f", 3m, null, null, null, [new FeeTier(Cny(100), 0m)]);
        Assert.Equal((FeeStatus.Computed, FeeStatus.Zero), (StatusOf(freeAbove, 99), StatusOf(freeAbove, 100)));

        static FeeStatus StatusOf(FeeTerms terms, long order)
        {
            var line = FeeCalculator.Fee(Rule(terms), Cny(order), Currency.Cny, order, null)!;
            if (line.Reckoning.Status == FeeStatus.Zero) Assert.True(line.Value.IsZero);
            return line.Reckoning.Status;
        }
    }

    [Fact]
    public void The_fee_is_the_rounded_exact_fee_never_falls_within_a_tier_and_keeps_to_its_limits() =>
        Gen.Select(Any.Amount, Any.Amount, Any.Foreign, Terms).Sample(
            (one, other, source, terms) =>
            {
                var mid = ReferenceRates.Mid(source);
                var rule = Rule(terms);
                var (low, high) = (Cny(Math.Min(one, other)), Cny(Math.Max(one, other)));
                if (Price(low) is not { } smaller || Price(high) is not { } larger) return;

                foreach (var price in new[] { smaller, larger })
                {
                    var tier = terms.Tiers!.Where(tier => tier.From.Value <= price.Order.Value).Select(tier => (tier.Percentage, tier.Fixed)).LastOrDefault((terms.Percentage, terms.Fixed));
                    var exact = ((Exact)price.Source.Value * Exact.Of(tier.Item1) / 100) + In(tier.Item2);
                    if (terms.Minimum is not null && exact < In(terms.Minimum)) exact = In(terms.Minimum);
                    if (terms.Maximum is not null && exact > In(terms.Maximum)) exact = In(terms.Maximum);
                    Assert.Equal(exact.HalfUp(), price.Fee.Value);
                    if (terms.Minimum is not null) Assert.True(price.Fee.Value >= In(terms.Minimum).HalfUp());
                    if (terms.Maximum is not null) Assert.True(price.Fee.Value <= In(terms.Maximum).HalfUp());
                    Assert.Equal(price.Source + price.Fee, price.Total);
                    Assert.True(price.Total.Value <= Money.MaxValue);
                }

                if (terms.TierFor(low) == terms.TierFor(high)) Assert.True(smaller.Fee <= larger.Fee);

                Exact In(Money? amount) => amount is not { } money ? 0
                    : money.Currency == source ? money.Value
                    : Exact.Of(money) / Exact.Of(mid.Rate.Value) * Exact.MinorUnitsPerUnit(source);

                Price? Price(Money order) => QuoteEngine.ForOrder(order, source, mid, rule) is PriceResult.Priced priced ? priced.Price : null;
            },
            iter: 5_000);

    [Fact]
    public void A_total_that_a_fixed_fee_lifts_past_what_can_be_said_is_too_large_by_name()
    {
        var rule = Rule(new FeeTerms("f", 0m, new Money(Kwd, Money.MaxValue)));
        var mid = new MidRate(new ExchangeRate(Kwd, Currency.Cny, 23m), "ecb", ReferenceRates.Published, false);

        Assert.Equal(new PriceResult.TooLarge("total", Kwd), QuoteEngine.ForOrder(Cny(100), Kwd, mid, rule));
    }

    [Fact]
    public void A_hold_of_its_own_markup_is_priced_with_it_and_the_others_with_the_rules()
    {
        var rule = new FeeRule(PaymentMethod.WorldPay, null, 40, null) { LockMarkupBps = new Dictionary<QuoteLock, int> { [QuoteLock.OneMinute] = 30, [QuoteLock.OneDay] = 90 } };
        var mid = ReferenceRates.Mid(Currency.Eur);

        Assert.Equal(
            [30, 40, 40, 90],
            QuoteLocks.All.Select(hold => ((PriceResult.Priced)QuoteEngine.ForOrder(Cny(12_345_67), Currency.Eur, mid, rule, hold)).Price.MarkupBps));
        // CNY 12,345.67 ÷ (7.9827 × 0.9960, 0.9910): a longer hold costs more, in money too.
        Assert.Equal(
            [1_552_77, 1_560_60],
            new[] { QuoteLock.FifteenMinutes, QuoteLock.OneDay }.Select(hold => ((PriceResult.Priced)QuoteEngine.ForOrder(Cny(12_345_67), Currency.Eur, mid, rule, hold)).Price.Source.Value));
        Assert.Equal(0, QuoteEngine.MarkupBps(Currency.Cnh, rule, QuoteLock.OneDay));
    }

    [Fact]
    public void A_hold_of_another_length_counts_as_the_next_longer_one()
    {
        Assert.Equal(QuoteLock.OneMinute, QuoteLocks.Covering(TimeSpan.FromSeconds(2)));
        Assert.Equal(QuoteLock.FifteenMinutes, QuoteLocks.Covering(TimeSpan.FromMinutes(15)));
        Assert.Equal(QuoteLock.OneDay, QuoteLocks.Covering(TimeSpan.FromMinutes(61)));
        Assert.Null(QuoteLocks.Covering(TimeSpan.FromHours(25)));
        Assert.All(QuoteLocks.All, hold => Assert.Equal(hold, QuoteLocks.FromCode(hold.Code())));
        Assert.Null(QuoteLocks.FromCode("2m"));
    }

    /// <summary>Limits in order and tiers ascending, as publication demands; amounts in CNY.</summary>
    private static Gen<FeeTerms> Terms { get; } = Gen.Select(
        Any.Percentage, Optional(100_000), Optional(50_000), Gen.Int[0, 10_000_000], Gen.Bool, Gen.Select(Any.Amount, Any.Percentage, Optional(100_000)).Array[0, 3],
        (percentage, fixedAmount, minimum, room, limited, tiers) => new FeeTerms(
            "f", percentage, fixedAmount, minimum, limited ? Cny((minimum?.Value ?? 0) + room + 1) : null,
            [.. tiers.DistinctBy(tier => tier.Item1).OrderBy(tier => tier.Item1).Select(tier => new FeeTier(Cny(tier.Item1), tier.Item2, tier.Item3))]));

    private static Gen<Money?> Optional(int most) => Gen.Select(Gen.Bool, Gen.Int[0, most], (given, value) => given ? Cny(value) : (Money?)null);

    private static FeeRule Rule(FeeTerms? terms) => new(PaymentMethod.Card, null, 0, terms);

    private static Money Cny(long value) => new(Currency.Cny, value);
}
