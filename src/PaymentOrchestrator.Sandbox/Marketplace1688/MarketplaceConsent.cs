using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary>Where the buyer logs in to 1688, with Alipay or with a password, and lets the platform read orders.</summary>
internal sealed class MarketplaceConsent(SandboxDb db, AuthorizationStore authorizations, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder app) => app.MapConsent("/oauth/authorize", "1688: authorise the platform", Show, Decide);

    private Task<IResult> Show(HttpContext context)
    {
        var query = context.Request.Query;
        return Task.FromResult(Problem(query) ?? new ConsentPage(
            "1688", "Let the platform see your 1688 orders",
            $"Buyer {query["reference"]}: you log in {(query["login"] == "alipay" ? "with your Alipay account" : "with your password")}.")
        {
            Boxes = [new("account_active", "I have a 1688 account"), new("identity_verified", "My identity is verified there")],
        }.ToResult());
    }

    private async Task<IResult> Decide(HttpContext context, Decision decision)
    {
        var query = context.Request.Query;
        if (Problem(query) is { } problem)
            return problem;
        var (redirectUri, state) = (query["redirect_uri"].ToString(), query["state"].ToString());
        if (!decision.Approved)
            return Redirects.SeeOther(redirectUri, new("error", "access_denied"), new("state", state));

        var buyerId = query["reference"].ToString();
        var code = await db.InTransaction(async tx =>
        {
            await BuyerStore.SetFacts(tx, buyerId, new Dictionary<string, bool>
            {
                [Facts.MarketplaceAccount] = decision.Ticked("account_active"),
                [Facts.MarketplaceIdentity] = decision.Ticked("identity_verified"),
                [Facts.MarketplaceAlipayLogin] = query["login"] == "alipay",
            });
            return await authorizations.IssueCode(tx, Providers.Marketplace1688, Scopes.AgreementPay, buyerId);
        });
        return Redirects.SeeOther(redirectUri, new("code", code), new("state", state));
    }

    private IResult? Problem(IQueryCollection query)
    {
        var text = query["client_id"] != options.MarketplaceAppKey ? "client_id is unknown."
            : query["site"] != "1688" ? "site must be 1688."
            : query["login"].ToString() is not ("alipay" or "password") ? "login must be alipay or password."
            : !Redirects.IsWebAddress(query["redirect_uri"]) ? "redirect_uri is no web address."
            : !BuyerId.IsWellFormed(query["reference"]) ? "reference is no buyer id."
            : null;
        return text is null ? null : ConsentPage.Notice("1688", "This link does not work", text);
    }
}
