using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Tests.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

public sealed partial class RateLimitTests(TestSystem system)
{
    private static readonly string[] Small =
        ["--RateLimits:Enabled=true", "--RateLimits:KeyReads=1", "--RateLimits:KeyWrites=1", "--RateLimits:MarketplaceReads=2", "--RateLimits:MarketplaceWrites=2", "--RateLimits:Session=1", "--RateLimits:Address=2"];

    [Fact]
    public async Task A_key_past_its_rate_is_told_when_to_come_back_and_then_served()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, Small);
        var shop = await system.NewMarketplaceAsync();
        var api = system.ClientWith(shop.TestKey, instance.Url);
        var first = (await api.GetAsync("/v1/payments")).Must(200);
        Assert.Equal("\"key-reads\";q=10;w=10, \"marketplace-reads\";q=20;w=10", first.Headers["RateLimit-Policy"]);
        Assert.Matches("^\"key-reads\";r=9;t=1, \"marketplace-reads\";r=19;t=1$", first.Headers["RateLimit"]);
        var refused = await SpendAsync(() => api.GetAsync("/v1/payments"), 60);
        Assert.True(refused.IsProblem);
        Assert.Equal("rate_limited", refused.Code);
        Assert.Equal("true", refused["retryable"], ignoreCase: true);
        Assert.StartsWith("\"key-reads\";r=0;t=1", refused.Headers["RateLimit"], StringComparison.Ordinal);
        Assert.Equal("\"key-reads\";q=10;w=10", refused.Headers["RateLimit-Policy"]);
        var wait = int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture);
        // Writes, and the other mode, are counted by themselves.
        (await api.PostAsync("/v1/buyers", new JsonObject { ["reference"] = "after-the-reads", ["country"] = "US" })).Must(201);
        (await system.ClientWith(shop.LiveKey, instance.Url).GetAsync("/v1/payments")).Must(200);
        await Task.Delay(TimeSpan.FromSeconds(wait + 0.3), TestContext.Current.CancellationToken);
        (await api.GetAsync("/v1/payments")).Must(200);
    }

    [Fact]
    public async Task A_marketplaces_keys_share_its_rate_and_another_marketplace_does_not_notice()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, Small);
        var shop = await system.NewMarketplaceAsync();
        var other = await system.NewMarketplaceAsync();
        var keys = new List<ApiClient>();
        for (var i = 0; i < 5; i++)
        {
            var key = ApiKeys.Generate(Mode.Test);
            await system.Database.AddKeyAsync(shop.Id, key);
            keys.Add(system.ClientWith(key, instance.Url));
        }

        var at = 0;
        var refused = await SpendAsync(() => keys[at++ % keys.Count].GetAsync("/v1/payments"), 200);
        Assert.Contains("\"marketplace-reads\";r=0", refused.Headers["RateLimit"], StringComparison.Ordinal);
        Assert.DoesNotContain("\"key-reads\";r=0", refused.Headers["RateLimit"], StringComparison.Ordinal);
        (await system.ClientWith(other.TestKey, instance.Url).GetAsync("/v1/payments")).Must(200);
    }

    [Fact]
    public async Task One_buyers_browser_cannot_use_up_what_the_others_have()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, [.. Small, "--RateLimits:MarketplaceReads=50", "--RateLimits:MarketplaceWrites=50", "--RateLimits:KeyWrites=50"]);
        var shop = await system.NewMarketplaceAsync();
        var server = system.ClientWith(shop.TestKey, instance.Url);
        var publishable = system.ClientWith(await BrowserLab.PublishableKeyAsync(shop.Test), instance.Url);
        var browsers = new List<Browser>();
        for (var i = 0; i < 2; i++)
            browsers.Add(new Browser(publishable, (await server.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = await server.BuyerAsync() })).Must(201)["client_secret"], Address: null));
        var refused = await SpendAsync(() => browsers[0].SendAsync(HttpMethod.Get, "/v1/payment-methods", null, null), 60, 200, 403);
        Assert.Contains("\"session\";r=0", refused.Headers["RateLimit"], StringComparison.Ordinal);
        var quiet = await browsers[1].SendAsync(HttpMethod.Get, "/v1/payment-methods", null, null);
        Assert.NotEqual(429, quiet.Status);
    }

    [Fact]
    public async Task Whoever_has_no_known_key_is_counted_by_address_but_probes_are_not()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, Small);
        var shop = await system.NewMarketplaceAsync();
        var known = system.ClientWith(shop.TestKey, instance.Url);
        (await known.GetAsync("/v1/payments")).Must(200);
        var refused = await SpendAsync(() => system.ClientWith(ApiKeys.Generate(Mode.Test), instance.Url).GetAsync("/v1/payments"), 100, 401);
        Assert.Contains("\"address\";r=0", refused.Headers["RateLimit"], StringComparison.Ordinal);
        Assert.Equal(429, (await SpendAsync(() => system.ClientWith(null, instance.Url).PostAsync("/v1/provider-notifications/card", new JsonObject()), 100, 400, 401)).Status);
        // A key that works goes on working at the same address.
        (await known.GetAsync("/v1/payments")).Must(200);
        for (var i = 0; i < 40; i++) (await system.ClientWith(null, instance.Url).GetAsync("/health/live")).Must(200);
    }

    [Fact]
    public async Task A_refused_request_costs_no_work_on_the_database()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, Small);
        var shop = await system.NewMarketplaceAsync();
        var api = system.ClientWith(shop.TestKey, instance.Url);
        var before = await system.Database.FingerprintAsync(shop.Id);
        var audited = await system.Database.RowsAsync("select count(*) from audit_log where marketplace_id = $1", shop.Id);
        // An act that is noted in the audit log even where it is refused; not where it is one too many.
        var reader = ApiKeys.Generate(Mode.Test);
        await system.Database.AddKeyAsync(shop.Id, reader, "read");
        var weak = system.ClientWith(reader, instance.Url);
        var refused = await SpendAsync(() => weak.PostAsync("/v1/api-keys", new JsonObject { ["name"] = "x" }), 60, 403);
        Assert.Equal("rate_limited", refused.Code);
        var noted = await system.Database.RowsAsync("select count(*) from audit_log where marketplace_id = $1", shop.Id);
        for (var i = 0; i < 5; i++)
        {
            var again = await weak.PostAsync("/v1/api-keys", new JsonObject { ["name"] = "x" });
            if (again.Status != 429) noted = await system.Database.RowsAsync("select count(*) from audit_log where marketplace_id = $1", shop.Id);
        }

        Assert.Equal(noted, await system.Database.RowsAsync("select count(*) from audit_log where marketplace_id = $1", shop.Id));
        Assert.NotEqual(audited, noted);
        Assert.Equal(before, await system.Database.FingerprintAsync(shop.Id));
        (await api.GetAsync("/v1/payments")).Must(200);
    }

    [Fact]
    public async Task A_marketplace_without_a_rate_has_none_and_is_told_of_none()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, [.. Small, "--RateLimits:UnlimitedMarketplaces=1"]);
        for (var i = 0; i < 40; i++) Assert.False((await instance.Client.GetAsync("/v1/payments")).Must(200).Headers.ContainsKey("RateLimit"));
    }

    [Theory]
    [InlineData("--RateLimits:KeyReads=0")]
    [InlineData("--RateLimits:UnlimitedMarketplaces=demo")]
    [InlineData("--Postgres:ConnectionsPerMarketplace=-1")]
    [InlineData("--Velocity:FailedPayments:Max=-1")]
    public async Task A_limit_that_makes_no_sense_stops_the_start(string setting)
    {
        var name = setting[2..setting.IndexOf('=', StringComparison.Ordinal)];
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => system.StartOtherAsync(TimeProvider.System, setting));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_operation_but_the_probes_documents_the_refusal()
    {
        var operations = Contract.Text[..Contract.Text.IndexOf("\ncomponents:", StringComparison.Ordinal)];
        Assert.Equal(Contract.Operations.Count - 2, Refusal().Count(operations));
        Assert.Contains("RateLimit-Policy:", Contract.Text, StringComparison.Ordinal);
    }

    /// <summary>Asks until it is refused for its number.</summary>
    private static async Task<Answer> SpendAsync(Func<Task<Answer>> ask, int atMost, params int[] before)
    {
        for (var i = 0; i < atMost; i++)
        {
            var answer = await ask();
            if (answer.Status == 429) return answer;
            Assert.Contains(answer.Status, before.Length == 0 ? [200] : before);
        }

        throw new InvalidOperationException($"Not refused within {atMost} requests.");
    }

    [GeneratedRegex("^        '429':\n          \\$ref: '#/components/responses/RateLimited'$", RegexOptions.Multiline)]
    private static partial Regex Refusal();
}
