using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>One conversation with a provider about a payment.</summary>
/// <param name="RequestId">The provider's idempotency key, derived from the payment's id: the same conversation always has the same one.</param>
internal sealed record Attempt(Id<PaymentResource> PaymentId, int Number, LinkProvider Provider, string RequestId, Id<LinkedAccountResource> AccountId);
