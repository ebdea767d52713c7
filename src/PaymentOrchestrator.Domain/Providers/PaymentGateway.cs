namespace PaymentOrchestrator.Domain;

/// <summary>Debits buyers by the methods of one provider. Implemented once per provider.</summary>
public interface IPaymentGateway
{
    IReadOnlyList<PaymentMethod> Methods { get; }

    /// <summary>Asks the provider to take the money, once per request id. Never throws for what the provider or the network does.</summary>
    Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken);

    /// <summary>Asks what became of an earlier <see cref="DebitAsync"/> with the same request id. Moves nothing.</summary>
    Task<DebitOutcome> InquireAsync(Debit debit, CancellationToken cancellationToken);
}

/// <summary>One debit. All of it is known and committed before the provider is called.</summary>
/// <param name="RequestId">The provider's idempotency key, derived from our attempt; at most 64 characters.</param>
/// <param name="PaymentId">Our payment, told to the provider as a memo.</param>
/// <param name="Method">By which method.</param>
/// <param name="BuyerId">Our buyer.</param>
/// <param name="OrderId">The marketplace's order.</param>
/// <param name="Order">What the supplier gets, CNY.</param>
/// <param name="Total">What leaves the buyer, in the source currency.</param>
/// <param name="ProviderQuoteId">The provider's guaranteed price, where the quote was made on one.</param>
/// <param name="Account">The buyer's account at the provider.</param>
/// <param name="ReturnUrl">Ours: where the provider sends a buyer back who had to act.</param>
/// <param name="ProviderReference">Inquiry only: the provider's id, where it is known.</param>
public sealed record Debit(
    string RequestId, string PaymentId, PaymentMethod Method, string BuyerId, string OrderId, Money Order, Money Total,
    string? ProviderQuoteId, AccountCredential Account, Uri ReturnUrl, string? ProviderReference = null);
