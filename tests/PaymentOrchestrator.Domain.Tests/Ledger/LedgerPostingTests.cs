using System.Numerics;
using System.Reflection;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class LedgerPostingTests
{
    private static Money Usd(long value) => new(Currency.Usd, value);

    private static Money Cny(long value) => new(Currency.Cny, value);

    [Fact]
    public void A_card_payment_posts_the_whole_of_it()
    {
        // CNY 12,345.67 by card: USD 1,807.00 converted at mid, a fee of 54.21, USD 1,861.21 taken.
        var posting = LedgerPosting.Payment(Cny(1_234_567), Usd(180_700), Usd(0), Usd(5_421));

        Assert.Equal("payment", posting.Kind);
        Assert.Equal(
            [
                new LedgerLeg(LedgerAccount.BuyerFunds, Usd(186_121)),
                new LedgerLeg(LedgerAccount.FxPosition, Usd(-180_700)),
                new LedgerLeg(LedgerAccount.FeeRevenue, Usd(-5_421)),
                new LedgerLeg(LedgerAccount.FxPosition, Cny(1_234_567)),
                new LedgerLeg(LedgerAccount.SupplierPayable, Cny(-1_234_567)),
            ],
            posting.Legs);
    }

    [Fact]
    public void A_world_pay_payment_posts_its_markup()
    {
        // EUR 1,552.77 taken, of which 6.21 are markup.
        var (source, markup) = (new Money(Currency.Eur, 155_277), new Money(Currency.Eur, 621));

        Assert.Equal(
            [
                new LedgerLeg(LedgerAccount.BuyerFunds, source),
                new LedgerLeg(LedgerAccount.FxPosition, new Money(Currency.Eur, -154_656)),
                new LedgerLeg(LedgerAccount.MarkupRevenue, new Money(Currency.Eur, -621)),
                new LedgerLeg(LedgerAccount.FxPosition, Cny(1_234_567)),
                new LedgerLeg(LedgerAccount.SupplierPayable, Cny(-1_234_567)),
            ],
            LedgerPosting.Payment(Cny(1_234_567), source, markup, Money.Zero(Currency.Eur)).Legs);
    }

    [Fact]
    public void What_a_price_posts_sums_to_zero_in_each_currency_and_says_what_left_the_buyer() =>
        Gen.Select(Any.Amount, Any.Foreign, Any.MarkupBps, Any.Percentage).Sample(
            (amount, source, bps, percentage) =>
            {
                var rule = new FeeRule(PaymentMethod.Card, null, bps, new FeeTerms("service_fee", percentage));
                if (QuoteEngine.ForOrder(Cny(amount), source, ReferenceRates.Mid(source), rule) is not PriceResult.Priced(var price)) return;

                var posting = LedgerPosting.Payment(price.Order, price.Source, price.Markup, price.Fee);

                AssertBalances(posting);
                Assert.Equal(price.Total.Value, Sum(posting, LedgerAccount.BuyerFunds, source));
                Assert.Equal(-price.Markup.Value, Sum(posting, LedgerAccount.MarkupRevenue, source));
                Assert.Equal(-price.Fee.Value, Sum(posting, LedgerAccount.FeeRevenue, source));
                Assert.Equal(price.Markup.Value - price.Source.Value, Sum(posting, LedgerAccount.FxPosition, source));
                Assert.Equal(amount, Sum(posting, LedgerAccount.FxPosition, Currency.Cny));
                Assert.Equal(-amount, Sum(posting, LedgerAccount.SupplierPayable, Currency.Cny));
                Assert.DoesNotContain(posting.Legs, leg => leg.Amount.IsZero);
            },
            iter: 5_000);

    [Fact]
    public void A_payment_in_renminbi_balances_and_leaves_no_position() =>
        Gen.Select(Any.Amount, Gen.Int[0, 1_000_000]).Sample((order, fee) =>
        {
            var posting = LedgerPosting.Payment(Cny(order), Cny(order), Cny(0), Cny(fee));

            AssertBalances(posting);
            Assert.Equal(0, Sum(posting, LedgerAccount.FxPosition, Currency.Cny));
            Assert.Equal(order + fee, Sum(posting, LedgerAccount.BuyerFunds, Currency.Cny));
            Assert.Equal(-order, Sum(posting, LedgerAccount.SupplierPayable, Currency.Cny));
        });

    [Fact]
    public void Money_that_fits_nothing_waits_in_suspense_and_reaches_no_supplier() =>
        Gen.Select(Any.Amount, Any.Currency).Sample((value, currency) =>
        {
            var moved = new Money(currency, value);
            var posting = LedgerPosting.Suspense(moved);

            Assert.Equal("suspense", posting.Kind);
            Assert.Equal([new LedgerLeg(LedgerAccount.BuyerFunds, moved), new LedgerLeg(LedgerAccount.Suspense, -moved)], posting.Legs);
        });

    [Fact]
    public void A_planted_imbalance_cannot_be_posted() =>
        Gen.Select(Any.Amount, Any.Foreign, Gen.Int[0, 5], Gen.OneOf(1L, -1L, 100L)).Sample((value, source, leg, off) =>
        {
            LedgerLeg[] legs =
            [
                new(LedgerAccount.BuyerFunds, new Money(source, value + 3)),
                new(LedgerAccount.FxPosition, new Money(source, -value)),
                new(LedgerAccount.MarkupRevenue, new Money(source, -1)),
                new(LedgerAccount.FeeRevenue, new Money(source, -2)),
                new(LedgerAccount.FxPosition, Cny(700)),
                new(LedgerAccount.SupplierPayable, Cny(-700)),
            ];
            Assert.Equal(6, Post(legs).Legs.Count);

            var bent = legs[leg].Amount;
            legs[leg] = legs[leg] with { Amount = bent with { Value = bent.Value + off } };

            Assert.Contains(bent.Currency.Code, Assert.Throws<InvalidOperationException>(() => Post(legs)).Message, StringComparison.Ordinal);
        });

    [Fact]
    public void One_currencys_surplus_does_not_pay_for_anothers_lack() =>
        Assert.Throws<InvalidOperationException>(() => Post([new(LedgerAccount.BuyerFunds, Usd(100)), new(LedgerAccount.SupplierPayable, Cny(-100))]));

    [Fact]
    public void Source_markup_and_fee_are_of_one_currency()
    {
        Assert.Throws<InvalidOperationException>(() => LedgerPosting.Payment(Cny(100), Usd(20), Cny(1), Usd(0)));
        Assert.Throws<InvalidOperationException>(() => LedgerPosting.Payment(Cny(100), Usd(20), Usd(1), Cny(0)));
    }

    [Theory]
    [InlineData(LedgerAccount.BuyerFunds, "buyer_funds")]
    [InlineData(LedgerAccount.FxPosition, "fx_position")]
    [InlineData(LedgerAccount.MarkupRevenue, "markup_revenue")]
    [InlineData(LedgerAccount.FeeRevenue, "fee_revenue")]
    [InlineData(LedgerAccount.SupplierPayable, "supplier_payable")]
    [InlineData(LedgerAccount.ProviderSettlement, "provider_settlement")]
    [InlineData(LedgerAccount.PlatformCny, "platform_cny")]
    [InlineData(LedgerAccount.Suspense, "suspense")]
    [InlineData(LedgerAccount.DisputedFunds, "disputed_funds")]
    [InlineData(LedgerAccount.DisputeLosses, "dispute_losses")]
    [InlineData(LedgerAccount.DisputeFees, "dispute_fees")]
    [InlineData(LedgerAccount.AcquirerBalance, "acquirer_balance")]
    public void Accounts_have_their_codes(LedgerAccount account, string code) => Assert.Equal(code, account.Code());

    [Fact]
    public void No_account_is_without_a_code() =>
        Assert.Equal(12, Enum.GetValues<LedgerAccount>().Select(account => account.Code()).Distinct().Count());

    // The check that every posting passes is in the constructor, which only the balanced movements of the class itself can reach.
    private static LedgerPosting Post(LedgerLeg[] legs) =>
        (LedgerPosting)Activator.CreateInstance(
            typeof(LedgerPosting), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions, null, ["planted", legs], null)!;

    private static void AssertBalances(LedgerPosting posting)
    {
        var sums = new Dictionary<string, BigInteger>();
        foreach (var leg in posting.Legs)
            sums[leg.Amount.Currency.Code] = sums.GetValueOrDefault(leg.Amount.Currency.Code) + leg.Amount.Value;
        Assert.NotEmpty(sums);
        Assert.All(sums.Values, sum => Assert.True(sum.IsZero));
    }

    private static long Sum(LedgerPosting posting, LedgerAccount account, Currency currency) =>
        posting.Legs.Where(leg => leg.Account == account && leg.Amount.Currency == currency).Sum(leg => leg.Amount.Value);
}
