using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Notifications;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.LinkedAccounts;

/// <summary>Accounts that are seen to of their own accord, by a second instance whose clock the test sets.</summary>
public sealed class UpkeepTests(TestSystem system)
{
    // Other tests' linkings are left alone by a clock that is hours ahead.
    private static readonly string[] Eager =
    [
        "--LinkedAccounts:Upkeep:Interval=00:00:00.1", "--LinkedAccounts:Upkeep:StartLostAfter=365.00:00:00", "--LinkedAccounts:Upkeep:ConsentExpiresAfter=365.00:00:00",
        "--LinkedAccounts:Upkeep:FirstDelay=00:00:01", "--LinkedAccounts:Upkeep:Lease=00:00:30",
    ];

    private ApiClient Api => system.Api;

    // Asked for by itself: a clock that is far ahead takes every other test's account for due as well, and waits for them all.
    [Theory(Explicit = true)]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("marketplace_1688")]
    public async Task An_authorisation_is_renewed_once_before_it_ends_by_however_many_instances(string provider)
    {
        var (buyer, account) = await LinkedAsync(provider);
        var ends = await EndsAsync(account);
        var (secret, events) = (await SecretAsync(account), await system.Database.EventsAsync(account));
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var first = await system.StartOtherAsync(clock, Eager);
        await using var second = await system.StartOtherAsync(clock, Eager);
        await using var third = await system.StartOtherAsync(clock, Eager);

        clock.Now = ends - TimeSpan.FromHours(1) - TimeSpan.FromSeconds(30);
        await Task.Delay(800, TestContext.Current.CancellationToken);
        Assert.Equal(secret, await SecretAsync(account));

        clock.Now = ends - TimeSpan.FromMinutes(59);
        await UntilAsync(async () => await SecretAsync(account) != secret, "The authorisation was not renewed.");
        Assert.True(await EndsAsync(account) > DateTimeOffset.UtcNow);
        // Nothing has changed that anybody is shown.
        Assert.Equal("active", (await Api.GetAsync($"/v1/linked-accounts/{account}")).Must(200)["status"]);
        Assert.Equal(events, await system.Database.EventsAsync(account));
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(["2"], await system.SandboxDatabase.RowsAsync(
            "select count(*) from access_tokens t join grants g on g.grant_id = t.grant_id where g.buyer_id = $1 and g.provider = $2", buyer, provider));
        // The new one serves.
        Assert.Equal("revoked", (await Api.DeleteAsync($"/v1/linked-accounts/{account}")).Must(200)["status"]);
    }

    [Theory]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("marketplace_1688")]
    public async Task A_renewal_that_the_provider_refuses_ends_the_account_with_its_reason(string provider)
    {
        var (buyer, account) = await LinkedAsync(provider);
        await system.SandboxDatabase.ExecuteAsync("update grants set revoked_at = now() where buyer_id = $1", buyer);
        await DueAsync(account);
        await using var other = await system.StartOtherAsync(TimeProvider.System, Eager);
        await Api.UntilAsync($"/v1/linked-accounts/{account}", "status", "revoked");
        var ended = (await Api.GetAsync($"/v1/linked-accounts/{account}")).Must(200);
        Assert.Equal("authorization_expired", ended["failure.code"]);
        Assert.Contains("linked again", ended["failure.message"], StringComparison.Ordinal);
        Assert.Equal("linked_account.revoked", (await system.Database.EventsAsync(account))[^1]);
        Assert.Equal([" "], await system.Database.RowsAsync("select secret, upkeep_at from linked_accounts where id = $1", Database.Uuid(account)));
    }

    [Fact]
    public async Task An_account_that_a_payment_still_needs_is_not_ended_before_the_payment_is()
    {
        var payment = await system.ExecutedAsync("alipay");
        var buyer = (await Api.GetAsync($"/v1/payments/{payment}"))["buyer_id"];
        var account = await AccountAsync(buyer, "alipay");
        await system.SandboxDatabase.ExecuteAsync("update grants set revoked_at = now() where buyer_id = $1 and provider = 'alipay'", buyer);
        await DueAsync(account);
        await using var other = await system.StartOtherAsync(TimeProvider.System, Eager);
        await UntilAsync(async () => await TriesAsync(account) > 0, "Nobody saw to the account.");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal("active", (await Api.GetAsync($"/v1/linked-accounts/{account}"))["status"]);

        await Notice.OfPayment(system.Secrets, "alipay", payment).AcknowledgedAsync(Api, system.Secrets);
        await system.AssertSucceededOnceAsync(payment);
        await Api.UntilAsync($"/v1/linked-accounts/{account}", "status", "revoked");
    }

    [Theory]
    [InlineData("error_before")]
    [InlineData("timeout_after")]
    public async Task A_renewal_whose_outcome_is_unknown_is_tried_again_later(string fault)
    {
        var (buyer, account) = await LinkedAsync("worldfirst");
        var secret = await SecretAsync(account);
        await system.FaultAsync(buyer, fault, "worldfirst", "applyToken");
        await DueAsync(account);
        await using var other = await system.StartOtherAsync(TimeProvider.System, Eager);
        await UntilAsync(async () => await TriesAsync(account) == 1, "Nobody saw to the account.");
        Assert.Equal((secret, "active"), (await SecretAsync(account), (await Api.GetAsync($"/v1/linked-accounts/{account}"))["status"]));
        await UntilAsync(async () => await SecretAsync(account) != secret, "The authorisation was not renewed.");
        Assert.Equal("active", (await Api.GetAsync($"/v1/linked-accounts/{account}"))["status"]);
    }

    [Fact]
    public async Task A_linking_whose_page_never_came_and_one_that_its_buyer_left_end_as_failed()
    {
        var lost = (await Api.LinkAsync(await Api.BuyerAsync(), "worldfirst")).Must(201).Id;
        var left = (await Api.LinkAsync(await Api.BuyerAsync(), "alipay")).Must(201).Id;
        var young = (await Api.LinkAsync(await Api.BuyerAsync(), "alipay")).Must(201).Id;
        // Its process died between the intent and the provider's answer.
        await system.Database.ExecuteAsync("update linked_accounts set next_action_url = null where id = $1", Database.Uuid(lost));
        await system.Database.ExecuteAsync("update linked_accounts set created_at = now() - interval '3 minutes', upkeep_at = now() - interval '1 minute' where id = $1", Database.Uuid(lost));
        await system.Database.ExecuteAsync("update linked_accounts set created_at = now() - interval '66 minutes', upkeep_at = now() - interval '1 minute' where id = $1", Database.Uuid(left));
        await system.Database.ExecuteAsync("update linked_accounts set created_at = now() - interval '59 minutes', upkeep_at = now() - interval '1 minute' where id = $1", Database.Uuid(young));
        await using var other = await system.StartOtherAsync(TimeProvider.System, "--LinkedAccounts:Upkeep:Interval=00:00:00.1");

        await Api.UntilAsync($"/v1/linked-accounts/{lost}", "status", "failed");
        await Api.UntilAsync($"/v1/linked-accounts/{left}", "status", "failed");
        Assert.Equal("provider_unavailable", (await Api.GetAsync($"/v1/linked-accounts/{lost}"))["failure.code"]);
        Assert.Equal("action_expired", (await Api.GetAsync($"/v1/linked-accounts/{left}"))["failure.code"]);
        foreach (var id in new[] { lost, left }) Assert.Equal("linked_account.failed", (await system.Database.EventsAsync(id))[^1]);
        await UntilAsync(async () => (await system.Database.RowsAsync("select 1 from linked_accounts where id = $1 and upkeep_at > now() + interval '4 minutes'", Database.Uuid(young))).Count == 1,
            "The young linking was not postponed.");
        Assert.Equal("pending", (await Api.GetAsync($"/v1/linked-accounts/{young}"))["status"]);
    }

    [Theory]
    [InlineData("worldfirst", "applyToken", 0)]
    [InlineData("alipay", "applyToken", 0)]
    [InlineData("worldfirst", "applyToken", 2)]
    public async Task What_a_buyer_granted_while_the_account_was_deleted_is_given_back(string provider, string operation, int lostRevocations)
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, provider)).Must(201);
        await system.FaultAsync(buyer, "delay", provider, operation, delayMs: 1_500);
        if (lostRevocations > 0) await system.FaultAsync(buyer, "error_before", provider, "revoke", times: lostRevocations);
        var journey = system.Sandbox.DecideAsync(account["next_action.url"]);
        await Task.Delay(700, TestContext.Current.CancellationToken);
        Assert.Equal("revoked", (await Api.DeleteAsync($"/v1/linked-accounts/{account.Id}")).Must(200)["status"]);
        Assert.Equal("revoked", (await journey).At("status"));

        if (lostRevocations > 0)
        {
            Assert.Equal(["False"], await GivenBackAsync(buyer));
            await system.Database.ExecuteAsync("update linked_accounts set upkeep_at = now() where id = $1", Database.Uuid(account.Id));
            await using var other = await system.StartOtherAsync(TimeProvider.System, Eager);
            await UntilAsync(async () => (await GivenBackAsync(buyer))[0] == "True", "It was not given back.");
        }

        Assert.Equal(["True"], await GivenBackAsync(buyer));
        await UntilAsync(async () => (await system.Database.RowsAsync("select 1 from linked_accounts where id = $1 and secret is null and upkeep_at is null", Database.Uuid(account.Id))).Count == 1,
            "It is still kept.");
        Assert.Equal("revoked", (await Api.GetAsync($"/v1/linked-accounts/{account.Id}"))["status"]);
    }

    [Fact]
    public async Task A_replayed_marketplace_link_shows_how_it_stands_now()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var (worldFirst, marketplace) = (await AccountAsync(buyer, "worldfirst"), await AccountAsync(buyer, "marketplace_1688"));
        var (path, key) = ($"/v1/linked-accounts/{worldFirst}/marketplace-links", ApiClient.NewKey());
        Task<Answer> LinkAsync() => Api.PostAsync(path, new JsonObject { ["marketplace_account_id"] = marketplace }, key);
        Assert.Equal("active", (await LinkAsync()).Must(201)["status"]);
        await system.Sandbox.SetAsync(buyer, "worldfirst.marketplace_link", false);
        var ended = (await LinkAsync()).Must(201);
        Assert.True(ended.Replayed);
        Assert.Equal("revoked", ended["status"]);
        await system.Sandbox.SetAsync(buyer, "worldfirst.marketplace_link", true);
        Assert.Equal("active", (await LinkAsync()).Must(201)["status"]);
        (await Api.DeleteAsync($"/v1/linked-accounts/{marketplace}")).Must(200);
        Assert.Equal("revoked", (await LinkAsync()).Must(201)["status"]);
    }

    private async Task<(string Buyer, string Account)> LinkedAsync(string provider)
    {
        var buyer = await Api.BuyerAsync();
        var account = (await Api.LinkAsync(buyer, provider, provider == "marketplace_1688" ? [("login", "password")] : [])).Must(201);
        Assert.Equal("active", (await system.Sandbox.DecideAsync(account["next_action.url"])).At("status"));
        return (buyer, account.Id);
    }

    private async Task<string> AccountAsync(string buyer, string provider) =>
        (await Api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray()
            .Single(account => account.GetProperty("provider").GetString() == provider && account.GetProperty("status").GetString() == "active").GetProperty("id").GetString()!;

    private Task DueAsync(string account) => system.Database.ExecuteAsync(
        "update linked_accounts set secret_expires_at = now(), upkeep_at = now() where id = $1", Database.Uuid(account));

    private async Task<string> SecretAsync(string account) => (await system.Database.RowsAsync("select secret from linked_accounts where id = $1", Database.Uuid(account)))[0];

    private async Task<int> TriesAsync(string account) => int.Parse(
        (await system.Database.RowsAsync("select upkeep_tries from linked_accounts where id = $1", Database.Uuid(account)))[0], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<DateTimeOffset> EndsAsync(string account) => DateTimeOffset.Parse(
        (await system.Database.RowsAsync("select to_char(secret_expires_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from linked_accounts where id = $1", Database.Uuid(account)))[0],
        System.Globalization.CultureInfo.InvariantCulture);

    private Task<IReadOnlyList<string>> GivenBackAsync(string buyer) =>
        system.SandboxDatabase.RowsAsync("select revoked_at is not null from grants where buyer_id = $1", buyer);

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        for (var patience = 0; !await condition(); patience++)
        {
            Assert.True(patience < 600, otherwise);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
