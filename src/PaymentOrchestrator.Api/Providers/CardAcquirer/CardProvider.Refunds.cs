using PaymentOrchestrator.Domain;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Refunds, and the end of payments that are not final.</summary>
internal sealed partial class CardProvider
{
    public async Task<RefundOutcome> RefundAsync(ProviderRefund refund, CancellationToken cancellationToken)
    {
        var (_, amount) = StripeAmounts.ToStripe(refund.Returned);
        var options = new RefundCreateOptions
        {
            PaymentIntent = refund.DebitReference,
            Amount = amount,
            Metadata = new Dictionary<string, string>
            {
                ["refund_id"] = refund.RefundId,
                ["payment_id"] = refund.PaymentId,
                [RequestMetadata] = refund.RequestId,
            },
        };
        var reply = await StripeCalls.RunAsync(
            "refunds", () => Sdk.V1.Refunds.CreateAsync(options, new RequestOptions { IdempotencyKey = refund.RequestId }, cancellationToken),
            cancellationToken);
        switch (reply)
        {
            case StripeReply<Refund>.Done done:
                return Outcome(done.Value, refund);
            case StripeReply<Refund>.Refused refused:
                var (code, message, _) = CardRefusals.Of(refused.Refusal);
                return new RefundOutcome.Refused(code, message);
            case StripeReply<Refund>.Lost lost:
                return new RefundOutcome.Unknown(lost.Reason);
            default:
                throw new InvalidOperationException("Unknown kind of reply.");
        }
    }

    /// <summary>By its id, else among the refunds of the payment: sending it again is not asking, once Stripe has forgotten the key.</summary>
    public async Task<RefundOutcome> InquireRefundAsync(ProviderRefund refund, CancellationToken cancellationToken) =>
        await StripeCalls.RunAsync<RefundOutcome>("refunds", async () =>
        {
            if (refund.ProviderReference is { } id) return Outcome(await Sdk.V1.Refunds.GetAsync(id, cancellationToken: cancellationToken), refund);
            var options = new RefundListOptions { PaymentIntent = refund.DebitReference, Limit = 100 };
            await foreach (var found in Sdk.V1.Refunds.ListAutoPagingAsync(options, cancellationToken: cancellationToken))
                if (found.Metadata?.GetValueOrDefault(RequestMetadata) == refund.RequestId) return Outcome(found, refund);
            return new RefundOutcome.NotFound();
        }, cancellationToken) switch
        {
            StripeReply<RefundOutcome>.Done done => done.Value,
            StripeReply<RefundOutcome>.Refused refused => new RefundOutcome.Unknown($"The inquiry was answered {ProviderText.Code(refused.Refusal.Code)}."),
            StripeReply<RefundOutcome>.Lost lost => new RefundOutcome.Unknown(lost.Reason),
            _ => throw new InvalidOperationException("Unknown kind of reply."),
        };

    /// <summary>
    /// Cancels the intent. Where no intent is found, the create may still be on its way: its Idempotency-Key is used up by an intent that is
    /// never confirmed, so that the create is turned away when it arrives, and that intent is canceled.
    /// </summary>
    public async Task<CancelOutcome> CancelAsync(Debit debit, CancellationToken cancellationToken)
    {
        var intent = await LocateToCancelAsync(debit, cancellationToken);
        if (intent is StripeReply<PaymentIntent?>.Done { Value: null }) intent = await TakeKeyAsync(debit, cancellationToken);
        if (intent is not StripeReply<PaymentIntent?>.Done { Value: { } found }) return new CancelOutcome.Unknown(ReasonOf(intent));

        // Without a key: a stored "already succeeded" must not be told again after the state has changed.
        var canceled = await StripeCalls.RunAsync(
            "payment_intents/cancel", () => Sdk.V1.PaymentIntents.CancelAsync(found.Id, cancellationToken: cancellationToken), cancellationToken);
        if (canceled is StripeReply<PaymentIntent>.Done { Value: { Status: "canceled" } gone } && gone.Id == found.Id) return new CancelOutcome.Canceled();
        if (canceled is StripeReply<PaymentIntent>.Lost lost) return new CancelOutcome.Unknown(lost.Reason);

        var now = await StripeCalls.RunAsync(
            "payment_intents", () => Sdk.V1.PaymentIntents.GetAsync(found.Id, cancellationToken: cancellationToken), cancellationToken);
        if (now is StripeReply<PaymentIntent>.Done { Value.Status: "canceled" }) return new CancelOutcome.Canceled();
        return Outcome(now, debit) is var outcome and (DebitOutcome.Succeeded or DebitOutcome.Refused) && now is StripeReply<PaymentIntent>.Done
            ? new CancelOutcome.Ended(outcome)
            : new CancelOutcome.Unknown("The acquirer does not cancel the payment in its present state.");
    }

