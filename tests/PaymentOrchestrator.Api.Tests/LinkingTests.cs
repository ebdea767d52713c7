using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

public sealed class LinkingTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Theory]
    [InlineData("worldfirst", null)]
    [InlineData("alipay", null)]
    [InlineData("marketplace_1688", "alipay")]
    public async Task A_buyer_who_refuses_at_the_provider_comes_back_with_a_failed_account(string provider, string? login)
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, provider, login is null ? [] : [("login", login)])).Must(201);
        var journey = await system.Sandbox.DecideAsync(account["next_action.url"], approve: false);
        Assert.Equal((account.Id, "failed"), (journey.At("linked_account"), journey.At("status")));
        var failed = (await Api.GetAsync($"/v1/linked-accounts/{account.Id}")).Must(200);
        Assert.Equal(("failed", "null"), (failed["status"], failed["next_action"]));
        Assert.NotEmpty(failed["failure.code"]);
        Assert.Equal(["linked_account.pending", "linked_account.pending", "linked_account.failed"], await system.Database.EventsAsync(account.Id));
    }

    [Theory]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("marketplace_1688")]
    [InlineData("card")]
    public async Task The_way_back_works_once_and_a_replayed_state_is_refused(string provider)
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, provider, provider == "marketplace_1688" ? [("login", "password")] : [])).Must(201);
        var journey = await system.Sandbox.DecideAsync(account["next_action.url"]);
        Assert.Equal("active", journey.At("status"));

        var again = await system.Sandbox.AskAsync(HttpMethod.Get, journey.Return, null);
        again.Must(400, "link_state_invalid");
        Assert.True(again.IsProblem);
        Assert.Equal("active", (await Api.GetAsync($"/v1/linked-accounts/{account.Id}"))["status"]);
    }

    [Fact]
    public async Task A_state_serves_at_its_own_provider_alone_and_only_as_it_was_issued()
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, "worldfirst")).Must(201);
        var state = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(account["next_action.url"]).Query)["state"].ToString();
        Assert.StartsWith(account.Id, state, StringComparison.Ordinal);
        var bare = system.ClientWith(null);
        foreach (var path in new[]
        {
            $"/v1/returns/alipay?state={state}&code=x", $"/v1/returns/worldfirst?state={account.Id}.AAAA", $"/v1/returns/worldfirst?state={state}x", "/v1/returns/worldfirst",
            "/v1/returns/worldfirst?state=", "/v1/returns/worldfirst?state=%00", "/v1/returns/card?state=lac_", $"/v1/returns/worldfirst?state={new string('a', 4000)}",
        })
        {
            var refused = (await bare.GetAsync(path)).Must(400, "link_state_invalid");
            Assert.True(refused.IsProblem, path);
        }

        (await bare.GetAsync("/v1/returns/nobody?state=x")).Must(404, "not_found");
        Assert.Equal("pending", (await Api.GetAsync($"/v1/linked-accounts/{account.Id}"))["status"]);
    }

    [Theory]
    [InlineData("pm_card_visa")]
    [InlineData("pm_card_mastercard")]
    public async Task A_card_token_links_at_once_without_a_page(string token)
    {
        var account = (await Api.LinkAsync(await Api.BuyerAsync(), "card", ("payment_method", token))).Must(201);
        Assert.Equal(("active", "null", "null"), (account["status"], account["next_action"], account["failure"]));
        Assert.Contains(token == "pm_card_visa" ? "4242" : "4444", account["display_name"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pm_card_amex", "card_scheme_not_supported")]
    [InlineData("pm_card_discover", "card_scheme_not_supported")]
    [InlineData("pm_card_chargeDeclined", "card_declined")]
    public async Task A_card_that_cannot_serve_ends_as_a_failed_account(string token, string code)
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, "card", ("payment_method", token))).Must(201);
        Assert.Equal(("failed", code), (account["status"], account["failure.code"]));
        Assert.Contains("card.linked", (await Api.CheckAsync(buyer)).Method("card").NotMet());
    }

    [Fact]
    public async Task A_mainland_bank_is_bound_to_an_active_alipay_account_of_the_same_buyer()
    {
        var buyer = await Api.BuyerAsync();
        var missing = (await Api.LinkAsync(buyer, "mainland_bank")).Must(400, "validation_failed");
        Assert.Equal(["alipay_account_id"], missing.Fields());

        var pending = (await Api.LinkAsync(buyer, "alipay")).Must(201);
        (await Api.LinkAsync(buyer, "mainland_bank", ("alipay_account_id", pending.Id))).Must(409, "account_not_active");
        var worldFirst = (await Api.LinkAsync(buyer, "worldfirst")).Must(201);
        Assert.Equal(["alipay_account_id"], (await Api.LinkAsync(buyer, "mainland_bank", ("alipay_account_id", worldFirst.Id))).Must(400).Fields());

        var other = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var theirs = (await Api.GetAsync($"/v1/buyers/{other}/linked-accounts")).Must(200).At("data").EnumerateArray()
            .Single(account => account.GetProperty("provider").GetString() == "alipay").GetProperty("id").GetString()!;
        (await Api.LinkAsync(buyer, "mainland_bank", ("alipay_account_id", theirs))).Must(404, "not_found");
    }

    [Fact]
    public async Task Deleting_an_account_revokes_it_for_good_and_closes_its_methods()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        Assert.Equal(["world_pay", "alipay", "worldfirst_balance", "card"], (await Api.CheckAsync(buyer)).Open());
        foreach (var (provider, left) in new[]
        {
            ("worldfirst", new[] { "alipay", "card" }), ("card", ["alipay"]), ("mainland_bank", ["alipay"]), ("alipay", []),
        })
        {
            var id = (await Api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray()
                .Single(account => account.GetProperty("provider").GetString() == provider).GetProperty("id").GetString()!;
            var revoked = (await Api.DeleteAsync($"/v1/linked-accounts/{id}")).Must(200);
            Assert.Equal("revoked", revoked["status"]);
            Assert.Equal(revoked.Text, (await Api.DeleteAsync($"/v1/linked-accounts/{id}")).Must(200).Text);
            Assert.Equal(revoked.Text, (await Api.GetAsync($"/v1/linked-accounts/{id}")).Must(200).Text);
            Assert.Equal(left, (await Api.CheckAsync(buyer)).Open());
            Assert.Equal([""], await system.Database.RowsAsync("select secret from linked_accounts where id = $1", Database.Uuid(id)));
        }
    }

    [Fact]
    public async Task A_marketplace_link_needs_two_active_accounts_of_one_buyer()
    {
        var buyer = await Api.BuyerAsync();
        var worldFirst = (await Api.LinkAsync(buyer, "worldfirst")).Must(201);
        var marketplace = (await Api.LinkAsync(buyer, "marketplace_1688", ("login", "alipay"))).Must(201);
        var path = $"/v1/linked-accounts/{worldFirst.Id}/marketplace-links";
        JsonObject Body(string id) => new() { ["marketplace_account_id"] = id };
        (await Api.PostAsync(path, Body(marketplace.Id))).Must(409, "account_not_active");
        await system.Sandbox.DecideAsync(worldFirst["next_action.url"]);
        (await Api.PostAsync(path, Body(marketplace.Id))).Must(409, "account_not_active");
        await system.Sandbox.DecideAsync(marketplace["next_action.url"]);
        Assert.Equal(["marketplace_account_id"], (await Api.PostAsync(path, Body(worldFirst.Id))).Must(400).Fields());
        (await Api.PostAsync($"/v1/linked-accounts/{marketplace.Id}/marketplace-links", Body(marketplace.Id))).Must(404);

        var key = ApiClient.NewKey();
        var link = (await Api.PostAsync(path, Body(marketplace.Id), key)).Must(201);
        var again = (await Api.PostAsync(path, Body(marketplace.Id), key)).Must(201);
        Assert.True(again.Replayed);
        Assert.Equal(link.Text, again.Text);
        Assert.Equal("met", (await Api.CheckAsync(buyer)).Method("world_pay").Requirement("worldfirst.marketplace_link").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_shop_may_have_a_return_address_in_any_script()
    {
        var account = (await Api.PostAsync($"/v1/buyers/{await Api.BuyerAsync()}/linked-accounts",
            new JsonObject { ["provider"] = "worldfirst", ["return_url"] = "https://bücher.example/zurück?korb=ü#oben" })).Must(201);
        var journey = await system.Sandbox.DecideAsync(account["next_action.url"]);
        Assert.Equal("active", journey.At("status"));
        Assert.StartsWith("https://xn--bcher-kva.example/zur%C3%BCck?korb=%C3%BC&linked_account=", journey.Answer.Headers["Location"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Balances_are_what_the_providers_say_now()
    {
        var buyer = await Api.BuyerAsync();
        Assert.Empty((await Api.GetAsync($"/v1/buyers/{buyer}/balances")).Must(200).At("data").EnumerateArray());
        await system.Sandbox.PatchAsync(buyer, [("worldfirst.account", true)], ("USD", 12_34), ("JPY", 0), ("CNH", 5));
        var balances = (await Api.GetAsync($"/v1/buyers/{buyer}/balances")).Must(200);
        Assert.Equal(["worldfirst CNH 5", "worldfirst JPY 0", "worldfirst USD 1234"], balances.At("data").EnumerateArray().Select(one =>
            $"{one.GetProperty("provider").GetString()} {one.GetProperty("available").GetProperty("currency").GetString()} {one.GetProperty("available").GetProperty("value").GetInt64()}"));
    }
}
