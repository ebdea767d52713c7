using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>Which pages' scripts may call, and read what is answered.</summary>
public sealed class CorsTests(TestSystem system)
{
    [Fact]
    public async Task A_preflight_is_answered_without_a_key_for_listed_origins_alone()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var allowed = await PreflightAsync(lab, Browser.Shop);
        Assert.Equal((204, Browser.Shop, "Origin"), (allowed.Status, allowed.Headers["Access-Control-Allow-Origin"], allowed.Headers["Vary"]));
        Assert.Contains("Buyer-Session", allowed.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
        Assert.False(allowed.Headers.ContainsKey("Access-Control-Allow-Credentials"));
        foreach (var origin in new[] { "https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null", "https://shop.example:8443" })
        {
            var refused = await PreflightAsync(lab, origin);
            Assert.Equal((405, false), (refused.Status, refused.Headers.ContainsKey("Access-Control-Allow-Origin")));
        }
    }

    [Fact]
    public async Task Answers_name_the_pages_origin_to_publishable_keys_alone()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await lab.Server.BuyerAsync();
        var browser = await lab.OpenAsync(buyer);
        var path = $"/v1/buyers/{buyer}/linked-accounts";
        var read = (await browser.GetAsync(path)).Must(200);
        Assert.Equal((Browser.Shop, "Origin"), (read.Headers["Access-Control-Allow-Origin"], read.Headers["Vary"]));
        // A page must be able to read why it was refused.
        var expired = (await (browser with { Session = "bse_x" }).GetAsync(path)).Must(401);
        Assert.Equal(Browser.Shop, expired.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal(Browser.Shop, (await browser.GetAsync("/v1/payments")).Must(403, "insufficient_scope").Headers["Access-Control-Allow-Origin"]);

        var server = await (browser with { Api = lab.Server }).GetAsync(path);
        Assert.Equal((200, false), (server.Status, server.Headers.ContainsKey("Access-Control-Allow-Origin")));
        var evil = (await (browser with { Origin = "https://evil.example" }).GetAsync(path)).Must(403, "origin_not_allowed");
        Assert.False(evil.Headers.ContainsKey("Access-Control-Allow-Origin"));
        // An app has no origin.
        (await (browser with { Origin = null }).GetAsync(path)).Must(200);
        // Listed, but by another shop's key.
        await BrowserLab.PublishableKeyAsync((await system.NewMarketplaceAsync()).Test, "https://other.example");
        (await (browser with { Origin = "https://other.example" }).GetAsync(path)).Must(403, "origin_not_allowed");
    }

    private static Task<Answer> PreflightAsync(BrowserLab lab, string origin) => new ApiClientWithoutKey(lab).SendAsync(origin);

    private sealed record ApiClientWithoutKey(BrowserLab Lab)
    {
        public Task<Answer> SendAsync(string origin) => Lab.Instance.Client.SendAsync(HttpMethod.Options, "/v1/quotes", null, null, request =>
        {
            request.Headers.Authorization = null;
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,buyer-session,content-type");
        });
    }
}
