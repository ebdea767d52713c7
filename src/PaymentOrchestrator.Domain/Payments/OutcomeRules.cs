namespace PaymentOrchestrator.Domain;

/// <summary>What a provider's outcome does to a payment.</summary>
/// <param name="Status">Where the payment goes; null when it stays where it is.</param>
/// <param name="Posting">What is posted with the change; null for nothing.</param>
/// <param name="Failure">Why it failed, or what is to be reviewed.</param>
/// <param name="NextActionUrl">Where the buyer must go.</param>
public sealed record OutcomeDecision(PaymentStatus? Status, LedgerPosting? Posting = null, PaymentFailure? Failure = null, Uri? NextActionUrl = null);

/// <param name="Code">From <see cref="FailureCode"/>.</param>
/// <param name="Message">One sentence for the buyer.</param>
/// <param name="Retryable">Whether a new payment with a new quote could succeed without anything else changing.</param>
public sealed record PaymentFailure(string Code, string Message, bool Retryable);

/// <summary>Decides what a provider's word means. Whatever is not certain leaves the payment where it is.</summary>
public static class OutcomeRules
{
    /// <param name="outcome">The provider's word.</param>
    /// <param name="order">What the supplier is to get.</param>
    /// <param name="source">The converted order.</param>
    /// <param name="markup">Our markup in it.</param>
    /// <param name="total">What we asked the provider to take.</param>
    public static OutcomeDecision Decide(DebitOutcome outcome, Money order, Money source, Money markup, Money total) => outcome switch
    {
        DebitOutcome.Succeeded done when done.Debited == total && (done.Paid is null || done.Paid == order) =>
            new(PaymentStatus.Succeeded, LedgerPosting.Payment(order, source, markup, total - source)),
        // Not what we asked for: what it says that it moved is kept apart, and the order is not taken as paid.
        DebitOutcome.Succeeded done => new(
            PaymentStatus.UnderReview,
            done.Debited.IsZero ? null : LedgerPosting.Suspense(done.Debited),
            new PaymentFailure("amount_differs", "The provider reports another amount than was asked for. An operator is looking at it.", Retryable: false)),
        DebitOutcome.Refused refused => new(PaymentStatus.Failed, null, new PaymentFailure(refused.Code, refused.Message, refused.Retryable)),
        DebitOutcome.Pending { RedirectUrl: { } url } => new(PaymentStatus.RequiresAction, NextActionUrl: url),
        DebitOutcome.Pending or DebitOutcome.Unknown or DebitOutcome.NotFound => new((PaymentStatus?)null),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
