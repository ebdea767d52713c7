namespace PaymentOrchestrator.Domain;

/// <summary>Gives money back that a payment took. Implemented once per provider.</summary>
public interface IRefundGateway
{
    /// <summary>Asks the provider to give the money back, once per request id. Never throws for what the provider or the network does.</summary>
    Task<RefundOutcome> RefundAsync(ProviderRefund refund, CancellationToken cancellationToken);

    /// <summary>Asks what became of an earlier <see cref="RefundAsync"/> with the same request id. Moves nothing.</summary>
    Task<RefundOutcome> InquireRefundAsync(ProviderRefund refund, CancellationToken cancellationToken);
}

/// <summary>One refund. All of it is known and committed before the provider is called.</summary>
/// <param name="RequestId">The provider's idempotency key, derived from our refund; at most 64 characters.</param>
/// <param name="RefundId">Our refund, told to the provider as a memo.</param>
/// <param name="PaymentId">Our payment.</param>
/// <param name="Method">The method that paid.</param>
/// <param name="DebitRequestId">The request id of the debit that succeeded.</param>
/// <param name="DebitReference">The provider's id of that debit.</param>
/// <param name="Order">The part of the order that is refunded, CNY.</param>
/// <param name="Returned">What goes back to the buyer, in the currency that was debited, fee part included.</param>
/// <param name="Account">The buyer's account at the provider.</param>
/// <param name="ProviderReference">Inquiry only: the provider's id of the refund, where it is known.</param>
public sealed record ProviderRefund(
    string RequestId, string RefundId, string PaymentId, PaymentMethod Method, string DebitRequestId, string DebitReference, Money Order, Money Returned,
    AccountCredential Account, string? ProviderReference = null);

/// <summary>What came of a refund, or of asking after one.</summary>
public abstract record RefundOutcome
{
    private RefundOutcome() { }

    /// <summary>Final: the money is the buyer's again.</summary>
    /// <param name="ProviderReference">The provider's own id of it.</param>
    /// <param name="Returned">What the provider says that it gave back, in the currency that was debited.</param>
    public sealed record Succeeded(string ProviderReference, Money Returned) : RefundOutcome;

    /// <summary>Refused for good; nothing moved.</summary>
    /// <param name="Code">Ours, from <see cref="FailureCode"/>.</param>
    /// <param name="Message">One sentence for people.</param>
    public sealed record Refused(string Code, string Message) : RefundOutcome;

    /// <summary>Accepted, not decided.</summary>
    public sealed record Pending(string? ProviderReference) : RefundOutcome;

    /// <summary>Nobody can say yet whether money moved.</summary>
    public sealed record Unknown(string Reason) : RefundOutcome;

    /// <summary>Inquiry only: the provider has never heard of the request id.</summary>
    public sealed record NotFound : RefundOutcome;
}
