using Xunit;

namespace PaymentOrchestrator.Domain.Tests.Payments;

public sealed class OutcomeRulesTests
{
    private static readonly Money Order = new(Currency.Cny, 1_234_567);
    private static readonly Money Total = new(Currency.Usd, 186_121);
    private static readonly PaymentAmounts Amounts = new(Order, new Money(Currency.Usd, 180_700), Money.Zero(Currency.Usd), Total);
    private static readonly DebitOutcome.Refused Refused = new(FailureCode.CardDeclined, "The card was declined.", Retryable: false);

    public static TheoryData<PaymentStatus> All => [.. Enum.GetValues<PaymentStatus>()];

    public static TheoryData<PaymentStatus> Live => [PaymentStatus.Processing, PaymentStatus.RequiresAction];

    [Theory]
    [MemberData(nameof(All))]
    public void No_decision_leaves_the_state_graph(PaymentStatus current)
    {
        DebitOutcome[] words =
        [
            new DebitOutcome.Succeeded("x", Total, Order), new DebitOutcome.Succeeded("x", Total, null), new DebitOutcome.Succeeded("x", Order, null),
            new DebitOutcome.Succeeded("x", Money.Zero(Currency.Usd), null), Refused, new DebitOutcome.Pending("x", null),
            new DebitOutcome.Pending("x", new Uri("https://example.com")), new DebitOutcome.Unknown("time-out"), new DebitOutcome.NotFound(),
        ];
        Assert.All(words, word =>
        {
            if (OutcomeRules.Decide(current, word, Amounts).Status is { } next) Assert.True(PaymentTransitions.Allows(current, next), $"{current} to {next} by {word}");
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_nobody_knows_changes_nothing(PaymentStatus current)
    {
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(current, new DebitOutcome.Unknown("time-out"), Amounts));
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(current, new DebitOutcome.NotFound(), Amounts));
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(current, new DebitOutcome.Pending("x", null), Amounts));
    }

    [Theory]
    [MemberData(nameof(Live))]
    public void A_debit_of_exactly_what_was_asked_succeeds_and_is_posted(PaymentStatus current)
    {
        var decision = OutcomeRules.Decide(current, new DebitOutcome.Succeeded("x", Total, Order), Amounts);
        Assert.Equal(PaymentStatus.Succeeded, decision.Status);
        Assert.Equal("payment", decision.Posting!.Kind);
        Assert.Null(decision.Failure);
    }

    [Theory]
    [MemberData(nameof(Live))]
    public void A_debit_of_one_minor_unit_more_goes_to_review_and_into_suspense(PaymentStatus current)
    {
        var moved = Total + new Money(Currency.Usd, 1);
        var decision = OutcomeRules.Decide(current, new DebitOutcome.Succeeded("x", moved, Order), Amounts);
        Assert.Equal(PaymentStatus.UnderReview, decision.Status);
        Assert.Equal("suspense", decision.Posting!.Kind);
        Assert.Contains(decision.Posting.Legs, leg => leg == new LedgerLeg(LedgerAccount.Suspense, -moved));
        Assert.DoesNotContain(decision.Posting.Legs, leg => leg.Account == LedgerAccount.SupplierPayable);
    }

    [Theory]
    [MemberData(nameof(Live))]
    public void A_debit_in_another_currency_or_for_another_order_amount_goes_to_review(PaymentStatus current)
    {
        Assert.Equal(PaymentStatus.UnderReview, OutcomeRules.Decide(current, new DebitOutcome.Succeeded("x", new Money(Currency.Eur, Total.Value), Order), Amounts).Status);
        Assert.Equal(PaymentStatus.UnderReview, OutcomeRules.Decide(current, new DebitOutcome.Succeeded("x", Total, Order - new Money(Currency.Cny, 1)), Amounts).Status);
    }

    [Theory]
    [MemberData(nameof(Live))]
    public void A_debit_that_names_another_request_goes_to_review_and_into_suspense_though_its_amount_fits(PaymentStatus current)
    {
        var strange = new DebitOutcome.Succeeded("x", Total, Order) { OfAnotherRequest = true };
        var decision = OutcomeRules.Decide(current, strange, Amounts);
        Assert.Equal((PaymentStatus.UnderReview, FailureCode.ReferenceDiffers), (decision.Status, decision.Failure!.Code));
        Assert.Equal("suspense", decision.Posting!.Kind);
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.UnderReview, strange, Amounts));
    }

    [Theory]
    [MemberData(nameof(Live))]
    public void A_refusal_fails_the_payment_with_its_reason_and_posts_nothing(PaymentStatus current)
    {
        var decision = OutcomeRules.Decide(current, Refused, Amounts);
        Assert.Equal(PaymentStatus.Failed, decision.Status);
        Assert.Equal(new PaymentFailure(FailureCode.CardDeclined, "The card was declined.", false), decision.Failure);
        Assert.Null(decision.Posting);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_debit_that_was_ended_at_the_provider_cancels_what_had_not_ended(PaymentStatus current)
    {
        var open = current is PaymentStatus.Processing or PaymentStatus.RequiresAction or PaymentStatus.UnderReview;
        Assert.Equal(open ? PaymentStatus.Canceled : null, OutcomeRules.Decide(current, new DebitOutcome.Canceled("x"), Amounts).Status);
    }

    [Fact]
    public void A_buyer_who_has_done_what_was_asked_leaves_the_payment_with_the_provider()
    {
        var done = new DebitOutcome.Pending("x", null) { BuyerHasActed = true };
        Assert.Equal(new OutcomeDecision(PaymentStatus.Processing), OutcomeRules.Decide(PaymentStatus.RequiresAction, done, Amounts));
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.Processing, done, Amounts));
    }

    [Fact]
    public void A_page_for_the_buyer_asks_for_action_once()
    {
        var page = new DebitOutcome.Pending("x", new Uri("https://example.com/3ds"));
        Assert.Equal(PaymentStatus.RequiresAction, OutcomeRules.Decide(PaymentStatus.Processing, page, Amounts).Status);
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.RequiresAction, page, Amounts));
    }

    [Theory]
    [InlineData(PaymentStatus.Failed)]
    [InlineData(PaymentStatus.Canceled)]
    public void A_provider_that_contradicts_itself_is_reviewed_with_its_money_in_suspense(PaymentStatus ended)
    {
        var decision = OutcomeRules.Decide(ended, new DebitOutcome.Succeeded("x", Total, Order), Amounts);
        Assert.Equal(PaymentStatus.UnderReview, decision.Status);
        Assert.Equal("suspense", decision.Posting!.Kind);
        Assert.Equal(FailureCode.ProviderContradicts, decision.Failure!.Code);
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(ended, Refused, Amounts));
    }

    [Fact]
    public void A_review_ends_by_inquiry_only_where_the_amounts_agree()
    {
        Assert.Equal(PaymentStatus.Succeeded, OutcomeRules.Decide(PaymentStatus.UnderReview, new DebitOutcome.Succeeded("x", Total, Order), Amounts).Status);
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.UnderReview, new DebitOutcome.Succeeded("x", Total - new Money(Currency.Usd, 1), Order), Amounts));
        Assert.Equal(PaymentStatus.Failed, OutcomeRules.Decide(PaymentStatus.UnderReview, Refused, Amounts).Status);
    }

    [Fact]
    public void A_succeeded_payment_never_moves_again()
    {
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.Succeeded, Refused, Amounts));
        Assert.Equal(OutcomeDecision.Stay, OutcomeRules.Decide(PaymentStatus.Succeeded, new DebitOutcome.Succeeded("x", Total, Order), Amounts));
    }
}
