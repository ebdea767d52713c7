namespace PaymentOrchestrator.Domain;

/// <summary>Reads disputes at the provider that runs them. Implemented by the providers that have any.</summary>
public interface IDisputeGateway
{
    /// <summary>The provider's code.</summary>
    string DisputeProvider { get; }

    /// <summary>Reads a dispute, and which payment of ours it is about. Moves nothing.</summary>
    /// <param name="disputeId">The provider's.</param>
    /// <param name="cancellationToken">The caller's.</param>
    Task<ProviderAnswer<ProviderDispute>> ReadDisputeAsync(string disputeId, CancellationToken cancellationToken);
}

/// <summary>A dispute as its provider has it, with our names of what is disputed.</summary>
/// <param name="Id">The provider's.</param>
/// <param name="PaymentReference">The provider's id of the debit.</param>
/// <param name="PaymentId">Our payment, as the provider was told it; null for a debit that was none of ours.</param>
/// <param name="RequestId">The debit's request id; null likewise.</param>
/// <param name="Amount">What the cardholder wants back, in the currency of the charge.</param>
/// <param name="Reason">The provider's word for why.</param>
/// <param name="Status">Where it stands, in our words.</param>
/// <param name="Refundable">Whether the payment can still be refunded.</param>
/// <param name="EvidenceDueBy">Until when evidence is taken; null where none is.</param>
/// <param name="Money">What was moved over it so far.</param>
public sealed record ProviderDispute(
    string Id, string PaymentReference, string? PaymentId, string? RequestId, Money Amount, string Reason, DisputeStatus Status, bool Refundable,
    DateTimeOffset? EvidenceDueBy, DisputeMoney Money);
