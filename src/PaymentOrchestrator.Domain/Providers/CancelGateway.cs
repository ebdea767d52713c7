namespace PaymentOrchestrator.Domain;

/// <summary>Ends a debit that is not final yet. Implemented by the providers that can.</summary>
public interface ICancelGateway
{
    /// <summary>
    /// Asks the provider to end the debit so that it can never succeed any more. Repeating it is safe. Never throws for what the provider or the
    /// network does.
    /// </summary>
    Task<CancelOutcome> CancelAsync(Debit debit, CancellationToken cancellationToken);
}

/// <summary>What came of asking a provider to cancel.</summary>
public abstract record CancelOutcome
{
    private CancelOutcome() { }

    /// <summary>The debit can never succeed; nothing moved, or what had moved was given back by the cancellation itself.</summary>
    public sealed record Canceled : CancelOutcome;

    /// <summary>Too late, or the provider ended the debit otherwise: what the provider says became of it.</summary>
    public sealed record Ended(DebitOutcome Outcome) : CancelOutcome;

    /// <summary>Nobody can say; ask again.</summary>
    public sealed record Unknown(string Reason) : CancelOutcome;
}
