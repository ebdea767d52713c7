using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>What a buyer's browser can do with a publishable key: its own, and nothing else.</summary>
public sealed class BuyerSessionTests(TestSystem system)
{
    [Fact]
    public async Task A_browser_asks_links_and_pays_for_its_buyer_from_its_own_address()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var browser = await lab.OpenAsync(buyer);

        var check = (await browser.PostAsync("/v1/eligibility-checks", Browser.Check(buyer))).Must(201);
        Assert.Contains("card", check.Open());
        (await browser.GetAsync($"/v1/eligibility-checks/{check.Id}")).Must(200);
        var options = (await browser.PostAsync("/v1/payment-options", Browser.Check(buyer))).Must(201);
        (await browser.GetAsync($"/v1/payment-options/{options.Id}")).Must(200);
        var link = (await browser.PostAsync($"/v1/buyers/{buyer}/linked-accounts", new JsonObject { ["provider"] = "worldfirst", ["return_url"] = ApiClient.ReturnUrl })).Must(201);
        (await browser.GetAsync($"/v1/linked-accounts/{link.Id}")).Must(200);
        (await browser.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200);
        var quote = (await browser.PostAsync("/v1/quotes", Browser.Quote(buyer))).Must(201);
        (await browser.GetAsync($"/v1/quotes/{quote.Id}")).Must(200);
        var payment = (await browser.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = quote.Id })).Must(201);
        Assert.Equal("succeeded", payment["status"]);
        (await browser.GetAsync($"/v1/payments/{payment.Id}")).Must(200);

        // A quote out of a list of options is the session's as well.
        var offered = options.At("options").EnumerateArray().First(option => option.GetProperty("method").GetString() == "card").GetProperty("quote").GetProperty("id").GetString()!;
        Assert.Equal("succeeded", (await browser.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = offered })).Must(201)["status"]);
        Assert.Equal([ApiClient.Outside], await system.Database.RowsAsync("select distinct buyer_ip from quotes where marketplace_id = $1", lab.Shop.Id));
    }

    [Fact]
    public async Task The_address_is_the_connections_and_never_what_a_body_or_an_untrusted_header_says()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var browser = await lab.OpenAsync(buyer);
        foreach (var (path, body) in new[] { ("/v1/eligibility-checks", Browser.Check(buyer)), ("/v1/payment-options", Browser.Check(buyer)), ("/v1/quotes", Browser.Quote(buyer)), ("/v1/payments", new JsonObject { ["quote_id"] = "quo_x" }) })
        {
            body["buyer_ip"] = ApiClient.Outside;
            Assert.Equal(["buyer_ip"], (await browser.PostAsync(path, body)).Must(400, "validation_failed").Fields());
        }

        // The nearest proxy's word counts, whatever stands before it.
        Assert.Contains("card", await OpenAsync(browser with { Address = "114.114.114.114, 8.8.8.8" }));
        Assert.DoesNotContain("card", await OpenAsync(browser with { Address = "8.8.8.8, 114.114.114.114" }));
        Assert.DoesNotContain("card", await OpenAsync(browser with { Address = null }));
        Assert.DoesNotContain("card", await OpenAsync(browser with { Address = "8.8.8.8, unknown" }));
        // An instance that trusts no proxy sees this machine.
        var direct = browser with { Api = system.ClientWith(await BrowserLab.PublishableKeyAsync(lab.Shop.Test)) };
        Assert.DoesNotContain("card", await OpenAsync(direct));

        async Task<IReadOnlyList<string>> OpenAsync(Browser from) => (await from.PostAsync("/v1/eligibility-checks", Browser.Check(buyer))).Must(201).Open();
    }

    [Fact]
    public async Task Whatever_is_not_the_sessions_is_not_there()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var other = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var browser = await lab.OpenAsync(buyer);
        var neighbour = await lab.OpenAsync(other);
        var earlier = await lab.OpenAsync(buyer);
        var check = (await neighbour.PostAsync("/v1/eligibility-checks", Browser.Check(other))).Must(201).Id;
        var options = (await neighbour.PostAsync("/v1/payment-options", Browser.Check(other))).Must(201).Id;
        var link = (await neighbour.PostAsync($"/v1/buyers/{other}/linked-accounts", new JsonObject { ["provider"] = "worldfirst", ["return_url"] = ApiClient.ReturnUrl })).Must(201).Id;
        // Of the same buyer, but asked for by the marketplace's server, or in another session.
        var servers = (await lab.Server.QuoteAsync(buyer, "card", "USD")).Must(201).Id;
        var earliers = (await earlier.PostAsync("/v1/quotes", Browser.Quote(buyer))).Must(201).Id;
        var paid = (await lab.Server.PayAsync((await lab.Server.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201).Id;

        await SameAsync(await browser.PostAsync("/v1/eligibility-checks", Browser.Check(other)), await browser.PostAsync("/v1/eligibility-checks", Browser.Check("byr_00000000000000000000000001")));
        await SameAsync(await browser.PostAsync("/v1/quotes", Browser.Quote(other)), await browser.PostAsync("/v1/quotes", Browser.Quote("byr_00000000000000000000000001")));
        await SameAsync(await browser.PostAsync("/v1/payment-options", Browser.Check(other)), await browser.PostAsync("/v1/payment-options", Browser.Check("byr_00000000000000000000000001")));
        var linking = new JsonObject { ["provider"] = "worldfirst", ["return_url"] = ApiClient.ReturnUrl };
        await SameAsync(
            await browser.PostAsync($"/v1/buyers/{other}/linked-accounts", linking), await browser.PostAsync("/v1/buyers/byr_00000000000000000000000001/linked-accounts", linking));
        await SameAsync(
            await browser.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = servers }), await browser.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = "quo_00000000000000000000000001" }));
        (await browser.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = earliers })).Must(404, "not_found");
        foreach (var path in new[] { $"/v1/eligibility-checks/{check}", $"/v1/payment-options/{options}", $"/v1/linked-accounts/{link}", $"/v1/buyers/{other}/linked-accounts", $"/v1/quotes/{servers}", $"/v1/quotes/{earliers}", $"/v1/payments/{paid}" })
        {
            var unknown = path.Contains("/buyers/", StringComparison.Ordinal)
                ? "/v1/buyers/byr_00000000000000000000000001/linked-accounts"
                : path[..(path.LastIndexOf('_') + 1)] + "00000000000000000000000001";
            await SameAsync(await browser.GetAsync(path), await browser.GetAsync(unknown));
        }

        static Task SameAsync(Answer one, Answer unknown)
        {
            Assert.Equal(WithoutRequest(unknown.Must(404, "not_found")), WithoutRequest(one.Must(404, "not_found")));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_session_ends_when_it_is_ended_and_when_its_time_is_over()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var lab = await BrowserLab.StartAsync(system, clock);
        var buyer = await lab.Server.BuyerAsync();
        var made = (await lab.Server.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer, ["expires_in"] = 600 }, "open")).Must(201);
        var replay = (await lab.Server.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer, ["expires_in"] = 600 }, "open")).Must(201);
        Assert.Equal((true, made.Id, "null"), (replay.Replayed, replay.Id, replay["client_secret"]));
        Assert.Equal("null", (await lab.Server.GetAsync($"/v1/buyer-sessions/{made.Id}")).Must(200)["client_secret"]);
        var stored = Assert.Single(await system.Database.RowsAsync("select s::text from buyer_sessions s where marketplace_id = $1", lab.Shop.Id));
        Assert.DoesNotContain(made["client_secret"][^20..], stored, StringComparison.Ordinal);

        var browser = new Browser(lab.Publishable, made["client_secret"]);
        var list = $"/v1/buyers/{buyer}/linked-accounts";
        (await browser.GetAsync(list)).Must(200);
        (await lab.Server.DeleteAsync($"/v1/buyer-sessions/{made.Id}")).Must(200);
        (await browser.GetAsync(list)).Must(401, "unauthorized");
        (await lab.Server.DeleteAsync($"/v1/buyer-sessions/{made.Id}")).Must(200);

        var next = await lab.OpenAsync(buyer);
        (await next.GetAsync(list)).Must(200);
        clock.Now = clock.Now.AddMinutes(16);
        (await next.GetAsync(list)).Must(401, "unauthorized");
        (await lab.Server.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer, ["expires_in"] = 3601 })).Must(400);
        (await lab.Server.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = "byr_x" })).Must(404, "not_found");
    }

    [Fact]
    public async Task A_publishable_key_is_nothing_without_a_session_of_its_own_marketplace_and_mode()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await lab.Server.BuyerAsync();
        var list = $"/v1/buyers/{buyer}/linked-accounts";
        var browser = await lab.OpenAsync(buyer);
        (await browser.GetAsync(list)).Must(200);
        var alone = (await (browser with { Session = "" }).GetAsync(list)).Must(401, "unauthorized");
        Assert.Contains("Buyer-Session", alone["detail"], StringComparison.Ordinal);
        (await (browser with { Session = browser.Session[..^1] + "_" }).GetAsync(list)).Must(401);
        (await (browser with { Session = "bse_x" }).GetAsync(list)).Must(401);
        var stranger = await system.NewMarketplaceAsync();
        (await (browser with { Api = system.ClientWith(await BrowserLab.PublishableKeyAsync(stranger.Test), lab.Instance.Url) }).GetAsync(list)).Must(401);
        (await (browser with { Api = system.ClientWith(await BrowserLab.PublishableKeyAsync(lab.Shop.Live), lab.Instance.Url) }).GetAsync(list)).Must(401);
        (await (browser with { Api = system.ClientWith(ApiKeys.Generate(Mode.Test, publishable: true), lab.Instance.Url) }).GetAsync(list)).Must(401);
    }

    [Fact]
    public async Task A_session_for_one_order_is_for_no_other_order_and_no_other_amount()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var order = ApiClient.NewOrder();
        var browser = await lab.OpenAsync(buyer, ApiClient.Order(order, 12_345_67));
        foreach (var (path, make) in new (string, Func<string, long, JsonObject>)[]
        {
            ("/v1/eligibility-checks", (id, amount) => Browser.Check(buyer, id, amount)), ("/v1/payment-options", (id, amount) => Browser.Check(buyer, id, amount)),
            ("/v1/quotes", (id, amount) => Browser.Quote(buyer, id, amount)),
        })
        {
            (await browser.PostAsync(path, make(order, 12_345_67))).Must(201);
            (await browser.PostAsync(path, make(order, 1_00))).Must(403, "not_in_session");
            (await browser.PostAsync(path, make(ApiClient.NewOrder(), 12_345_67))).Must(403, "not_in_session");
        }
    }

    [Fact]
    public async Task A_browsers_idempotency_keys_do_not_meet_the_servers()
    {
        await using var lab = await BrowserLab.StartAsync(system);
        var buyer = await system.Sandbox.ReadyAsync(await lab.Server.BuyerAsync());
        var browser = await lab.OpenAsync(buyer);
        var body = Browser.Quote(buyer);
        var servers = (await lab.Server.PostAsync("/v1/quotes", body, "same")).Must(201);
        var browsers = (await browser.PostAsync("/v1/quotes", body, "same")).Must(201);
        Assert.NotEqual(servers.Id, browsers.Id);
        var again = (await browser.PostAsync("/v1/quotes", body, "same")).Must(201);
        Assert.Equal((true, browsers.Id), (again.Replayed, again.Id));
    }

    [Theory]
    [InlineData("203.0.113.7", "", "203.0.113.7")]
    [InlineData("203.0.113.7", "8.8.8.8", "203.0.113.7")]
    [InlineData("10.0.0.1", "8.8.8.8", "8.8.8.8")]
    [InlineData("::ffff:10.0.0.1", "8.8.8.8", "8.8.8.8")]
    [InlineData("10.0.0.1", "1.1.1.1, 8.8.8.8, 10.2.3.4", "8.8.8.8")]
    [InlineData("10.0.0.1", "8.8.8.8:4711", "8.8.8.8")]
    [InlineData("10.0.0.1", "[2001:4860:4860::8888]:443", "2001:4860:4860::8888")]
    [InlineData("10.0.0.1", "", null)]
    [InlineData("10.0.0.1", "8.8.8.8, _hidden", null)]
    [InlineData("10.0.0.1", "10.0.0.2, 10.0.0.3", null)]
    [InlineData(null, "8.8.8.8", null)]
    public void The_forwarded_address_is_read_as_far_as_trusted_proxies_wrote_it(string? connection, string forwarded, string? expected)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Network:TrustedProxies:0"] = "10.0.0.0/8" };
        Assert.Equal(expected, new ClientAddress(configuration).Of(connection is null ? null : System.Net.IPAddress.Parse(connection), forwarded));
    }

    private static string WithoutRequest(Answer answer) => answer.Text.Replace(answer["request_id"], "", StringComparison.Ordinal);
}
