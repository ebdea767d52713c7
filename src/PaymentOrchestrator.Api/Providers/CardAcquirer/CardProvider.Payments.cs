using PaymentOrchestrator.Domain;
using Stripe;
using PaymentMethod = PaymentOrchestrator.Domain.PaymentMethod;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Debits.</summary>
internal sealed partial class CardProvider
{
    private const string RequestMetadata = "request_id";

    /// <summary>A card has few payments; one that has more than this is not searched to its end.</summary>
    private const int MaxIntentsSearched = 1000;

    public async Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken)
    {
        if (debit.Method != PaymentMethod.Card) throw new ArgumentException($"The card acquirer does not debit by {debit.Method.Code()}.", nameof(debit));
        var secret = CardSecret.Of(debit.Account);
        var (currency, amount) = StripeAmounts.ToStripe(debit.Total);
        var options = new PaymentIntentCreateOptions
        {
            Amount = amount,
            Currency = currency,
            Customer = secret.Customer,
            PaymentMethod = secret.PaymentMethod,
            AllowedPaymentMethodTypes = ["card"],
            Confirm = true,
            // The card was set up for this. Off session, Stripe has no page to send the buyer to and no use for a return address: an issuer
            // who insists declines with authentication_required.
            OffSession = true,
            Metadata = new Dictionary<string, string>
            {
                ["payment_id"] = debit.PaymentId,
                ["order_id"] = debit.OrderId,
                [BuyerMetadata] = debit.BuyerId,
                [RequestMetadata] = debit.RequestId,
            },
        };
        var reply = await StripeCalls.RunAsync(
            "payment_intents",
            () => stripe.V1.PaymentIntents.CreateAsync(options, new RequestOptions { IdempotencyKey = debit.RequestId }, cancellationToken),
            cancellationToken);
        return Outcome(reply, debit);
    }

    /// <summary>
    /// By the intent's id where it is known; else by looking through the intents of the card's customer for the one that carries our
    /// request id.
    /// </summary>
    /// <remarks>
    /// Sending the create again with the same Idempotency-Key would also tell, and is not safe here. If the first one never arrived, the
    /// repeat is the first and takes the money, in an inquiry; Stripe may forget a key after 24 hours, and then the repeat of a debit that
    /// was made takes it twice; and a stored 500 is replayed for as long as the key lives, which would never decide anything. The list
    /// reads only, is consistent with writes (Stripe's search is not), and can say that there is no such payment.
    /// </remarks>
    public async Task<DebitOutcome> InquireAsync(Debit debit, CancellationToken cancellationToken)
    {
        if (debit.ProviderReference is { } id)
        {
            var known = await StripeCalls.RunAsync(
                "payment_intents", () => stripe.V1.PaymentIntents.GetAsync(id, cancellationToken: cancellationToken), cancellationToken);
            return known is StripeReply<PaymentIntent>.Refused refused
                ? new DebitOutcome.Unknown($"The inquiry was answered {ProviderText.Code(refused.Refusal.Code)}.")
                : Outcome(known, debit);
        }

        return await StripeCalls.RunAsync("payment_intents", () => FindAsync(debit, cancellationToken), cancellationToken) switch
        {
            StripeReply<DebitOutcome>.Done done => done.Value,
            StripeReply<DebitOutcome>.Refused refused => new DebitOutcome.Unknown($"The inquiry was answered {ProviderText.Code(refused.Refusal.Code)}."),
            StripeReply<DebitOutcome>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
            _ => throw new InvalidOperationException("Unknown kind of reply."),
        };
    }

    private async Task<DebitOutcome> FindAsync(Debit debit, CancellationToken cancellationToken)
    {
        var options = new PaymentIntentListOptions { Customer = CardSecret.Of(debit.Account).Customer, Limit = 100 };
        var searched = 0;
        await foreach (var intent in stripe.V1.PaymentIntents.ListAutoPagingAsync(options, cancellationToken: cancellationToken))
        {
            if (intent.Metadata?.GetValueOrDefault(RequestMetadata) == debit.RequestId) return Outcome(intent, debit);
            if (++searched == MaxIntentsSearched) return new DebitOutcome.Unknown("The card has too many payments to search.");
        }

        return new DebitOutcome.NotFound();
    }

    private static DebitOutcome Outcome(StripeReply<PaymentIntent> reply, Debit debit) => reply switch
    {
        StripeReply<PaymentIntent>.Done done => Outcome(done.Value, debit),
        StripeReply<PaymentIntent>.Refused refused => CardRefusals.Outcome(refused.Refusal),
        StripeReply<PaymentIntent>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
        _ => throw new InvalidOperationException("Unknown kind of reply."),
    };

    private static DebitOutcome Outcome(PaymentIntent intent, Debit debit)
    {
        if (intent.Metadata?.GetValueOrDefault(RequestMetadata) != debit.RequestId) return new DebitOutcome.Unknown("The answer speaks of another payment.");
        switch (intent.Status)
        {
            case "succeeded":
                // Stripe names the amount that it took and says nothing of what reaches the order.
                return StripeAmounts.TryFromStripe(intent.Currency, intent.AmountReceived, out var debited)
                    ? new DebitOutcome.Succeeded(intent.Id, debited, null)
                    : new DebitOutcome.Unknown("The amount of the answer cannot be read.");
            case "processing":
                return new DebitOutcome.Pending(intent.Id, null);
            case "requires_action":
                return new DebitOutcome.Pending(
                    intent.Id, Uri.TryCreate(intent.NextAction?.RedirectToUrl?.Url, UriKind.Absolute, out var page) ? page : null);
            // The last confirmation was declined and there will be no other: nobody but us could send one.
            case "requires_payment_method" when intent.LastPaymentError is { } error:
                return CardRefusals.Outcome(StripeRefusal.Of(error, intent.Id));
            case "canceled":
                return new DebitOutcome.Refused(FailureCode.ProviderRefused, "The payment was canceled at the acquirer.", Retryable: true, intent.Id);
            default:
                return new DebitOutcome.Unknown($"The acquirer's status is {ProviderText.Code(intent.Status)}.");
        }
    }
}
