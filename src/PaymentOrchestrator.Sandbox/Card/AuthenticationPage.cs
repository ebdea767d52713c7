using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The bank's page (3-D Secure) for setup intents and payment intents that require an action.</summary>
internal sealed class AuthenticationPage(SandboxDb db, TimeProvider clock)
{
    public const string PathPrefix = "/card/authenticate/";

    private static readonly Decline SetupRefused = new(
        "setup_intent_authentication_failure", null, "The buyer did not confirm the payment method.");

    private static readonly Decline PaymentRefused = new(
        "payment_intent_authentication_failure", null, "The buyer did not confirm the payment.");

    private static readonly IResult Gone = ConsentPage.Notice(
        "Your bank", "This link does not work", "There is nothing here to confirm (any more).");

    public void Map(IEndpointRouteBuilder app) =>
        app.MapConsent(PathPrefix + "{intent}", "Card acquirer: confirm with the bank (3-D Secure)", Show, Decide);

    private Task<IResult> Show(HttpContext context) => db.InTransaction(async tx =>
    {
        var id = IntentId(context);
        if (await CardStore.Find<CardPaymentIntent>(tx, id) is { Status: "requires_action" } payment)
        {
            return new ConsentPage(
                "Your bank", "Confirm the payment",
                $"{payment.Currency.ToUpperInvariant()} {payment.Amount} (in the card acquirer's minor units) for the platform.").ToResult();
        }

        return await CardStore.Find<CardSetupIntent>(tx, id) is { Status: "requires_action" }
            ? new ConsentPage("Your bank", "Confirm the card", "The platform wants to keep this card for later payments.").ToResult()
            : Gone;
    });

    private async Task<IResult> Decide(HttpContext context, Decision decision)
    {
        try
        {
            return await db.InTransaction(tx => Decide(tx, context, decision));
        }
        catch (StripeErrorException)
        {
            // The card was detached, or the intent decided, while the page was open.
            return Gone;
        }
    }

    private async Task<IResult> Decide(Tx tx, HttpContext context, Decision decision)
    {
        var id = IntentId(context);
        var now = clock.GetUtcNow();
        if (await CardStore.Lock<CardPaymentIntent>(tx, id) is { Status: "requires_action" } payment)
        {
            var method = await CardStore.Find<CardPaymentMethod>(tx, payment.PaymentMethod!)
                ?? throw new InvalidOperationException("An intent that lost its payment method.");
            var decline = decision.Approved ? TestCards.Find(method.Token)!.OnCharge : PaymentRefused;
            await (decline is null
                ? Charging.Succeed(tx, payment, method, now)
                : Charging.Fail(tx, payment, method, decline));
            return Return(payment.ReturnUrl, ("payment_intent", payment.Id), ("payment_intent_client_secret", payment.ClientSecret));
        }

        if (await CardStore.Find<CardSetupIntent>(tx, id) is not { Status: "requires_action" } setup)
            return Gone;
        if (decision.Approved)
            await SetupIntents.Try(tx, setup, setup.PaymentMethod!, "", now.ToUnixTimeSeconds(), authenticated: true);
        else
            await SetupIntents.Fail(tx, setup, SetupRefused);
        return Return(setup.ReturnUrl, ("setup_intent", setup.Id), ("setup_intent_client_secret", setup.ClientSecret));
    }

    private static IResult Return(string? returnUrl, params (string Name, string Value)[] query) => returnUrl is null
        ? ConsentPage.Notice("Your bank", "Done", "You can close this page.", StatusCodes.Status200OK)
        : Redirects.SeeOther(returnUrl, [.. query.Select(pair => new KeyValuePair<string, string?>(pair.Name, pair.Value))]);

    private static string IntentId(HttpContext context) => (string)context.GetRouteValue("intent")!;
}
