using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary>The 1688 open platform: its gateway and its consent page.</summary>
internal static class MarketplaceModule
{
    public static void MapMarketplace1688(this WebApplication app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<SandboxDb>();
        var options = services.GetRequiredService<SandboxOptions>();
        var authorizations = services.GetRequiredService<AuthorizationStore>();

        var apis = new MarketplaceApis(db, authorizations);
        new MarketplaceGateway(options, new Dictionary<string, MarketplaceHandler>
        {
            ["1/com.alibaba.account/alibaba.account.basic"] = apis.AccountBasic,
            ["1/com.alibaba.trade/alibaba.trade.get.buyerView"] = apis.BuyerView,
            ["1/com.alibaba.trade/alibaba.trade.payWay.query"] = apis.PayWays,
        }).Map(app);
        new MarketplaceTokens(db, authorizations, options).Map(app);
        new MarketplaceConsent(db, authorizations, options).Map(app);
    }
}
