using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>Where the buyer opens or shows the WorldFirst account and lets the platform use it.</summary>
internal sealed class WorldFirstConsent(SandboxDb db, AuthorizationStore authorizations, AntParty party)
{
    public void Map(IEndpointRouteBuilder app) =>
        app.MapConsent("/worldfirst/oauth/authorize", "WorldFirst: authorise the platform", Show, Decide);

    private Task<IResult> Show(HttpContext context) => Task.FromResult(Problem(context.Request.Query) ?? new ConsentPage(
        "WorldFirst", "Let the platform use your WorldFirst account",
        $"Buyer {context.Request.Query["referenceCustomerId"]}: the platform asks to read your balances and to pay 1688 orders from them.")
    {
        Boxes = [new("account_active", "I have a WorldFirst account"), new("identity_verified", "My identity is verified there")],
    }.ToResult());

    private async Task<IResult> Decide(HttpContext context, Decision decision)
    {
        var query = context.Request.Query;
        if (Problem(query) is { } problem)
            return problem;
        var (redirectUrl, state) = (query["redirectUrl"].ToString(), query["state"].ToString());
        if (!decision.Approved)
            return Redirects.SeeOther(redirectUrl, new("authResult", "FAIL"), new("state", state));

        var buyerId = query["referenceCustomerId"].ToString();
        var code = await db.InTransaction(async tx =>
        {
            await BuyerStore.SetFacts(tx, buyerId, new Dictionary<string, bool>
            {
                [Facts.WorldFirstAccount] = decision.Ticked("account_active"),
                [Facts.WorldFirstIdentity] = decision.Ticked("identity_verified"),
            });
            return await authorizations.IssueCode(tx, Providers.WorldFirst, Scopes.AgreementPay, buyerId);
        });
        return Redirects.SeeOther(redirectUrl, new("authResult", "SUCCESS"), new("code", code), new("state", state));
    }

    private IResult? Problem(IQueryCollection query)
    {
        var text = query["clientId"] != party.ClientId ? "clientId is unknown."
            : !Redirects.IsWebAddress(query["redirectUrl"]) ? "redirectUrl is no web address."
            : !BuyerId.IsWellFormed(query["referenceCustomerId"]) ? "referenceCustomerId is no buyer id."
            : null;
        return text is null ? null : ConsentPage.Notice("WorldFirst", "This link does not work", text);
    }
}
