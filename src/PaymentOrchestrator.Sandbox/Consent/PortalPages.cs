namespace PaymentOrchestrator.Sandbox.Consent;

/// <summary>
/// The providers' own pages that a platform sends a buyer to and has no part in: verifying who one is, putting money in. Nobody is signed in here, so
/// they say which control does the same.
/// </summary>
internal static class PortalPages
{
    public static void MapPortals(this IEndpointRouteBuilder app)
    {
        Map(app, "/worldfirst/identity", "WorldFirst", "Verify your identity", """{"facts":{"worldfirst.identity":true}}""");
        Map(app, "/worldfirst/top-up", "WorldFirst", "Top up your account", """{"balances":{"USD":1200000}} (minor units)""");
        Map(app, "/alipay/identity", "Alipay", "Verify your identity", """{"facts":{"alipay.identity":true}}""");
        Map(app, "/alipay/top-up", "Alipay", "Top up your balance", """{"alipay_balance":1200000} (fen)""");
        Map(app, "/1688/identity", "1688", "Verify your identity", """{"facts":{"marketplace.identity":true}}""");
    }

    private static void Map(IEndpointRouteBuilder app, string path, string provider, string title, string change) => app
        .MapGet(path, () => ConsentPage.Notice(provider, title, $"In the sandbox, PATCH /sandbox/buyers/{{buyer_id}} does this: {change}", StatusCodes.Status200OK))
        .ExcludeFromDescription();
}
