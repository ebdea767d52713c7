using System.Diagnostics;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>Keys as resources: made, shown once, replaced, revoked, and only ever what they were made for.</summary>
public sealed class ApiKeyTests(TestSystem system)
{
    private const string Path = "/v1/api-keys";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_hash_is_stored()
    {
        var shop = await system.NewMarketplaceAsync();
        var made = (await shop.Test.PostAsync(Path, Body("checkout", "read"), "key-1")).Must(201);
        var secret = made["secret"];
        Assert.Matches("^po_test_[0-9A-Za-z]{38}$", secret);
        Assert.Equal(($"{Path}/{made.Id}", secret[..12], "secret", "active", "False", "null"),
            (made.Headers["Location"], made["key_prefix"], made["kind"], made["status"], made["livemode"], made["last_used_at"]));

        var again = (await shop.Test.PostAsync(Path, Body("checkout", "read"), "key-1")).Must(201);
        Assert.Equal((true, made.Id, "null"), (again.Replayed, again.Id, again["secret"]));
        (await shop.Test.PostAsync(Path, Body("checkout", "admin"), "key-1")).Must(422, "idempotency_key_reused");
        Assert.Equal("null", (await shop.Test.GetAsync($"{Path}/{made.Id}")).Must(200)["secret"]);
        Assert.DoesNotContain(secret, (await shop.Test.GetAsync(Path)).Must(200).Text, StringComparison.Ordinal);
        var stored = string.Join('\n', await system.Database.RowsAsync("select k::text from api_keys k where marketplace_id = $1", shop.Id));
        Assert.DoesNotContain(secret[^30..], stored, StringComparison.Ordinal);

        // And it does what it says, no more.
        var key = system.ClientWith(secret);
        (await key.GetAsync("/v1/payments")).Must(200);
        var refused = (await key.GetAsync(Path)).Must(403, "insufficient_scope");
        Assert.Equal("admin", refused["needed_scope"]);
        Assert.Contains("admin", refused["detail"], StringComparison.Ordinal);
        (await key.PostAsync("/v1/buyers", new JsonObject())).Must(403, "insufficient_scope");
    }

