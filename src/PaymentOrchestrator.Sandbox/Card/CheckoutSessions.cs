using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Hosted pages for putting a card on file (mode=setup; no other mode is simulated).</summary>
internal static class CheckoutSessions
{
    private const long LifetimeSeconds = 24 * 60 * 60;

    public static async Task<StripeReply> Create(StripeRequest request)
    {
        if (request.Required("mode") != "setup")
            throw StripeErrorException.Invalid("Only mode=setup is simulated.", "mode");
        var successUrl = WebAddress(request.Required("success_url"), "success_url");
        var cancelUrl = request.Text("cancel_url") is { } text ? WebAddress(text, "cancel_url") : null;
        var customer = await Customers.Named(request);

        var setup = SetupIntents.New(customer, request.Metadata("setup_intent_data[metadata]"), "off_session", request.UnixNow);
        await CardStore.Add(request.Tx, setup);
        var id = Ids.New("cs_test_", 40);
        var session = new CardCheckoutSession
        {
            Id = id,
            Created = request.UnixNow,
            Metadata = request.Metadata(),
            Customer = customer?.Id,
            BuyerId = customer?.BuyerId,
            SetupIntent = setup.Id,
            SuccessUrl = successUrl,
            CancelUrl = cancelUrl,
            ClientReferenceId = request.Text("client_reference_id"),
            Url = $"{request.Origin}{CheckoutPage.PathPrefix}{id}",
            Status = "open",
            ExpiresAt = request.UnixNow + LifetimeSeconds,
        };
        await CardStore.Add(request.Tx, session);
        return StripeReply.Ok(CardJson.Of(session));
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request)
    {
        var session = await CardStore.Find<CardCheckoutSession>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("checkout.session", request.RouteId);
        var json = CardJson.Of(AsOf(session, request.UnixNow));
        if (request.Expands("setup_intent") && await CardStore.Find<CardSetupIntent>(request.Tx, session.SetupIntent) is { } setup)
            json["setup_intent"] = CardJson.Of(setup);
        return StripeReply.Ok(json);
    }

    /// <summary>Time alone expires a session; nobody has to write it down.</summary>
    public static CardCheckoutSession AsOf(CardCheckoutSession session, long now) =>
        session.Status == "open" && session.ExpiresAt <= now ? session with { Status = "expired" } : session;

    private static string WebAddress(string text, string param) =>
        Redirects.IsWebAddress(text) ? text : throw StripeErrorException.Invalid("Not a valid URL", param, "url_invalid");
}
