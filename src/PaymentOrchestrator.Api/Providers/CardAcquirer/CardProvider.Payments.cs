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

    private const string TooManyPayments = "The card has too many payments to search.";

    /// <summary>Well above the time limit of the call that asks.</summary>
    private static readonly TimeSpan BuyerIsAskedWithin = TimeSpan.FromMinutes(1);

    public async Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken)
    {
        if (debit.Method != PaymentMethod.Card) throw new ArgumentException($"The card acquirer does not debit by {debit.Method.Code()}.", nameof(debit));
        var secret = CardSecret.Of(debit.Account);
        var (currency, amount) = StripeAmounts.ToStripe(debit.Total);
        var options = new DebitOptions
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
            Metadata = MetadataOf(debit),
        };
        var reply = await StripeCalls.RunAsync(
            "payment_intents",
            () => Sdk.RequestAsync<PaymentIntent>(HttpMethod.Post, "/v1/payment_intents", options, new RequestOptions { IdempotencyKey = debit.RequestId }, cancellationToken),
            cancellationToken);
        return reply is StripeReply<PaymentIntent>.Refused { Refusal: { PaymentIntentId: { } intent } refusal } && refusal.WantsBuyer
            ? Outcome(await AskBuyerAsync(intent, secret.PaymentMethod, debit, cancellationToken), debit)
            : Outcome(reply, debit);
    }

    /// <summary>
    /// The issuer wants to see the buyer: the same intent once more, on session, which gives the bank's page. One intent can succeed only
    /// once, and the step has a key of its own.
    /// </summary>
    private Task<StripeReply<PaymentIntent>> AskBuyerAsync(string intent, string paymentMethod, Debit debit, CancellationToken cancellationToken) =>
        StripeCalls.RunAsync(
            "payment_intents/confirm",
            () => Sdk.V1.PaymentIntents.ConfirmAsync(
                intent, new PaymentIntentConfirmOptions { PaymentMethod = paymentMethod, ReturnUrl = debit.ReturnUrl.AbsoluteUri },
                new RequestOptions { IdempotencyKey = debit.RequestId + "_confirm" }, cancellationToken),
            cancellationToken);

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
        var located = await StripeCalls.RunAsync("payment_intents", () => LocateAsync(debit, cancellationToken), cancellationToken);
        return located switch
        {
            StripeReply<Located>.Done { Value.Intent: { } intent } => Outcome(intent, debit),
            StripeReply<Located>.Done { Value.TooMany: true } => new DebitOutcome.Unknown(TooManyPayments),
            StripeReply<Located>.Done => new DebitOutcome.NotFound(),
            StripeReply<Located>.Refused refused => new DebitOutcome.Unknown($"The inquiry was answered {ProviderText.Code(refused.Refusal.Code)}."),
            StripeReply<Located>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
            _ => throw new InvalidOperationException("Unknown kind of reply."),
        };
    }

    private async Task<Located> LocateAsync(Debit debit, CancellationToken cancellationToken)
    {
        if (debit.ProviderReference is { } id)
            return new Located(await Sdk.V1.PaymentIntents.GetAsync(id, cancellationToken: cancellationToken), TooMany: false);
        var options = new PaymentIntentListOptions { Customer = CardSecret.Of(debit.Account).Customer, Limit = 100 };
        var searched = 0;
        await foreach (var intent in Sdk.V1.PaymentIntents.ListAutoPagingAsync(options, cancellationToken: cancellationToken))
        {
            if (intent.Metadata?.GetValueOrDefault(RequestMetadata) == debit.RequestId) return new Located(intent, TooMany: false);
            if (++searched == MaxIntentsSearched) return new Located(null, TooMany: true);
        }

        return new Located(null, TooMany: false);
    }

    private static Dictionary<string, string> MetadataOf(Debit debit) => new()
    {
        ["payment_id"] = debit.PaymentId,
        ["order_id"] = debit.OrderId,
        [BuyerMetadata] = debit.BuyerId,
        [RequestMetadata] = debit.RequestId,
    };

    private DebitOutcome Outcome(StripeReply<PaymentIntent> reply, Debit debit) => reply switch
    {
        StripeReply<PaymentIntent>.Done done => Outcome(done.Value, debit),
        StripeReply<PaymentIntent>.Refused refused => CardRefusals.Outcome(refused.Refusal),
        StripeReply<PaymentIntent>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
        _ => throw new InvalidOperationException("Unknown kind of reply."),
    };

    private DebitOutcome Outcome(PaymentIntent intent, Debit debit)
    {
        var stranger = Stranger(intent, debit);
        switch (intent.Status)
        {
            case "succeeded":
                // Stripe names the amount that it took and says nothing of what reaches the order.
                return StripeAmounts.TryFromStripe(intent.Currency, intent.AmountReceived, out var debited)
                    ? new DebitOutcome.Succeeded(intent.Id, debited, null) { OfAnotherRequest = stranger is not null }
                    : new DebitOutcome.Unknown("The amount of the answer cannot be read.");
            case not null when stranger is not null:
                return new DebitOutcome.Unknown(stranger);
            case "processing":
                return new DebitOutcome.Pending(intent.Id, null) { BuyerHasActed = true };
            case "requires_action":
                return new DebitOutcome.Pending(
                    intent.Id, Uri.TryCreate(intent.NextAction?.RedirectToUrl?.Url, UriKind.Absolute, out var page) ? page : null);
            // Declined off session, and the confirmation that asks the buyer may still be on its way.
            case "requires_payment_method" when intent.LastPaymentError is { } error && StripeRefusal.Of(error, intent.Id).WantsBuyer &&
                time.GetUtcNow() - intent.Created < BuyerIsAskedWithin:
                return new DebitOutcome.Pending(intent.Id, null);
            // The last confirmation was declined and there will be no other: nobody but us could send one.
            case "requires_payment_method" when intent.LastPaymentError is { } error:
                return CardRefusals.Outcome(StripeRefusal.Of(error, intent.Id));
            case "canceled":
                return new DebitOutcome.Canceled(intent.Id);
            default:
                return new DebitOutcome.Unknown($"The acquirer's status is {ProviderText.Code(intent.Status)}.");
        }
    }

    /// <summary>Why the intent is not this debit's; null if it is.</summary>
    private static string? Stranger(PaymentIntent intent, Debit debit) =>
        intent.Metadata?.GetValueOrDefault(RequestMetadata) != debit.RequestId ? "The answer speaks of another payment."
        : debit.ProviderReference is { } known && intent.Id != known ? "The answer names another reference than before."
        : null;

    /// <summary>What a search for a debit's intent found.</summary>
    private sealed record Located(PaymentIntent? Intent, bool TooMany);
}