    [Fact]
    public async Task Of_a_name_two_keys_are_active_at_most_however_many_are_asked_for_at_once()
    {
        var shop = await system.NewMarketplaceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Test.PostAsync(Path, Body("checkout", "read"))));
        Assert.Equal(2, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.Must(409, "too_many_api_keys"));
        (await shop.Live.PostAsync(Path, Body("checkout", "read"))).Must(201);
        (await shop.Test.PostAsync(Path, Body("other", "read"))).Must(201);

        var first = answers.First(answer => answer.Status == 201).Id;
        Assert.Equal("revoked", (await shop.Test.DeleteAsync($"{Path}/{first}")).Must(200)["status"]);
        Assert.Equal("revoked", (await shop.Test.DeleteAsync($"{Path}/{first}")).Must(200)["status"]);
        (await shop.Test.PostAsync(Path, Body("checkout", "read"))).Must(201);
    }

    [Fact]
    public async Task Rotation_leaves_the_present_key_its_time_and_then_ends_it()
    {
        var shop = await system.NewMarketplaceAsync();
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var later = await system.StartOtherAsync(clock);
        var old = (await shop.Test.PostAsync(Path, Body("checkout", "read", "quotes:write"))).Must(201);
        var next = (await shop.Test.PostAsync($"{Path}/{old.Id}/rotate", new JsonObject { ["previous_expires_in"] = 3600 }, "turn")).Must(201);
        Assert.NotEqual(old["secret"], next["secret"]);
        Assert.Equal(("checkout", """["read","quotes:write"]""", "null"), (next["name"], next.At("scopes").GetRawText(), next["expires_at"]));
        var replay = (await shop.Test.PostAsync($"{Path}/{old.Id}/rotate", new JsonObject { ["previous_expires_in"] = 3600 }, "turn")).Must(201);
        Assert.Equal((next.Id, "null"), (replay.Id, replay["secret"]));
        (await shop.Test.PostAsync($"{Path}/{next.Id}/rotate", new JsonObject())).Must(409, "too_many_api_keys");

        foreach (var key in new[] { old, next }) (await system.ClientWith(key["secret"], later.Url).GetAsync("/v1/payments")).Must(200);
        clock.Now = clock.Now.AddHours(2);
        (await system.ClientWith(old["secret"], later.Url).GetAsync("/v1/payments")).Must(401, "unauthorized");
        (await system.ClientWith(next["secret"], later.Url).GetAsync("/v1/payments")).Must(200);
        Assert.Equal("expired", (await system.ClientWith(shop.TestKey, later.Url).GetAsync($"{Path}/{old.Id}"))["status"]);
        (await system.ClientWith(shop.TestKey, later.Url).PostAsync($"{Path}/{old.Id}/rotate", new JsonObject())).Must(409, "api_key_not_active");
    }

    [Fact]
    public async Task A_revoked_key_stops_working_on_every_instance_within_five_seconds()
    {
        var shop = await system.NewMarketplaceAsync();
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var made = (await shop.Test.PostAsync(Path, Body("checkout", "read"))).Must(201);
        var (here, there) = (system.ClientWith(made["secret"]), system.ClientWith(made["secret"], other.Url));
        (await here.GetAsync("/v1/payments")).Must(200);
        (await there.GetAsync("/v1/payments")).Must(200);

        (await shop.Test.DeleteAsync($"{Path}/{made.Id}")).Must(200);
        var revoked = Stopwatch.StartNew();
        (await here.GetAsync("/v1/payments")).Must(401, "unauthorized");
        while ((await there.GetAsync("/v1/payments")).Status != 401)
        {
            Assert.True(revoked.Elapsed < TimeSpan.FromSeconds(5.5), "It still works.");
            await Task.Delay(100, Cancellation);
        }
    }

    [Fact]
    public async Task An_expired_key_is_as_unknown_as_one_that_never_was()
    {
        var shop = await system.NewMarketplaceAsync();
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var later = await system.StartOtherAsync(clock);
        var body = Body("for an hour", "read");
        body["expires_in"] = 3600;
        var made = (await shop.Test.PostAsync(Path, body)).Must(201);
        var key = system.ClientWith(made["secret"], later.Url);
        (await key.GetAsync("/v1/payments")).Must(200);
        // While it is remembered, too.
        clock.Now = clock.Now.AddHours(1.1);
        (await key.GetAsync("/v1/payments")).Must(401, "unauthorized");
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_noted_off_the_path_of_requests_once_a_minute()
    {
        var shop = await system.NewMarketplaceAsync();
        await using var other = await system.StartOtherAsync(TimeProvider.System, "--ApiKeys:UseInterval=00:00:00.1");
        var made = (await shop.Test.PostAsync(Path, Body("checkout", "read"))).Must(201);
        var key = system.ClientWith(made["secret"], other.Url);
        (await key.GetAsync("/v1/payments")).Must(200);
        var used = await UsedAsync();
        for (var patience = 0; used == "null" && patience < 100; patience++)
        {
            await Task.Delay(100, Cancellation);
            used = await UsedAsync();
        }

        Assert.True(DateTimeOffset.UtcNow - DateTimeOffset.Parse(used, System.Globalization.CultureInfo.InvariantCulture) < TimeSpan.FromMinutes(1), used);
        await Task.Delay(5_200, Cancellation);
        (await key.GetAsync("/v1/payments")).Must(200);
        await Task.Delay(400, Cancellation);
        Assert.Equal(used, await UsedAsync());

        async Task<string> UsedAsync() => (await shop.Test.GetAsync($"{Path}/{made.Id}")).Must(200)["last_used_at"];
    }

    [Fact]
    public async Task What_is_wrong_with_a_wish_for_a_key_is_named()
    {
        var shop = await system.NewMarketplaceAsync();
        await RefusedAsync(new JsonObject { ["name"] = "x" }, "scopes");
        await RefusedAsync(Body("x", "read", "everything"), "scopes[1]");
        await RefusedAsync(new JsonObject { ["name"] = " ", ["scopes"] = new JsonArray("read") }, "name");
        await RefusedAsync(new JsonObject { ["name"] = "x", ["kind"] = "public", ["scopes"] = new JsonArray("read") }, "kind");
        await RefusedAsync(new JsonObject { ["name"] = "x", ["scopes"] = new JsonArray("read"), ["expires_in"] = 1 }, "expires_in");
        await RefusedAsync(new JsonObject { ["name"] = "x", ["kind"] = "publishable" }, "allowed_origins");
        await RefusedAsync(new JsonObject { ["name"] = "x", ["kind"] = "publishable", ["allowed_origins"] = new JsonArray("https://shop.example"), ["scopes"] = new JsonArray("read") }, "scopes");
        foreach (var origin in new[] { "*", "null", "shop.example", "https://shop.example/", "https://Shop.example", "https://shop.example:443", "https://*.shop.example", "http://shop.example", "https://u@shop.example" })
            await RefusedAsync(new JsonObject { ["name"] = "x", ["kind"] = "publishable", ["allowed_origins"] = new JsonArray(origin) }, "allowed_origins[0]");
        (await shop.Live.PostAsync(Path, new JsonObject { ["name"] = "x", ["kind"] = "publishable", ["allowed_origins"] = new JsonArray("http://localhost:3000") })).Must(400);
        (await shop.Test.PostAsync(Path, new JsonObject { ["name"] = "x", ["kind"] = "publishable", ["allowed_origins"] = new JsonArray("http://localhost:3000") })).Must(201);

        async Task RefusedAsync(JsonObject body, string field) => Assert.Contains(field, (await shop.Test.PostAsync(Path, body)).Must(400, "validation_failed").Fields());
    }

    [Fact]
    public async Task Requests_cannot_read_a_hash_and_nobody_can_change_the_audit_log()
    {
        var rights = await system.Database.RowsAsync("""
            select has_column_privilege('po_app', 'api_keys', 'key_hash', 'select'), has_column_privilege('po_app', 'buyer_sessions', 'secret_hash', 'select'),
                has_table_privilege('po_app', 'api_keys', 'delete'), has_column_privilege('po_app', 'api_keys', 'scopes', 'update'),
                has_table_privilege('po_app', 'audit_log', 'update') or has_table_privilege('po_app', 'audit_log', 'delete'),
                has_table_privilege('po_worker', 'audit_log', 'insert') or has_table_privilege('po_worker', 'audit_log', 'update') or has_table_privilege('po_worker', 'audit_log', 'delete'),
                has_any_column_privilege('po_app', 'audit_log', 'update')
            """);
        Assert.Equal("False False False False False False False", Assert.Single(rights));
    }

    private static JsonObject Body(string name, params string[] scopes) => new() { ["name"] = name, ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]) };
}
