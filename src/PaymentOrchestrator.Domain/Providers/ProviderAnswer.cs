namespace PaymentOrchestrator.Domain;

/// <summary>
/// What came of asking a provider something that moves no money. Refused is the provider's own word; unknown is everything else
/// (time-out, 5xx, cut body, bad signature, open circuit) and never counts as a refusal.
/// </summary>
public abstract record ProviderAnswer<T>
{
    private ProviderAnswer() { }

    public sealed record Ok(T Value) : ProviderAnswer<T>;

    /// <param name="Code">Ours, from <see cref="FailureCode"/>.</param>
    /// <param name="Message">For people; holds nothing of the provider's body but its code.</param>
    public sealed record Refused(string Code, string Message) : ProviderAnswer<T>;

    /// <param name="Reason">For logs and the timeline; holds no secret.</param>
    public sealed record Unknown(string Reason) : ProviderAnswer<T>;
}

/// <summary>What came of a debit, or of asking after one.</summary>
public abstract record DebitOutcome
{
    private DebitOutcome() { }

    /// <summary>The buyer's debit is final.</summary>
    /// <param name="ProviderReference">The provider's own id of it.</param>
    /// <param name="Debited">What the provider says that it took, in the source currency, after the adapter's own mapping.</param>
    /// <param name="Paid">What the provider says that the order was paid with, in CNY; null where the provider says nothing of it.</param>
    public sealed record Succeeded(string ProviderReference, Money Debited, Money? Paid) : DebitOutcome
    {
        /// <summary>The answer to our request names another one, or another reference than before: what it says moved cannot be counted as this payment.</summary>
        public bool OfAnotherRequest { get; init; }
    }

    /// <summary>The provider refused this request id for good; nothing moved.</summary>
    /// <param name="Code">Ours, from <see cref="FailureCode"/>.</param>
    /// <param name="Message">One sentence for the buyer.</param>
    /// <param name="Retryable">Whether a new payment with a new quote could succeed without anything else changing.</param>
    /// <param name="ProviderReference">Where the provider named one.</param>
    public sealed record Refused(string Code, string Message, bool Retryable, string? ProviderReference = null) : DebitOutcome;

    /// <summary>The debit was ended at the provider before money moved, by whomever; it can never succeed.</summary>
    public sealed record Canceled(string? ProviderReference) : DebitOutcome;

    /// <summary>Accepted, not decided.</summary>
    /// <param name="ProviderReference">Where the provider named one.</param>
    /// <param name="RedirectUrl">Where the buyer must go, if the buyer must act.</param>
    public sealed record Pending(string? ProviderReference, Uri? RedirectUrl) : DebitOutcome
    {
        /// <summary>The provider says that nothing is asked of the buyer any more. False where it cannot tell.</summary>
        public bool BuyerHasActed { get; init; }
    }

    /// <summary>Nobody can say yet whether money moved. Only inquiry, a verified notification or an operator ends this.</summary>
    /// <param name="Reason">For logs and the timeline; holds no secret.</param>
    public sealed record Unknown(string Reason) : DebitOutcome;

    /// <summary>Inquiry only: the provider has never heard of the request id.</summary>
    public sealed record NotFound : DebitOutcome;
}
