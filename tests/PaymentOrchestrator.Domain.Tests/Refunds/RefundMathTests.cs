using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class RefundMathTests
{
    private static readonly Money NothingCny = Money.Zero(Currency.Cny);

    /// <summary>A card payment of CNY 100.00: USD 14.64 converted, USD 0.44 fee.</summary>
    private static readonly RefundParts Card = Parts(10_000, Currency.Usd, 1_464, 0, 44);

    /// <summary>Amounts that are far apart, near each other, and down to one minor unit on either side.</summary>
    private static readonly Gen<RefundParts> AnyPayment =
        Gen.Select(Gen.Frequency((4, Any.Amount), (1, Gen.Long[1, 12])), Gen.Frequency((4, Any.Amount), (1, Gen.Long[1, 12])), Any.Foreign, Gen.Int[0, 10_000], Gen.Int[0, 10_000])
            .Select((order, source, currency, markup, fee) =>
                Parts(order, currency, source, (long)((BigInteger)source * markup / 10_000), (long)((BigInteger)source * fee / 10_000)));

    /// <summary>How much of what is left is asked for next (one minor unit, some of it, all of it), and what becomes of which earlier part.</summary>
    private static readonly Gen<Step[]> AnySteps =
        Gen.Select(Gen.Frequency((2, Gen.Const(0.0)), (6, Gen.Double[0, 1]), (1, Gen.Const(1.0))), Gen.Frequency((2, Gen.Const(-1)), (1, Gen.Int[0, 50])), (share, fails) => new Step(share, fails))
            .Array[1, 25];

    [Fact]
    public void A_full_refund_gives_back_all_that_was_paid() =>
        Assert.Equal(Card, Amounts(RefundMath.Split(Card, feeRefundable: true, Nothing(Card), Card.Order)));

    [Fact]
    public void Halves_of_an_odd_amount_are_the_whole()
    {
        var paid = Parts(3, Currency.Usd, 101, 5, 7);
        var first = Amounts(RefundMath.Split(paid, true, Nothing(paid), Cny(1)));
        var second = Amounts(RefundMath.Split(paid, true, first, Cny(1)));
        var third = Amounts(RefundMath.Split(paid, true, Sum(paid, [first, second]), Cny(1)));

        // 33.67 and 67.33 cut off: what was cut off comes with the later parts.
        Assert.Equal([33, 34, 34], new[] { first, second, third }.Select(part => part.Source.Value));
        Assert.Equal([1, 2, 2], new[] { first, second, third }.Select(part => part.Markup.Value));
        Assert.Equal([2, 2, 3], new[] { first, second, third }.Select(part => part.Fee.Value));
    }

    [Fact]
    public void Fees_that_are_not_refundable_stay()
    {
        var parts = Amounts(RefundMath.Split(Card, feeRefundable: false, Nothing(Card), Card.Order));

        Assert.Equal(Card with { Fee = Money.Zero(Currency.Usd) }, parts);
        Assert.Equal(Card.Source, parts.Returned);
    }

    [Fact]
    public void A_part_worth_less_than_a_minor_unit_is_too_small() =>
        // CNY 0.06 of CNY 100.00 are USD 0.0087.
        Assert.IsType<RefundSplit.TooSmall>(RefundMath.Split(Card, true, Nothing(Card), Cny(6)));

    [Fact]
    public void More_than_what_is_left_is_refused_with_what_is_left()
    {
        var half = Amounts(RefundMath.Split(Card, true, Nothing(Card), Cny(5_000)));

        Assert.Equal(new RefundSplit.TooLarge(Cny(5_000)), RefundMath.Split(Card, true, half, Cny(5_001)));
        Assert.Equal(new RefundSplit.TooLarge(NothingCny), RefundMath.Split(Card, true, Card, Cny(1)));
    }

    [Fact]
    public void After_a_failure_the_next_part_makes_up_for_it()
    {
        // A third each; the first fails after the second was given back with what the first's rounding had left.
        var paid = Parts(3, Currency.Usd, 101, 0, 0);
        var second = Parts(1, Currency.Usd, 34, 0, 0);

        Assert.Equal(33, Amounts(RefundMath.Split(paid, true, second, Cny(1))).Source.Value);
        Assert.Equal(67, Amounts(RefundMath.Split(paid, true, second, Cny(2))).Source.Value);
    }

    [Fact]
    public void Whatever_fails_on_the_way_it_is_never_more_than_was_paid_and_in_full_exactly_that() =>
        Gen.Select(AnyPayment, Gen.Bool, AnySteps).Sample(
            (paid, feeRefundable, steps) =>
            {
                var standing = new List<RefundParts>();
                foreach (var step in steps)
                {
                    if (step.Fails >= 0 && step.Fails < standing.Count) standing.RemoveAt(step.Fails);
                    var left = paid.Order.Value - standing.Sum(part => part.Order.Value);
                    if (left == 0) continue;
                    var amount = Math.Clamp((long)(left * step.Share), 1, left);
                    Refund(paid, feeRefundable, standing, amount);
                }

                var rest = paid.Order.Value - standing.Sum(part => part.Order.Value);
                if (rest > 0) Refund(paid, feeRefundable, standing, rest);
                var all = Sum(paid, standing);
                // Where failures have left nothing to give back for the rest, all of it was given back before.
                Assert.Equal(paid.Source, all.Source);
                if (all.Order != paid.Order) return;
                Assert.Equal(paid.Markup, all.Markup);
                Assert.Equal(feeRefundable ? paid.Fee : Money.Zero(paid.Fee.Currency), all.Fee);
            },
            iter: 10_000);

    [Fact]
    public void Where_nothing_failed_each_part_is_the_exact_share_so_far_cut_off_once() =>
        Gen.Select(AnyPayment, AnySteps).Sample(
            (paid, steps) =>
            {
                var standing = new List<RefundParts>();
                foreach (var step in steps)
                {
                    var left = paid.Order.Value - standing.Sum(part => part.Order.Value);
                    if (left == 0) break;
                    Refund(paid, true, standing, Math.Clamp((long)(left * step.Share), 1, left));
                    var all = Sum(paid, standing);
                    Assert.Equal(Share(paid.Source, all, paid), all.Source.Value);
                    Assert.Equal(Share(paid.Markup, all, paid), all.Markup.Value);
                    Assert.Equal(Share(paid.Fee, all, paid), all.Fee.Value);
                }
            },
            iter: 10_000);

    private static void Refund(RefundParts paid, bool feeRefundable, List<RefundParts> standing, long amount)
    {
        var before = Sum(paid, standing);
        var split = RefundMath.Split(paid, feeRefundable, before, Cny(amount));
        if (split is RefundSplit.TooSmall)
        {
            // Only where the exact share, less what was given back, is no whole minor unit.
            var due = new Exact((BigInteger)paid.Source.Value * (before.Order.Value + amount), paid.Order.Value) - before.Source.Value;
            Assert.True(due < 1 || before.Source == paid.Source);
            return;
        }

        var part = Amounts(split);
        Assert.Equal(amount, part.Order.Value);
        Assert.True(part.Source.Value > 0 && part.Markup.Value >= 0 && part.Fee.Value >= 0);
        standing.Add(part);
        var after = Sum(paid, standing);
        Assert.True(after.Order <= paid.Order && after.Source <= paid.Source && after.Markup <= paid.Markup && after.Fee <= paid.Fee);
    }

    private static BigInteger Share(Money total, RefundParts refunded, RefundParts paid) =>
        new Exact((BigInteger)total.Value * refunded.Order.Value, paid.Order.Value).Floor();

    private static RefundParts Amounts(RefundSplit split) => Assert.IsType<RefundSplit.Parts>(split).Amounts;

    private static RefundParts Sum(RefundParts paid, IEnumerable<RefundParts> parts) =>
        parts.Aggregate(Nothing(paid), (sum, part) => new RefundParts(sum.Order + part.Order, sum.Source + part.Source, sum.Markup + part.Markup, sum.Fee + part.Fee));

    private static RefundParts Nothing(RefundParts paid) => Parts(0, paid.Source.Currency, 0, 0, 0);

    private static RefundParts Parts(long order, Currency currency, long source, long markup, long fee) =>
        new(Cny(order), new Money(currency, source), new Money(currency, markup), new Money(currency, fee));

    private static Money Cny(long value) => new(Currency.Cny, value);

    /// <param name="Share">Of what is left.</param>
    /// <param name="Fails">Which of the standing parts fails first; below zero for none.</param>
    private sealed record Step(double Share, int Fails);
}
