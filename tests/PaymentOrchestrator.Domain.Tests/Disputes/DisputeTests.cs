using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class DisputeTests
{
    [Fact]
    public void The_whole_matrix_of_states_is_what_it_is()
    {
        var allowed = Enum.GetValues<DisputeStatus>().Select(from =>
            $"{from.Code()}: {string.Join(' ', Enum.GetValues<DisputeStatus>().Where(to => DisputeTransitions.Allows(from, to)).Select(to => to.Code()))}");

        Assert.Equal(
            [
                "warning_needs_response: warning_under_review warning_closed needs_response under_review won lost",
                "warning_under_review: warning_needs_response warning_closed needs_response under_review won lost",
                "warning_closed: needs_response under_review won lost",
                "needs_response: under_review won lost",
                "under_review: needs_response won lost",
                "won: ",
                "lost: won",
            ],
            allowed);
    }

    [Fact]
    public void Every_status_has_its_code_and_event()
    {
        Assert.All(Enum.GetValues<DisputeStatus>(), status => Assert.Equal(status, DisputeTransitions.FromCode(status.Code())));
        Assert.Null(DisputeTransitions.FromCode("charge_refunded"));
        Assert.Equal("dispute.created", DisputeTransitions.EventOf(null, DisputeStatus.NeedsResponse));
        Assert.Equal("dispute.updated", DisputeTransitions.EventOf(DisputeStatus.NeedsResponse, DisputeStatus.UnderReview));
        Assert.Equal("dispute.closed", DisputeTransitions.EventOf(DisputeStatus.UnderReview, DisputeStatus.Won));
        Assert.Equal("dispute.closed", DisputeTransitions.EventOf(DisputeStatus.WarningUnderReview, DisputeStatus.WarningClosed));
        // The money of a won dispute came later: it was closed before.
        Assert.Equal("dispute.updated", DisputeTransitions.EventOf(DisputeStatus.Won, DisputeStatus.Won));
    }

    [Theory]
    [InlineData(DisputeStatus.WarningNeedsResponse, true, true)]
    [InlineData(DisputeStatus.NeedsResponse, false, false)]
    [InlineData(DisputeStatus.UnderReview, false, false)]
    [InlineData(DisputeStatus.Lost, true, false)]
    [InlineData(DisputeStatus.Won, false, true)]
    [InlineData(DisputeStatus.WarningClosed, false, true)]
    public void A_refund_is_barred_as_long_as_the_bank_has_the_money(DisputeStatus status, bool refundable, bool allowed) =>
        Assert.Equal(allowed, status.AllowsRefund(refundable));

    [Theory]
    [InlineData(1_000, 10_000)]
    [InlineData(1_001, 10_000)]
    [InlineData(500, 5_000)]
    [InlineData(333, 3_330)]
    [InlineData(1, 10)]
    public void The_part_of_the_order_is_rounded_down_and_never_above_it(long disputed, long part) =>
        Assert.Equal(new Money(Currency.Cny, part), DisputeMoney.PartOfOrder(Usd(disputed), Usd(1_000), new Money(Currency.Cny, 10_000)));

    [Fact]
    public void A_dispute_in_another_currency_is_no_part_of_the_order_that_we_could_name() =>
        Assert.Null(DisputeMoney.PartOfOrder(new Money(Currency.Eur, 1), Usd(1_000), new Money(Currency.Cny, 10_000)));

    [Fact]
    public void Opened_won_and_lost_are_booked_by_name()
    {
        var open = Moved(1_000, 0, 15);

        Assert.Equal(("dispute_opened", "AcquirerBalance -15, BuyerFunds -1000, DisputeFees 15, DisputedFunds 1000"), Booked(null, null, DisputeStatus.NeedsResponse, open));
        Assert.Equal(("dispute_lost", "DisputeLosses 1000, DisputedFunds -1000"), Booked(DisputeStatus.UnderReview, open, DisputeStatus.Lost, open));
        Assert.Equal(("dispute_won", "BuyerFunds 1000, DisputedFunds -1000"), Booked(DisputeStatus.UnderReview, open, DisputeStatus.Won, Moved(1_000, 1_000, 15)));
        // Decided, and the money comes later.
        Assert.Null(LedgerPosting.Dispute(DisputeStatus.UnderReview, open, DisputeStatus.Won, open));
        Assert.Equal(("dispute_won", "BuyerFunds 1000, DisputedFunds -1000"), Booked(DisputeStatus.Won, open, DisputeStatus.Won, Moved(1_000, 1_000, 15)));
        // The bank gives way after all; less comes back than was taken; the fee as well.
        Assert.Equal(("dispute_won", "BuyerFunds 1000, DisputeLosses -1000"), Booked(DisputeStatus.Lost, open, DisputeStatus.Won, Moved(1_000, 1_000, 15)));
        Assert.Equal(
            ("dispute_won", "AcquirerBalance 15, BuyerFunds 900, DisputeFees -15, DisputeLosses 100, DisputedFunds -1000"), Booked(DisputeStatus.UnderReview, open, DisputeStatus.Won, Moved(1_000, 900, 0)));
        Assert.Equal(("dispute_adjusted", "BuyerFunds -1, DisputedFunds 1"), Booked(DisputeStatus.NeedsResponse, open, DisputeStatus.UnderReview, Moved(1_001, 0, 15)));
        Assert.Null(LedgerPosting.Dispute(null, null, DisputeStatus.WarningNeedsResponse, DisputeMoney.None(Currency.Usd)));
    }

    [Fact]
    public void Whatever_comes_between_the_books_hold_the_present_and_balance() =>
        Gen.Select(Gen.Enum<DisputeStatus>(), Gen.Enum<DisputeStatus>(), Gen.Long[0, 1_000], Gen.Long[0, 1_000], Gen.Long[0, 50], Gen.Long[0, 50]).Sample((between, last, withdrawn, reinstated, fee, left) =>
        {
            var first = new DisputeMoney(Usd(withdrawn), Usd(0), new Money(Currency.Eur, fee));
            var end = new DisputeMoney(Usd(withdrawn), Usd(Math.Min(reinstated, withdrawn)), new Money(Currency.Eur, left));
            LedgerPosting?[] steps = [LedgerPosting.Dispute(null, null, between, first), LedgerPosting.Dispute(between, first, last, end)];

            Assert.Equal(Net(end.Books(last)), Net(steps.OfType<LedgerPosting>().SelectMany(step => step.Legs)));
        });

    private static (string, string) Booked(DisputeStatus? from, DisputeMoney? before, DisputeStatus to, DisputeMoney now)
    {
        var posting = LedgerPosting.Dispute(from, before, to, now)!;
        return (posting.Kind, string.Join(", ", posting.Legs.Select(leg => $"{leg.Account} {leg.Amount.Value}").Order(StringComparer.Ordinal)));
    }

    private static SortedDictionary<string, long> Net(IEnumerable<LedgerLeg> legs) => new(
        legs.GroupBy(leg => $"{leg.Account} {leg.Amount.Currency}").Select(group => (group.Key, Sum: group.Sum(leg => leg.Amount.Value))).Where(pair => pair.Sum != 0)
            .ToDictionary(pair => pair.Key, pair => pair.Sum), StringComparer.Ordinal);

    private static DisputeMoney Moved(long withdrawn, long reinstated, long fee) => new(Usd(withdrawn), Usd(reinstated), Usd(fee));

    private static Money Usd(long value) => new(Currency.Usd, value);
}
