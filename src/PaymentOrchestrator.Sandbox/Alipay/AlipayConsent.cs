using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>The page behind authUrl: to allow payments, or to bind a mainland bank card.</summary>
internal sealed class AlipayConsent(SandboxDb db, AuthorizationStore authorizations, TimeProvider clock)
{
    public const string Path = "/alipay/authorize";

    private static readonly IResult Gone = ConsentPage.Notice(
        "Alipay", "This link does not work", "It is unknown, too old, or was used before. Start again at the platform.");

    public void Map(IEndpointRouteBuilder app) =>
        app.MapConsent(Path, "Alipay: allow payments or bind a bank card", Show, Decide);

    private async Task<IResult> Show(HttpContext context)
    {
        var consult = await db.InTransaction(tx => Find(tx, context));
        if (consult is null)
            return Gone;
        var page = consult.Scope == Scopes.BindBankCard
            ? new ConsentPage("Alipay", "Add a mainland bank card to Alipay", $"Buyer {consult.BuyerId}: link your bank card.")
            {
                Boxes = [new("mainland_bank_account", "I have a bank account in mainland China"), new("funding", "Let it fund my Alipay payments")],
            }
            : new ConsentPage("Alipay", "Let the platform take payments from Alipay", $"Buyer {consult.BuyerId}: allow payments of your 1688 orders.")
            {
                Boxes = [new("account_active", "I have an Alipay account"), new("identity_verified", "My identity is verified there")],
            };
        return page.ToResult();
    }

    private async Task<IResult> Decide(HttpContext context, Decision decision)
    {
        var decided = await db.InTransaction(async tx =>
        {
            if (await Find(tx, context) is not { } consult)
                return null;
            // The buyer's lock first, and then again the consult: two posts of one form must not both make a code.
            await BuyerStore.Lock(tx, consult.BuyerId);
            if (await Find(tx, context) is null)
                return null;
            await ConsultStore.Remove(tx, consult.ConsultId);
            if (!decision.Approved)
                return new Decided(consult, null);
            await BuyerStore.SetFacts(tx, consult.BuyerId, FactsOf(consult, decision));
            return new Decided(consult, await authorizations.IssueCode(tx, Providers.Alipay, consult.Scope, consult.BuyerId));
        });
        return decided switch
        {
            null => Gone,
            { Code: null } => Redirects.SeeOther(decided.Consult.RedirectUrl, new("authResult", "FAIL"), new("authState", decided.Consult.AuthState)),
            { Code: { } code } => Redirects.SeeOther(decided.Consult.RedirectUrl, new("authCode", code), new("authState", decided.Consult.AuthState)),
        };
    }

    private Task<Consult?> Find(Tx tx, HttpContext context) =>
        ConsultStore.Find(tx, context.Request.Query["consult"].ToString(), clock.GetUtcNow().UtcDateTime);

    private static Dictionary<string, bool> FactsOf(Consult consult, Decision decision) => consult.Scope == Scopes.BindBankCard
        ? new()
        {
            [Facts.AlipayMainlandBankAccount] = decision.Ticked("mainland_bank_account"),
            [Facts.AlipayFunding] = decision.Ticked("funding"),
        }
        : new()
        {
            [Facts.AlipayAccount] = decision.Ticked("account_active"),
            [Facts.AlipayIdentity] = decision.Ticked("identity_verified"),
        };

    private sealed record Decided(Consult Consult, string? Code);
}
