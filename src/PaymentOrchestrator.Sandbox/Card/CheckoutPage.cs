using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The hosted page of a checkout session: the buyer picks one of the test cards.</summary>
internal sealed class CheckoutPage(SandboxDb db, TimeProvider clock)
{
    public const string PathPrefix = "/checkout/";
    private const string CardField = "card";

    private static readonly IResult Gone = ConsentPage.Notice(
        "Card acquirer", "This link does not work", "The session is unknown, finished or expired.");

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    public void Map(IEndpointRouteBuilder app) => app.MapConsent(PathPrefix + "{session}", "Card acquirer: link a card", Show, Decide);

    private async Task<IResult> Show(HttpContext context)
    {
        var session = await db.InTransaction(tx => CardStore.Find<CardCheckoutSession>(tx, SessionId(context)));
        return session is null || CheckoutSessions.AsOf(session, Now).Status != "open" ? Gone : Page(null);
    }

    private async Task<IResult> Decide(HttpContext context, Decision decision)
    {
        try
        {
            return await db.InTransaction(tx => Decide(tx, context, decision));
        }
        catch (StripeErrorException)
        {
            // The session's setup intent was confirmed by another way while the page was open.
            return Gone;
        }
    }

    private async Task<IResult> Decide(Tx tx, HttpContext context, Decision decision)
    {
        var session = await CardStore.Find<CardCheckoutSession>(tx, SessionId(context));
        if (session is null || CheckoutSessions.AsOf(session, Now).Status != "open")
            return Gone;
        if (!decision.Approved)
        {
            return session.CancelUrl is { } cancelUrl
                ? Redirects.SeeOther(cancelUrl)
                : ConsentPage.Notice("Card acquirer", "Not linked", "You can close this page.", StatusCodes.Status200OK);
        }

        var token = decision.Form[CardField].ToString() is { Length: > 0 } chosen ? chosen : "pm_card_visa";
        if (TestCards.Find(token) is null)
            return Page("There is no such test card.");
        var setup = await CardStore.Find<CardSetupIntent>(tx, session.SetupIntent)
            ?? throw new InvalidOperationException("A session without its setup intent.");
        var (_, _, decline) = await SetupIntents.Try(
            tx, setup, token, $"{context.Request.Scheme}://{context.Request.Host}", Now, authenticated: true);
        if (decline is not null)
            return Page(decline.Message);

        await CardStore.Save(tx, session with { Status = "complete" });
        // The placeholder stands in the address as it is, braces and all, or percent-encoded by a careful caller.
        return Redirects.SeeOther(session.SuccessUrl
            .Replace("{CHECKOUT_SESSION_ID}", session.Id, StringComparison.Ordinal)
            .Replace("%7BCHECKOUT_SESSION_ID%7D", session.Id, StringComparison.OrdinalIgnoreCase));
    }

    private static IResult Page(string? problem) => new ConsentPage(
        "Card acquirer", "Link a card", "Choose a test card; it is kept for payments that you make through the platform.")
    {
        ChoiceName = CardField,
        Choices = [.. TestCards.All.Select(card => new ConsentChoice(card.Token, card.Label))],
        Problem = problem,
    }.ToResult();

    private static string SessionId(HttpContext context) => (string)context.GetRouteValue("session")!;
}
