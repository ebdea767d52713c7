using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.LinkedAccounts;

/// <summary>All five linkings: a consent that is refused, too old at the provider, too old at ours, or used twice.</summary>
public sealed class ConsentTests(TestSystem system)
{
    public static TheoryData<string> Linkings => ["worldfirst", "alipay", "marketplace_1688", "mainland_bank", "card"];

    [Theory]
    [MemberData(nameof(Linkings))]
    public async Task A_consent_that_the_buyer_refuses_fails_the_linking(string provider)
    {
        var account = await BeginAsync(system.Api, provider);
        if (provider == "card")
        {
            // Stripe's page leads back by its cancel link.
            var back = (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(account["next_action.url"]), new FormUrlEncodedContent([new("decision", "refuse")]))).Must(303).Location;
            Assert.Contains("canceled=true", back.Query, StringComparison.Ordinal);
            (await system.Sandbox.AskAsync(HttpMethod.Get, back, null)).Must(303);
        }
        else
        {
            Assert.Equal("failed", (await system.Sandbox.DecideAsync(account["next_action.url"], approve: false)).At("status"));
        }

        await AssertFailedAsync(account.Id, "consent_refused");
    }

    [Theory]
    [MemberData(nameof(Linkings))]
    public async Task A_consent_that_is_too_old_at_the_provider_fails_the_linking(string provider)
    {
        var account = await BeginAsync(system.Api, provider);
        var page = new Uri(account["next_action.url"]);
        if (provider == "card")
        {
            var session = page.Segments[^1];
            await system.SandboxDatabase.ExecuteAsync("update card_objects set data = jsonb_set(data, '{ExpiresAt}', '1') where id = $1", session);
            // The page is closed; the browser goes back by itself.
            (await system.Sandbox.AskAsync(HttpMethod.Post, page, new FormUrlEncodedContent([new("decision", "approve")]))).Must(400);
            var state = (await system.SandboxDatabase.RowsAsync("select data->>'CancelUrl' from card_objects where id = $1", session))[0];
            (await system.Sandbox.AskAsync(HttpMethod.Get, new Uri(state), null)).Must(303);
        }
        else
        {
            var back = (await system.Sandbox.AskAsync(HttpMethod.Post, page, new FormUrlEncodedContent([new("decision", "approve")]))).Must(303).Location;
            var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query)[provider is "alipay" or "mainland_bank" ? "authCode" : "code"].ToString();
            await system.SandboxDatabase.ExecuteAsync("update authorization_codes set expires_at = now() - interval '1 second' where code = $1", code);
            Assert.Contains("status=failed", (await system.Sandbox.AskAsync(HttpMethod.Get, back, null)).Must(303).Location.Query, StringComparison.Ordinal);
        }

        await AssertFailedAsync(account.Id, "code_expired");
    }

    [Theory]
    [MemberData(nameof(Linkings))]
    public async Task A_way_back_that_is_older_than_an_hour_is_refused_and_links_nothing(string provider)
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var other = await system.StartOtherAsync(clock);
        var account = await BeginAsync(other.Client, provider);
        var back = (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(account["next_action.url"]), new FormUrlEncodedContent([new("decision", "approve")]))).Must(303).Location;
        clock.Now = clock.Now.AddMinutes(61);
        (await other.Client.GetAsync(back.PathAndQuery)).Must(400, "link_state_invalid");
        Assert.Equal("pending", (await system.Api.GetAsync($"/v1/linked-accounts/{account.Id}"))["status"]);
    }

    [Theory]
    [MemberData(nameof(Linkings))]
    public async Task A_way_back_serves_once_and_its_code_serves_nobody_else(string provider)
    {
        var first = await BeginAsync(system.Api, provider);
        var journey = await system.Sandbox.DecideAsync(first["next_action.url"]);
        Assert.Equal("active", journey.At("status"));
        (await system.Sandbox.AskAsync(HttpMethod.Get, journey.Return, null)).Must(400, "link_state_invalid");
        Assert.Equal("active", (await system.Api.GetAsync($"/v1/linked-accounts/{first.Id}"))["status"]);

        // Another linking's state with the used code: whoever copies addresses links nothing. Where a session was kept, the address is not even looked at.
        var second = await BeginAsync(system.Api, provider);
        var states = new[] { journey.Return, (await PostedAsync(second)) }.Select(url => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query)).ToList();
        var name = provider is "alipay" or "mainland_bank" ? "authState" : "state";
        var mixed = journey.Return.PathAndQuery.Replace(Uri.EscapeDataString(states[0][name].ToString()), Uri.EscapeDataString(states[1][name].ToString()), StringComparison.Ordinal);
        var status = (await system.ClientWith(null).GetAsync(mixed)).Must(303).Location.Query;
        Assert.Contains(provider == "card" ? "status=active" : "status=failed", status, StringComparison.Ordinal);
        if (provider != "card") await AssertFailedAsync(second.Id, "code_expired");
    }

    private async Task<Uri> PostedAsync(Answer account) =>
        (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(account["next_action.url"]), new FormUrlEncodedContent([new("decision", "approve")]))).Must(303).Location;

    private async Task<Answer> BeginAsync(ApiClient api, string provider)
    {
        var buyer = await api.BuyerAsync();
        if (provider == "mainland_bank")
        {
            var alipay = (await api.LinkAsync(buyer, "alipay")).Must(201);
            Assert.Equal("active", (await system.Sandbox.DecideAsync(alipay["next_action.url"])).At("status"));
            return (await api.LinkAsync(buyer, "mainland_bank", ("alipay_account_id", alipay.Id))).Must(201);
        }

        return (await api.LinkAsync(buyer, provider, provider == "marketplace_1688" ? [("login", "alipay")] : [])).Must(201);
    }

    private async Task AssertFailedAsync(string account, string code)
    {
        var failed = (await system.Api.GetAsync($"/v1/linked-accounts/{account}")).Must(200);
        Assert.Equal(("failed", code, "null"), (failed["status"], failed["failure.code"], failed["next_action"]));
        Assert.Equal("linked_account.failed", (await system.Database.EventsAsync(account))[^1]);
        Assert.Equal([""], await system.Database.RowsAsync("select secret from linked_accounts where id = $1", Database.Uuid(account)));
    }
}
