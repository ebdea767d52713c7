namespace PaymentOrchestrator.Domain;

/// <summary>What a provider's outcome does to a payment.</summary>
/// <param name="Status">Where the payment goes; null when it stays where it is.</param>
/// <param name="Posting">What is posted with the change; null for nothing.</param>
/// <param name="Failure">Why it failed, or what is to be reviewed.</param>
/// <param name="NextActionUrl">Where the buyer must go.</param>
public sealed record OutcomeDecision(PaymentStatus? Status, LedgerPosting? Posting = null, PaymentFailure? Failure = null, Uri? NextActionUrl = null)
{
    public static OutcomeDecision Stay { get; } = new((PaymentStatus?)null);
}

/// <param name="Code">From <see cref="FailureCode"/>.</param>
/// <param name="Message">One sentence for the buyer.</param>
/// <param name="Retryable">Whether a new payment with a new quote could succeed without anything else changing.</param>
public sealed record PaymentFailure(string Code, string Message, bool Retryable);

/// <summary>What the books say of a payment: all that a provider's word is held against.</summary>
/// <param name="Order">What the supplier is to get.</param>
/// <param name="Source">The converted order.</param>
/// <param name="Markup">Our markup in it.</param>
/// <param name="Total">What we asked the provider to take.</param>
public sealed record PaymentAmounts(Money Order, Money Source, Money Markup, Money Total)
{
    public LedgerPosting Posting => LedgerPosting.Payment(Order, Source, Markup, Total - Source);
}

/// <summary>Decides what a provider's word means for a payment. Whatever is not certain leaves the payment where it is.</summary>
public static class OutcomeRules
{
    public static OutcomeDecision Decide(PaymentStatus current, DebitOutcome outcome, PaymentAmounts amounts) => current switch
    {
        PaymentStatus.Processing or PaymentStatus.RequiresAction => OfLive(current, outcome, amounts),
        // We had said that nothing moved, and the provider says that something did.
        PaymentStatus.Failed or PaymentStatus.Canceled when outcome is DebitOutcome.Succeeded { Debited.IsZero: false } done =>
            Review(done, FailureCode.ProviderContradicts, "The provider reports a debit of a payment that had ended without one. An operator is looking at it."),
        // An inquiry that agrees with us to the unit, or an outright refusal, ends a review; anything less leaves it to a person.
        PaymentStatus.UnderReview when outcome is DebitOutcome.Succeeded done && Fits(done, amounts) => new(PaymentStatus.Succeeded, amounts.Posting),
        PaymentStatus.UnderReview when outcome is DebitOutcome.Refused refused => Fail(refused),
        PaymentStatus.UnderReview when outcome is DebitOutcome.Canceled => new(PaymentStatus.Canceled),
        _ => OutcomeDecision.Stay,
    };

    private static OutcomeDecision OfLive(PaymentStatus current, DebitOutcome outcome, PaymentAmounts amounts) => outcome switch
    {
        DebitOutcome.Succeeded done when Fits(done, amounts) => new(PaymentStatus.Succeeded, amounts.Posting),
        DebitOutcome.Succeeded { OfAnotherRequest: true } done =>
            Review(done, FailureCode.ReferenceDiffers, "The provider's answer names another request than ours. An operator is looking at it."),
        DebitOutcome.Succeeded done => Review(done, FailureCode.AmountDiffers, "The provider reports another amount than was asked for. An operator is looking at it."),
        DebitOutcome.Refused refused => Fail(refused),
        DebitOutcome.Canceled => new(PaymentStatus.Canceled),
        DebitOutcome.Pending { RedirectUrl: { } url } when current == PaymentStatus.Processing => new(PaymentStatus.RequiresAction, NextActionUrl: url),
        DebitOutcome.Pending { BuyerHasActed: true } when current == PaymentStatus.RequiresAction => new(PaymentStatus.Processing),
        DebitOutcome.Pending or DebitOutcome.Unknown or DebitOutcome.NotFound => OutcomeDecision.Stay,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static bool Fits(DebitOutcome.Succeeded done, PaymentAmounts amounts) =>
        !done.OfAnotherRequest && done.Debited == amounts.Total && (done.Paid is null || done.Paid == amounts.Order);

    private static OutcomeDecision Fail(DebitOutcome.Refused refused) =>
        new(PaymentStatus.Failed, null, new PaymentFailure(refused.Code, refused.Message, refused.Retryable));

    /// <summary>Not what we asked for: what the provider says that it moved is kept apart, and the order is not taken as paid.</summary>
    private static OutcomeDecision Review(DebitOutcome.Succeeded done, string code, string message) =>
        new(PaymentStatus.UnderReview, done.Debited.IsZero ? null : LedgerPosting.Suspense(done.Debited), new PaymentFailure(code, message, Retryable: false));
}