    private async Task<StripeReply<PaymentIntent?>> LocateToCancelAsync(Debit debit, CancellationToken cancellationToken) =>
        await StripeCalls.RunAsync("payment_intents", () => LocateAsync(debit, cancellationToken), cancellationToken) switch
        {
            StripeReply<Located>.Done { Value.TooMany: true } => new StripeReply<PaymentIntent?>.Lost(TooManyPayments),
            StripeReply<Located>.Done { Value.Intent: { } intent } when intent.Metadata?.GetValueOrDefault(RequestMetadata) != debit.RequestId =>
                new StripeReply<PaymentIntent?>.Lost("The answer speaks of another payment."),
            StripeReply<Located>.Done done => new StripeReply<PaymentIntent?>.Done(done.Value.Intent),
            StripeReply<Located>.Refused refused => new StripeReply<PaymentIntent?>.Refused(refused.Refusal),
            StripeReply<Located>.Lost lost => new StripeReply<PaymentIntent?>.Lost(lost.Reason),
            _ => throw new InvalidOperationException("Unknown kind of reply."),
        };

    private async Task<StripeReply<PaymentIntent?>> TakeKeyAsync(Debit debit, CancellationToken cancellationToken)
    {
        var (currency, amount) = StripeAmounts.ToStripe(debit.Total);
        var options = new PaymentIntentCreateOptions
        {
            Amount = amount,
            Currency = currency,
            Customer = CardSecret.Of(debit.Account).Customer,
            AllowedPaymentMethodTypes = ["card"],
            Metadata = MetadataOf(debit),
        };
        var taken = await StripeCalls.RunAsync<PaymentIntent?>(
            "payment_intents",
            async () => await Sdk.V1.PaymentIntents.CreateAsync(options, new RequestOptions { IdempotencyKey = debit.RequestId }, cancellationToken),
            cancellationToken);
        // Turned away: the create came first after all, so that its intent is there now.
        return taken is StripeReply<PaymentIntent?>.Done
            ? taken
            : await LocateToCancelAsync(debit, cancellationToken) is StripeReply<PaymentIntent?>.Done { Value: not null } located ? located : taken;
    }

    private static RefundOutcome Outcome(Refund given, ProviderRefund refund)
    {
        if (given.Metadata?.GetValueOrDefault(RequestMetadata) != refund.RequestId) return new RefundOutcome.Unknown("The answer speaks of another refund.");
        if (given.PaymentIntentId != refund.DebitReference) return new RefundOutcome.Unknown("The answer speaks of a refund of another debit.");
        if (refund.ProviderReference is { } known && given.Id != known) return new RefundOutcome.Unknown("The answer names another reference than before.");
        return given.Status switch
        {
            "succeeded" => StripeAmounts.TryFromStripe(given.Currency, given.Amount, out var returned)
                ? new RefundOutcome.Succeeded(given.Id, returned)
                : new RefundOutcome.Unknown("The amount of the answer cannot be read."),
            "pending" or "requires_action" => new RefundOutcome.Pending(given.Id),
            // The card's bank sent the money back, or the refund was called off.
            "failed" or "canceled" => new RefundOutcome.Refused(
                FailureCode.ProviderRefused, $"The acquirer could not refund the card ({ProviderText.Code(given.FailureReason ?? given.Status)})."),
            _ => new RefundOutcome.Unknown($"The acquirer's status is {ProviderText.Code(given.Status)}."),
        };
    }

    private static string ReasonOf(StripeReply<PaymentIntent?> reply) => reply switch
    {
        StripeReply<PaymentIntent?>.Refused refused => $"The acquirer answered {ProviderText.Code(refused.Refusal.Code)}.",
        StripeReply<PaymentIntent?>.Lost lost => lost.Reason,
        _ => "The acquirer's answer names no payment.",
    };
}
