using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>Endpoints as resources: made, read, changed, and nobody else's.</summary>
public sealed class EndpointTests(WebhookServer server)
{
    private const string Url = "https://shop.example/hooks";
    private const string Path = "/v1/webhook-endpoints";

    [Fact]
    public async Task A_secret_is_shown_once_and_is_stored_encrypted()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        var body = new JsonObject { ["url"] = Url, ["event_types"] = new JsonArray("payment.succeeded") };
        var made = (await lab.Api.PostAsync(Path, body, "key-1")).Must(201);
        Assert.Equal(($"{Path}/{made.Id}", "\"1\"", "True"), (made.Headers["Location"], made.Headers["ETag"], made["enabled"]));
        Assert.Matches("^whe_", made.Id);
        var secret = made["secret"];
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.InRange(Convert.FromBase64String(secret["whsec_".Length..]).Length, 24, 64);

        var again = (await lab.Api.PostAsync(Path, body, "key-1")).Must(201);
        Assert.Equal((true, made.Id, "null"), (again.Replayed, again.Id, again["secret"]));
        (await lab.Api.PostAsync(Path, new JsonObject { ["url"] = Url }, "key-1")).Must(422, "idempotency_key_reused");
        Assert.Equal("null", (await lab.Api.GetAsync($"{Path}/{made.Id}")).Must(200)["secret"]);

        var rotated = (await lab.Api.PostAsync($"{Path}/{made.Id}/rotate-secret", new JsonObject(), "key-2")).Must(200);
        Assert.NotEqual(secret, rotated["secret"]);
        var replayed = (await lab.Api.PostAsync($"{Path}/{made.Id}/rotate-secret", new JsonObject(), "key-2")).Must(200);
        Assert.Equal((true, "null", "2"), (replayed.Replayed, replayed["secret"], replayed["version"]));

        var stored = Assert.Single(await lab.Database.RowsAsync("select w::text from webhook_endpoints w"));
        Assert.DoesNotContain(secret["whsec_".Length..], stored, StringComparison.Ordinal);
        Assert.DoesNotContain(rotated["secret"]["whsec_".Length..], stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_says_which_version_it_was_decided_on()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        var id = (await lab.Api.PostAsync(Path, new JsonObject { ["url"] = Url })).Must(201).Id;
        (await PatchAsync(lab.Api, id, null, """{"enabled": false}""")).Must(428, "precondition_required");
        (await PatchAsync(lab.Api, id, "\"2\"", """{"enabled": false}""")).Must(412, "precondition_failed");
        (await PatchAsync(lab.Api, id, "W/\"1\"", """{"enabled": false}""")).Must(412, "precondition_failed");
        var changed = (await PatchAsync(lab.Api, id, "\"1\"", """{"enabled": false, "event_types": ["refund.created", "refund.created"]}""")).Must(200);
        Assert.Equal(("False", "\"2\"", "[\"refund.created\"]", Url), (changed["enabled"], changed.Headers["ETag"], changed.At("event_types").GetRawText(), changed["url"]));
        (await PatchAsync(lab.Api, id, "\"1\"", """{"enabled": true}""")).Must(412);

        // Of many that decided on the same version, one.
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PatchAsync(lab.Api, id, "\"2\"", """{"enabled": true}""")));
        Assert.Equal([200, .. Enumerable.Repeat(412, 7)], all.Select(answer => answer.Status).Order());
        (await PatchAsync(lab.Api, id, "*", $$"""{"url": "{{Url}}/2"}""")).Must(200);
        Assert.Equal(($"{Url}/2", "4"), ((await lab.Api.GetAsync($"{Path}/{id}"))["url"], (await lab.Api.GetAsync($"{Path}/{id}"))["version"]));
    }

    [Fact]
    public async Task Endpoints_belong_to_one_marketplace_and_mode()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        var id = (await lab.Api.PostAsync(Path, new JsonObject { ["url"] = Url })).Must(201).Id;
        var instance = await lab.StartInstanceAsync();
        foreach (var stranger in new[] { lab.Client(instance, lab.LiveKey), lab.Client(instance, lab.OtherKey) })
        {
            (await stranger.GetAsync($"{Path}/{id}")).Must(404, "not_found");
            (await PatchAsync(stranger, id, "*", """{"enabled": false}""")).Must(404);
            (await stranger.DeleteAsync($"{Path}/{id}")).Must(404);
            foreach (var act in new[] { "test", "rotate-secret", "deliveries/whd_00000000000000000000000000/redeliver" })
                (await stranger.PostAsync($"{Path}/{id}/{act}", new JsonObject())).Must(404);
            (await stranger.GetAsync($"{Path}/{id}/deliveries")).Must(404);
            Assert.Equal(0, (await stranger.GetAsync(Path)).Must(200).At("data").GetArrayLength());
        }

        Assert.Equal(1, (await lab.Api.GetAsync(Path)).Must(200).At("data").GetArrayLength());
        Assert.Equal("True", (await lab.Api.DeleteAsync($"{Path}/{id}")).Must(200)["deleted"]);
        (await lab.Api.DeleteAsync($"{Path}/{id}")).Must(404);
    }

    [Theory]
    [InlineData("""{"event_types": ["payment.exploded"]}""", "event_types[0]")]
    [InlineData("""{"event_types": []}""", "event_types")]
    [InlineData("""{"event_types": ["*", "payment.failed"]}""", "event_types")]
    [InlineData("""{"url": 7}""", "url")]
    [InlineData("""{"secret": "whsec_mine"}""", "secret")]
    public async Task What_is_wrong_is_named(string change, string field)
    {
        await using var lab = await WebhookLab.StartAsync(server);
        var body = JsonNode.Parse(change)!.AsObject();
        body["url"] ??= Url;
        var refused = (await lab.Api.PostAsync(Path, body)).Must(400, "validation_failed");
        Assert.Equal([field], refused.Fields());
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-04-13")]
    [InlineData("2001-01-01T00:00:00Z")]
    [InlineData("2999-01-01T00:00:00+02:00")]
    public async Task Since_is_a_time_of_the_last_thirty_days(string since)
    {
        await using var lab = await WebhookLab.StartAsync(server);
        var id = (await lab.Api.PostAsync(Path, new JsonObject { ["url"] = Url })).Must(201).Id;
        Assert.Equal(["since"], (await lab.Api.PostAsync($"{Path}/{id}/redeliver", new JsonObject { ["since"] = since })).Must(400).Fields());
    }

    [Fact]
    public void The_document_tells_of_every_operation()
    {
        var document = File.ReadAllText(System.IO.Path.Combine(Root(), "openapi.yaml"));
        foreach (var path in new[] { "", "/{id}", "/{id}/rotate-secret", "/{id}/test", "/{id}/deliveries", "/{id}/deliveries/{delivery}/redeliver", "/{id}/redeliver" })
            Assert.Matches(new Regex("^  '?/v1/webhook-endpoints" + Regex.Escape(path) + "'?:", RegexOptions.Multiline), document);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "openapi.yaml"))) folder = System.IO.Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static Task<Answer> PatchAsync(ApiClient api, string id, string? match, string body) => api.SendAsync(
        HttpMethod.Patch, $"{Path}/{id}", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes(body)), null, request =>
        {
            if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        });
}
