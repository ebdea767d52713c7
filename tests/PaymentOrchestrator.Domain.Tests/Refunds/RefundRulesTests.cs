using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class RefundRulesTests
{
    private static readonly RefundParts Parts = new(new Money(Currency.Cny, 5_000), Usd(732), Usd(3), Usd(22));

    private static readonly RefundOutcome.Refused Refused = new(FailureCode.ProviderRefused, "The provider refused.");

    [Fact]
    public void What_was_asked_for_and_given_back_succeeds_and_is_posted()
    {
        var decision = Decide(RefundStatus.Pending, new RefundOutcome.Succeeded("re_1", Usd(754)));

        Assert.Equal(RefundStatus.Succeeded, decision.Status);
        Assert.Equal("refund", Assert.Single(decision.Postings).Kind);
        Assert.Null(decision.Failure);
    }

    [Theory]
    [InlineData(753)]
    [InlineData(755)]
    public void Another_amount_is_reviewed_and_waits_in_suspense(long returned)
    {
        var decision = Decide(RefundStatus.Pending, new RefundOutcome.Succeeded("re_1", Usd(returned)));

        Assert.Equal(RefundStatus.UnderReview, decision.Status);
        Assert.Equal(FailureCode.AmountDiffers, decision.Failure!.Code);
        Assert.Equal(Usd(-returned), decision.Suspended);
        Assert.Equal(
            [new LedgerLeg(LedgerAccount.BuyerFunds, Usd(-returned)), new LedgerLeg(LedgerAccount.Suspense, Usd(returned))],
            Assert.Single(decision.Postings).Legs);
    }

    [Fact]
    public void Another_currency_is_another_amount() =>
        Assert.Equal(RefundStatus.UnderReview, Decide(RefundStatus.Pending, new RefundOutcome.Succeeded("re_1", new Money(Currency.Eur, 754))).Status);

    [Fact]
    public void A_refusal_fails_and_posts_nothing()
    {
        var decision = Decide(RefundStatus.Pending, Refused);

        Assert.Equal(RefundStatus.Failed, decision.Status);
        Assert.Equal(new RefundFailure(Refused.Code, Refused.Message), decision.Failure);
        Assert.Empty(decision.Postings);
    }

    [Fact]
    public void What_nobody_knows_stays_pending()
    {
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Pending, new RefundOutcome.Unknown("time-out")));
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Pending, new RefundOutcome.Pending("re_1")));
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Pending, new RefundOutcome.NotFound()));
    }

    [Fact]
    public void A_review_ends_as_given_back_only_with_the_refunds_own_amount_and_clears_the_suspense()
    {
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.UnderReview, new RefundOutcome.Succeeded("re_1", Usd(753)), Usd(-753)));

        var decision = Decide(RefundStatus.UnderReview, new RefundOutcome.Succeeded("re_1", Usd(754)), Usd(-753));

        Assert.Equal(RefundStatus.Succeeded, decision.Status);
        Assert.Equal(["suspense_reversal", "refund"], decision.Postings.Select(posting => posting.Kind));
    }

    [Fact]
    public void A_review_that_finds_nothing_moved_fails_and_clears_the_suspense()
    {
        Assert.Equal(["suspense_reversal"], Decide(RefundStatus.UnderReview, Refused, Usd(-753)).Postings.Select(posting => posting.Kind));
        Assert.Empty(Decide(RefundStatus.UnderReview, Refused).Postings);
    }

    [Fact]
    public void A_refund_that_comes_back_leaves_the_books_as_if_it_had_not_been()
    {
        var decision = Decide(RefundStatus.Succeeded, Refused);

        Assert.Equal(RefundStatus.Failed, decision.Status);
        Assert.All(Net([LedgerPosting.Refund(Parts), Assert.Single(decision.Postings)]).Values, net => Assert.Equal(0, net));
    }

    [Theory]
    [InlineData(754)]
    [InlineData(753)]
    public void A_provider_that_contradicts_itself_about_a_failed_refund_is_reviewed_with_what_it_moved_in_suspense(long returned)
    {
        var decision = Decide(RefundStatus.Failed, new RefundOutcome.Succeeded("re_1", Usd(returned)));

        Assert.Equal((RefundStatus.UnderReview, FailureCode.ProviderContradicts), (decision.Status, decision.Failure!.Code));
        Assert.Equal(Usd(-returned), decision.Suspended);
        Assert.Equal("suspense", Assert.Single(decision.Postings).Kind);
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Failed, new RefundOutcome.Succeeded("re_1", Usd(0))));
    }

    [Fact]
    public void What_has_failed_stays_so_by_any_other_word()
    {
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Failed, Refused));
        Assert.Equal(RefundDecision.Stay, Decide(RefundStatus.Failed, new RefundOutcome.NotFound()));
        Assert.Equal(RefundDecision.Stay, RefundRules.GiveUp(RefundStatus.Failed));
        Assert.Equal(RefundStatus.UnderReview, RefundRules.GiveUp(RefundStatus.Pending).Status);
    }

    [Fact]
    public void The_whole_matrix_of_states_is_what_it_is()
    {
        var allowed = Enum.GetValues<RefundStatus>().SelectMany(from => Enum.GetValues<RefundStatus>().Where(to => RefundTransitions.Allows(from, to)).Select(to => $"{from.Code()} {to.Code()}"));

        Assert.Equal(
            [
                "failed under_review", "pending failed", "pending succeeded", "pending under_review", "succeeded failed", "under_review failed", "under_review succeeded",
            ],
            allowed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_decision_leaves_the_state_graph()
    {
        RefundOutcome[] outcomes =
            [new RefundOutcome.Succeeded("re_1", Usd(754)), new RefundOutcome.Succeeded("re_1", Usd(1)), Refused, new RefundOutcome.Pending(null), new RefundOutcome.Unknown(""), new RefundOutcome.NotFound()];
        foreach (var status in Enum.GetValues<RefundStatus>())
            foreach (var decision in outcomes.Select(outcome => Decide(status, outcome)).Append(RefundRules.GiveUp(status)))
                Assert.True(decision.Status is not { } next || RefundTransitions.Allows(status, next));
    }

    [Fact]
    public void Every_status_has_its_code_and_event()
    {
        Assert.Equal(["pending", "succeeded", "failed", "under_review"], Enum.GetValues<RefundStatus>().Select(status => status.Code()));
        Assert.All(Enum.GetValues<RefundStatus>(), status => Assert.Equal(status, RefundTransitions.FromCode(status.Code())));
        Assert.Null(RefundTransitions.FromCode("Pending"));
        Assert.Equal("refund.failed", RefundTransitions.EventOnEntering(RefundStatus.Failed));
    }

    [Fact]
    public void A_refund_in_parts_leaves_nothing_of_the_payment_in_the_books() =>
        Gen.Select(Any.Amount, Any.Foreign, Any.Amount, Gen.Long[0, 1_000], Gen.Long[0, 1_000], Gen.Double[0, 1]).Sample((order, currency, source, markup, fee, share) =>
        {
            var paid = new RefundParts(new Money(Currency.Cny, order), new Money(currency, source), new Money(currency, Math.Min(markup, source)), new Money(currency, fee));
            var none = new RefundParts(Money.Zero(Currency.Cny), Money.Zero(currency), Money.Zero(currency), Money.Zero(currency));
            var first = RefundMath.Split(paid, true, none, paid.Order with { Value = Math.Clamp((long)(order * share), 1, order) }) is RefundSplit.Parts(var part) ? part : none;
            var postings = new List<LedgerPosting> { LedgerPosting.Payment(paid.Order, paid.Source, paid.Markup, paid.Fee) };
            if (first != none) postings.Add(LedgerPosting.Refund(first));
            if (first.Order != paid.Order && RefundMath.Split(paid, true, first, paid.Order - first.Order) is RefundSplit.Parts(var rest)) postings.Add(LedgerPosting.Refund(rest));

            Assert.All(Net(postings).Values, net => Assert.Equal(0, net));
        });

    private static RefundDecision Decide(RefundStatus status, RefundOutcome outcome, Money? suspended = null) => RefundRules.Decide(status, outcome, Parts, suspended);

    private static Dictionary<(LedgerAccount, Currency), long> Net(IEnumerable<LedgerPosting> postings) =>
        postings.SelectMany(posting => posting.Legs).GroupBy(leg => (leg.Account, leg.Amount.Currency)).ToDictionary(group => group.Key, group => group.Sum(leg => leg.Amount.Value));

    private static Money Usd(long value) => new(Currency.Usd, value);
}
