using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>WorldFirst: its interfaces and its consent page.</summary>
internal static class WorldFirstModule
{
    /// <summary>WorldFirst writes the Signature header with a blank after each comma and key version 2.</summary>
    public static AntParty Party(SandboxOptions options) => new("WorldFirst", options.WorldFirst, keyVersion: 2, separator: " ");

    public static void MapWorldFirst(this WebApplication app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<SandboxDb>();
        var clock = services.GetRequiredService<TimeProvider>();
        var authorizations = services.GetRequiredService<AuthorizationStore>();
        var rates = services.GetRequiredService<EcbRates>();
        var party = services.GetRequiredKeyedService<AntParty>(Providers.WorldFirst);

        var oauth = new WorldFirstOAuth(db, authorizations);
        var account = new WorldFirstAccount(db, authorizations);
        var quotes = new WorldFirstQuotes(db, rates, clock);
        var transfers = new WorldFirstTransfers(db, authorizations, clock);
        new AntGateway(party, "/amsin/api/v1", new Dictionary<string, AntHandler>
        {
            ["/oauth/applyToken"] = oauth.ApplyToken,
            ["/oauth/revoke"] = oauth.Revoke,
            ["/business/account/inquiryAccount"] = account.InquiryAccount,
            ["/business/account/inquiryBalance"] = account.InquiryBalance,
            ["/business/account/linkMarketplace"] = account.LinkMarketplace,
            ["/business/fund/createQuote"] = quotes.CreateQuote,
            ["/business/fund/createTransfer"] = transfers.CreateTransfer,
            ["/business/fund/inquiryTransfer"] = transfers.InquiryTransfer,
            ["/business/refund"] = transfers.Refund,
            ["/business/inquiryRefund"] = transfers.InquiryRefund,
            ["/business/account/inquiryStatement"] = new AntStatements(db, Providers.WorldFirst).InquiryStatement,
        }, clock).Map(app);
        new WorldFirstConsent(db, authorizations, party).Map(app);
    }
}
