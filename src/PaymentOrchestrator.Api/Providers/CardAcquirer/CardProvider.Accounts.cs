using System.Net;
using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Domain;
using Stripe;
using Stripe.Checkout;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Linking a card, and what is known of it.</summary>
internal sealed partial class CardProvider
{
    private const string BuyerMetadata = "buyer_id";
    private const string SessionPrefix = "cs_";

    /// <summary>With a payment method the card is set up at once, unless its issuer wants to see the buyer; without one the buyer enters it on Stripe's page.</summary>
    public async Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken)
    {
        // One linking, one set of keys: a start that is sent again meets the same objects. The state itself is a secret and stays here.
        var key = "link_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.State)).AsSpan(0, 16));
        var metadata = new Dictionary<string, string> { [BuyerMetadata] = request.BuyerId };
        var customer = await StripeCalls.RunAsync(
            "customers",
            () => Sdk.V1.Customers.CreateAsync(
                new CustomerCreateOptions { Metadata = metadata }, new RequestOptions { IdempotencyKey = key + "_customer" }, cancellationToken),
            cancellationToken);
        if (customer is not StripeReply<Customer>.Done { Value.Id: { Length: > 0 } customerId }) return NoAnswer<Customer, LinkStart>(customer);

        return request.PaymentMethod is { } paymentMethod
            ? await SetUpAsync(request, customerId, paymentMethod, metadata, key, cancellationToken)
            : await OpenPageAsync(request, customerId, metadata, key, cancellationToken);
    }

    /// <summary>
    /// Reads what became of the linking from Stripe itself; the parameters only say where to look. The id that was kept at the start goes
    /// before them, because a buyer can write into the address bar: <c>session</c> and <c>setup_intent</c> are taken from the parameters
    /// only where nothing was kept, which is the caller's word that they come from a verified notification.
    /// </summary>
    /// <remarks>
    /// A linking that we began ends without a card whose scheme we cannot use. A notification tells of a card that is on file already: it
    /// is taken as it is, and whether its scheme will do is then a fact about it like any other.
    /// </remarks>
    public async Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken)
    {
        var id = completion.Session ?? completion.Parameters.GetValueOrDefault("session") ?? completion.Parameters.GetValueOrDefault("setup_intent");
        if (string.IsNullOrEmpty(id)) return new ProviderAnswer<AccountGrant>.Refused(FailureCode.ConsentRefused, "No card was entered.");

        var setupIntentId = id;
        if (id.StartsWith(SessionPrefix, StringComparison.Ordinal))
        {
            var session = await StripeCalls.RunAsync(
                "checkout/sessions", () => Sdk.V1.Checkout.Sessions.GetAsync(id, cancellationToken: cancellationToken), cancellationToken);
            if (session is not StripeReply<Session>.Done { Value: var page }) return NoAnswer<Session, AccountGrant>(session);
            if (page.Status == "expired") return new ProviderAnswer<AccountGrant>.Refused(FailureCode.CodeExpired, "The card page has expired.");
            if (page.Status != "complete") return Unfinished(completion);
            setupIntentId = page.SetupIntentId;
        }

        var setup = await StripeCalls.RunAsync(
            "setup_intents", () => Sdk.V1.SetupIntents.GetAsync(setupIntentId, cancellationToken: cancellationToken), cancellationToken);
        if (setup is not StripeReply<SetupIntent>.Done { Value: var intent }) return NoAnswer<SetupIntent, AccountGrant>(setup);
        return intent.Status switch
        {
            "succeeded" => await GrantAsync(intent, anyScheme: completion.Session is null, cancellationToken),
            "canceled" => new ProviderAnswer<AccountGrant>.Refused(FailureCode.ConsentRefused, "The linking of the card was canceled."),
            "requires_payment_method" when intent.LastSetupError is { } error => CardRefusals.Answer<AccountGrant>(StripeRefusal.Of(error, null)),
            _ => Unfinished(completion),
        };
    }

    /// <summary>Detaches the card, after which nobody can charge it through us.</summary>
    public Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken) =>
        DetachAsync(CardSecret.Of(credential).PaymentMethod, cancellationToken);

    /// <summary>Whether the card is still attached, and its scheme.</summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<CardFacts>> ReadFactsAsync(AccountCredential account, CancellationToken cancellationToken)
    {
        var secret = CardSecret.Of(account);
        return await ReadCardAsync(secret.PaymentMethod, cancellationToken) switch
        {
            StripeReply<Stripe.PaymentMethod>.Done { Value: { Card.Brand: { } brand } card } =>
                // Its scheme is a fact of the card, whoever's it is: an unlinked Visa lacks one thing and not two.
                new ProviderAnswer<CardFacts>.Ok(new CardFacts(card.CustomerId == secret.Customer, brand)),
            StripeReply<Stripe.PaymentMethod>.Refused { Refusal.Status: HttpStatusCode.NotFound } => new ProviderAnswer<CardFacts>.Ok(CardFacts.NotLinked),
            var reply => NoAnswer<Stripe.PaymentMethod, CardFacts>(reply),
        };
    }

    private async Task<ProviderAnswer<LinkStart>> SetUpAsync(
        LinkRequest request, string customerId, string paymentMethod, Dictionary<string, string> metadata, string key, CancellationToken cancellationToken)
    {
        var options = new SetupIntentCreateOptions
        {
            Customer = customerId,
            PaymentMethod = paymentMethod,
            Confirm = true,
            Usage = "off_session",
            AllowedPaymentMethodTypes = ["card"],
            ReturnUrl = ProviderText.WithQuery(request.ReturnUrl, ("state", request.State)).AbsoluteUri,
            Metadata = metadata,
        };
        var reply = await StripeCalls.RunAsync(
            "setup_intents",
            () => Sdk.V1.SetupIntents.CreateAsync(options, new RequestOptions { IdempotencyKey = key + "_setup" }, cancellationToken),
            cancellationToken);
        if (reply is not StripeReply<SetupIntent>.Done { Value: var intent }) return NoAnswer<SetupIntent, LinkStart>(reply);
        switch (intent.Status)
        {
            case "succeeded":
                return await GrantAsync(intent, anyScheme: false, cancellationToken) switch
                {
                    ProviderAnswer<AccountGrant>.Ok granted => new ProviderAnswer<LinkStart>.Ok(new LinkStart.Granted(granted.Value)),
                    ProviderAnswer<AccountGrant>.Refused refused => new ProviderAnswer<LinkStart>.Refused(refused.Code, refused.Message),
                    ProviderAnswer<AccountGrant>.Unknown unknown => new ProviderAnswer<LinkStart>.Unknown(unknown.Reason),
                    _ => throw new InvalidOperationException("Unknown kind of answer."),
                };
            case "requires_action" when Uri.TryCreate(intent.NextAction?.RedirectToUrl?.Url, UriKind.Absolute, out var page):
                return new ProviderAnswer<LinkStart>.Ok(new LinkStart.Redirect(page, intent.Id));
            case "requires_payment_method":
                return CardRefusals.Answer<LinkStart>(StripeRefusal.Of(intent.LastSetupError, null));
            default:
                return new ProviderAnswer<LinkStart>.Unknown($"setup_intents: the status is {ProviderText.Code(intent.Status)}.");
        }
    }

    private async Task<ProviderAnswer<LinkStart>> OpenPageAsync(
        LinkRequest request, string customerId, Dictionary<string, string> metadata, string key, CancellationToken cancellationToken)
    {
        var back = ProviderText.WithQuery(request.ReturnUrl, ("state", request.State)).AbsoluteUri;
        var options = new SessionCreateOptions
        {
            Mode = "setup",
            Customer = customerId,
            AllowedPaymentMethodTypes = ["card"],
            // Stripe fills the braces in; encoded they would be text.
            SuccessUrl = back + "&session={CHECKOUT_SESSION_ID}",
            CancelUrl = back + "&canceled=true",
            Metadata = metadata,
            SetupIntentData = new SessionSetupIntentDataOptions { Metadata = metadata },
        };
        var reply = await StripeCalls.RunAsync(
            "checkout/sessions",
            () => Sdk.V1.Checkout.Sessions.CreateAsync(options, new RequestOptions { IdempotencyKey = key + "_session" }, cancellationToken),
            cancellationToken);
        return reply is StripeReply<Session>.Done { Value: { Id: { Length: > 0 } id, Url: var url } } && Uri.TryCreate(url, UriKind.Absolute, out var page)
            ? new ProviderAnswer<LinkStart>.Ok(new LinkStart.Redirect(page, id))
            : NoAnswer<Session, LinkStart>(reply);
    }

    private async Task<ProviderAnswer<AccountGrant>> GrantAsync(SetupIntent intent, bool anyScheme, CancellationToken cancellationToken)
    {
        var reply = await ReadCardAsync(intent.PaymentMethodId, cancellationToken);
        if (reply is not StripeReply<Stripe.PaymentMethod>.Done { Value: { Id: { } id, Card: { Brand: { } scheme, Last4: { } last4 } } card })
            return NoAnswer<Stripe.PaymentMethod, AccountGrant>(reply);
        // Set up once and detached since: an old notification must not bring it back.
        if (card.CustomerId is not { } customerId)
            return new ProviderAnswer<AccountGrant>.Refused(FailureCode.AccountNotUsable, "The card is no longer linked at the acquirer.");
        if (anyScheme || IsSupported(scheme))
        {
            var secret = new CardSecret { Customer = customerId, PaymentMethod = id };
            return new ProviderAnswer<AccountGrant>.Ok(new AccountGrant(id, $"{scheme} •••• {last4}", secret.ToText(), null));
        }

        // A card that cannot be used is not kept. If that fails, asking again does both steps again.
        return await DetachAsync(id, cancellationToken) is ProviderAnswer<bool>.Unknown unknown
            ? new ProviderAnswer<AccountGrant>.Unknown(unknown.Reason)
            : new ProviderAnswer<AccountGrant>.Refused(FailureCode.CardSchemeNotSupported, "Only Visa and Mastercard cards can be used.");
    }

    private async Task<ProviderAnswer<bool>> DetachAsync(string paymentMethod, CancellationToken cancellationToken)
    {
        var reply = await StripeCalls.RunAsync(
            "payment_methods/detach", () => Sdk.V1.PaymentMethods.DetachAsync(paymentMethod, cancellationToken: cancellationToken), cancellationToken);
        if (reply is StripeReply<Stripe.PaymentMethod>.Done) return new ProviderAnswer<bool>.Ok(true);
        if (reply is not StripeReply<Stripe.PaymentMethod>.Refused refused) return NoAnswer<Stripe.PaymentMethod, bool>(reply);

        // Stripe refuses to detach what is not attached, and has no code for it: look.
        return await ReadCardAsync(paymentMethod, cancellationToken) switch
        {
            StripeReply<Stripe.PaymentMethod>.Done { Value.CustomerId: null } => new ProviderAnswer<bool>.Ok(true),
            StripeReply<Stripe.PaymentMethod>.Refused { Refusal.Status: HttpStatusCode.NotFound } => new ProviderAnswer<bool>.Ok(true),
            StripeReply<Stripe.PaymentMethod>.Lost lost => new ProviderAnswer<bool>.Unknown(lost.Reason),
            _ => CardRefusals.Answer<bool>(refused.Refusal),
        };
    }

    private Task<StripeReply<Stripe.PaymentMethod>> ReadCardAsync(string paymentMethod, CancellationToken cancellationToken) => StripeCalls.RunAsync(
        "payment_methods", () => Sdk.V1.PaymentMethods.GetAsync(paymentMethod, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>The buyer came back by the cancel link, or is not done yet.</summary>
    private static ProviderAnswer<AccountGrant> Unfinished(LinkCompletion completion) =>
        completion.Parameters.ContainsKey("canceled")
            ? new ProviderAnswer<AccountGrant>.Refused(FailureCode.ConsentRefused, "The linking of the card was canceled.")
            : new ProviderAnswer<AccountGrant>.Unknown("The card is not set up yet.");
}
