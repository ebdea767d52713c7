namespace PaymentOrchestrator.Api.Providers;

/// <summary>
/// Test money never meets a live provider, nor the other way round. Each mode has clients of its own that are pinned to its own hosts;
/// this refuses at start what would make the two sets one.
/// </summary>
internal static class ModeSeparation
{
    /// <summary>Stripe serves both modes at one address and tells them apart by the key.</summary>
    private const string StripeHost = "api.stripe.com";

    /// <exception cref="InvalidOperationException">The sets are not apart. Names keys, never values.</exception>
    public static void Check(ProviderOptions test, ProviderOptions live)
    {
        CheckStripeKey(test.Card, "Providers:Test:Card:SecretKey", "sk_test_", "rk_test_");
        CheckStripeKey(live.Card, "Providers:Live:Card:SecretKey", "sk_live_", "rk_live_");
        CheckSandboxClient(live.Alipay?.Party.ClientId, "Providers:Live:Alipay:ClientId");
        CheckSandboxClient(live.WorldFirst?.Party.ClientId, "Providers:Live:WorldFirst:ClientId");

        CheckApart(test.WorldFirst?.Party.BaseUrl, live.WorldFirst?.Party.BaseUrl, "WorldFirst:BaseUrl");
        CheckApart(test.WorldFirst?.PortalUrl, live.WorldFirst?.PortalUrl, "WorldFirst:PortalUrl");
        CheckApart(test.Alipay?.Party.BaseUrl, live.Alipay?.Party.BaseUrl, "Alipay:BaseUrl");
        CheckApart(test.Marketplace1688?.GatewayUrl, live.Marketplace1688?.GatewayUrl, "Marketplace1688:GatewayUrl");
        CheckApart(test.Marketplace1688?.AuthorizeUrl, live.Marketplace1688?.AuthorizeUrl, "Marketplace1688:AuthorizeUrl");
        if (live.Card?.BaseUrl.Host != StripeHost) CheckApart(test.Card?.BaseUrl, live.Card?.BaseUrl, "Card:BaseUrl");
    }

    private static void CheckStripeKey(CardOptions? card, string key, params string[] prefixes)
    {
        if (card is not null && !prefixes.Any(prefix => card.SecretKey.StartsWith(prefix, StringComparison.Ordinal)))
            throw new InvalidOperationException($"{key} is not a key of that mode: it must begin with {string.Join(" or ", prefixes)}.");
    }

    /// <summary>Antom's own mark of a client id that moves no real money.</summary>
    private static void CheckSandboxClient(string? clientId, string key)
    {
        if (clientId?.StartsWith("SANDBOX_", StringComparison.Ordinal) == true)
            throw new InvalidOperationException($"{key} is a sandbox client id.");
    }

    private static void CheckApart(Uri? test, Uri? live, string key)
    {
        if (test is not null && live is not null && Normal(test) == Normal(live))
            throw new InvalidOperationException($"Providers:Test:{key} and Providers:Live:{key} are the same address.");

        // Uri has already lowered the host's case and dropped the default port.
        static string Normal(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }
}
