namespace PaymentOrchestrator.Domain;

/// <summary>What a provider's or an operator's word does to a refund.</summary>
/// <param name="Status">Where the refund goes; null when it stays where it is.</param>
/// <param name="Postings">What is posted with the change.</param>
/// <param name="Failure">Why it failed, or what is to be reviewed.</param>
/// <param name="Suspended">What lies in suspense from here on, in the currency that was debited.</param>
public sealed record RefundDecision(RefundStatus? Status, IReadOnlyList<LedgerPosting> Postings, RefundFailure? Failure = null, Money? Suspended = null)
{
    public static RefundDecision Stay { get; } = new(null, []);
}

/// <param name="Code">From <see cref="FailureCode"/>.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record RefundFailure(string Code, string Message);

/// <summary>Decides what a word about a refund means. Whatever is not certain leaves it where it is.</summary>
public static class RefundRules
{

    /// <param name="current">Where the refund stands.</param>
    /// <param name="outcome">The provider's word, or an operator's in its form.</param>
    /// <param name="parts">What the refund is to give back.</param>
    /// <param name="suspended">What lies in suspense for it; null for nothing.</param>
    public static RefundDecision Decide(RefundStatus current, RefundOutcome outcome, RefundParts parts, Money? suspended) => (current, outcome) switch
    {
        (RefundStatus.Pending or RefundStatus.UnderReview, RefundOutcome.Succeeded done) when done.Returned == parts.Returned =>
            new(RefundStatus.Succeeded, [.. Released(suspended), LedgerPosting.Refund(parts)]),
        // Not what we asked for: what it says that it moved is kept apart, and the part is not taken as given back.
        (RefundStatus.Pending, RefundOutcome.Succeeded done) => new(
            RefundStatus.UnderReview,
            done.Returned.IsZero ? [] : [LedgerPosting.Suspense(-done.Returned)],
            new RefundFailure(FailureCode.AmountDiffers, "The provider reports another amount than was asked for. An operator is looking at it."),
            done.Returned.IsZero ? null : -done.Returned),
        (RefundStatus.Pending or RefundStatus.UnderReview, RefundOutcome.Refused refused) =>
            new(RefundStatus.Failed, [.. Released(suspended)], new RefundFailure(refused.Code, refused.Message)),
        // We had said that nothing was given back, and the provider says that something was.
        (RefundStatus.Failed, RefundOutcome.Succeeded { Returned.IsZero: false } done) => new(
            RefundStatus.UnderReview,
            [LedgerPosting.Suspense(-done.Returned)],
            new RefundFailure(FailureCode.ProviderContradicts, "The provider reports a refund that had failed as given back. An operator is looking at it."),
            -done.Returned),
        (RefundStatus.Succeeded, RefundOutcome.Refused refused) =>
            new(RefundStatus.Failed, [LedgerPosting.RefundReversal(parts)], new RefundFailure(refused.Code, refused.Message)),
        _ => RefundDecision.Stay,
    };

    /// <summary>The provider has not said what became of it for longer than it ever takes.</summary>
    public static RefundDecision GiveUp(RefundStatus current) => current != RefundStatus.Pending
        ? RefundDecision.Stay
        : new(RefundStatus.UnderReview, [], new RefundFailure(FailureCode.OutcomeUnknown, "The provider has not said what became of the refund. An operator is looking at it."));

    private static IEnumerable<LedgerPosting> Released(Money? suspended) => suspended is { IsZero: false } money ? [LedgerPosting.SuspenseReversal(money)] : [];
}
