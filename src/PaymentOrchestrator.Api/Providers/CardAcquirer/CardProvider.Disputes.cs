using PaymentOrchestrator.Domain;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>A dispute as the acquirer has it, with our names of what is disputed.</summary>
/// <param name="Id">The acquirer's.</param>
/// <param name="PaymentReference">The acquirer's id of the debit.</param>
/// <param name="PaymentId">Our payment.</param>
/// <param name="RequestId">The debit's request id.</param>
/// <param name="Amount">What the cardholder wants back, in the debited currency.</param>
/// <param name="Reason">The acquirer's word for why.</param>
/// <param name="Status">The acquirer's: <c>needs_response</c>, <c>under_review</c>, <c>won</c>, <c>lost</c>, …</param>
internal sealed record CardDispute(string Id, string PaymentReference, string PaymentId, string RequestId, Money Amount, string Reason, string Status);

/// <summary>Disputes.</summary>
internal sealed partial class CardProvider
{
    /// <summary>
    /// Reads a dispute and the payment that it is about: a dispute carries none of a payment's metadata, and only that names what is ours.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<CardDispute>> ReadDisputeAsync(string disputeId, CancellationToken cancellationToken)
    {
        var read = await StripeCalls.RunAsync(
            "disputes", () => stripe.V1.Disputes.GetAsync(disputeId, cancellationToken: cancellationToken), cancellationToken);
        if (read is not StripeReply<Dispute>.Done { Value: { PaymentIntentId: { Length: > 0 } reference } dispute } || dispute.Id != disputeId)
            return NoAnswer<Dispute, CardDispute>(read);
        var found = await StripeCalls.RunAsync(
            "payment_intents", () => stripe.V1.PaymentIntents.GetAsync(reference, cancellationToken: cancellationToken), cancellationToken);
        return found is StripeReply<PaymentIntent>.Done { Value: { Metadata: { } metadata } intent } && intent.Id == reference &&
            metadata.GetValueOrDefault("payment_id") is { Length: > 0 } payment && metadata.GetValueOrDefault(RequestMetadata) is { Length: > 0 } request &&
            StripeAmounts.TryFromStripe(dispute.Currency, dispute.Amount, out var amount)
            ? new ProviderAnswer<CardDispute>.Ok(new CardDispute(
                disputeId, reference, payment, request, amount, ProviderText.Code(dispute.Reason), ProviderText.Code(dispute.Status)))
            : NoAnswer<PaymentIntent, CardDispute>(found);
    }
}
