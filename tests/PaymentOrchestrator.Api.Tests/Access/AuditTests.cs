using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>Who did what: every management and operator action, and every refusal of one.</summary>
public sealed class AuditTests(TestSystem system)
{
    [Fact]
    public async Task What_is_managed_is_written_down_with_who_did_it_and_what_came_of_it()
    {
        var shop = await system.NewMarketplaceAsync();
        var key = (await shop.Test.PostAsync("/v1/api-keys", new JsonObject { ["name"] = "x", ["scopes"] = new JsonArray("read") })).Must(201);
        (await shop.Test.PostAsync($"/v1/api-keys/{key.Id}/rotate", new JsonObject())).Must(201);
        (await shop.Test.PostAsync($"/v1/api-keys/{key.Id}/rotate", new JsonObject())).Must(409, "too_many_api_keys");
        (await shop.Test.DeleteAsync($"/v1/api-keys/{key.Id}")).Must(200);
        (await shop.Test.DeleteAsync("/v1/api-keys/key_00000000000000000000000001")).Must(404);
        var hook = (await shop.Test.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = "https://shop.example/hooks" })).Must(201);
        (await shop.Test.PostAsync($"/v1/webhook-endpoints/{hook.Id}/rotate-secret", new JsonObject())).Must(200);
        (await shop.Test.DeleteAsync($"/v1/webhook-endpoints/{hook.Id}")).Must(200);
        var session = (await shop.Test.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = await shop.Test.BuyerAsync() })).Must(201);
        var ended = (await shop.Test.DeleteAsync($"/v1/buyer-sessions/{session.Id}")).Must(200);

        var log = (await shop.Test.GetAsync("/v1/audit-log")).Must(200);
        Assert.Equal(
            [
                $"endBuyerSession {session.Id} succeeded", $"createBuyerSession {session.Id} succeeded", $"deleteWebhookEndpoint {hook.Id} succeeded",
                $"rotateWebhookSecret {hook.Id} succeeded", $"createWebhookEndpoint {hook.Id} succeeded", "revokeApiKey key_00000000000000000000000001 not_found",
                $"revokeApiKey {key.Id} succeeded", $"rotateApiKey {key.Id} too_many_api_keys", $"rotateApiKey {key.Id} succeeded", $"createApiKey {key.Id} succeeded",
            ],
            Lines(log));
        var last = log.At("data.0");
        Assert.Equal((ended.Headers["Request-Id"], "127.0.0.1"), (last.GetProperty("request_id").GetString(), last.GetProperty("address").GetString()));
        var own = (await shop.Test.GetAsync("/v1/api-keys")).Must(200).At("data").EnumerateArray().Single(one => one.GetProperty("name").GetString()!.StartsWith("test ", StringComparison.Ordinal));
        Assert.Equal(own.GetProperty("id").GetString(), last.GetProperty("key_id").GetString());

        // By pages, by object, by key; and of this marketplace and mode alone.
        var page = (await shop.Test.GetAsync("/v1/audit-log?limit=3")).Must(200);
        var rest = (await shop.Test.GetAsync($"/v1/audit-log?limit=100&cursor={page["next_cursor"]}")).Must(200);
        Assert.Equal(Lines(log), [.. Lines(page), .. Lines(rest)]);
        Assert.Equal(3, Lines((await shop.Test.GetAsync($"/v1/audit-log?object_id={hook.Id}")).Must(200)).Count);
        Assert.Equal(10, Lines((await shop.Test.GetAsync($"/v1/audit-log?key_id={own.GetProperty("id").GetString()}")).Must(200)).Count);
        Assert.Empty(Lines((await shop.Live.GetAsync("/v1/audit-log")).Must(200)));
    }

    [Fact]
    public async Task What_an_operator_decides_is_written_down_with_the_decision()
    {
        var shop = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(shop.Test);
        var refund = (await shop.Test.RefundAsync(payment.Id, 5_000)).Must(201);
        (await shop.Test.PostAsync($"/v1/payments/{payment.Id}/resolve", new JsonObject { ["outcome"] = "not_moved" })).Must(409, "payment_not_under_review");
        await system.Database.ExecuteAsync("update refunds set status = 'under_review' where id = $1", Database.Uuid(refund.Id));
        (await shop.Test.NotMovedAsync(refund.Id)).Must(200);
        await system.Database.ExecuteAsync("update payments set status = 'under_review', amount_refunded = 0 where id = $1", Database.Uuid(payment.Id));
        (await shop.Test.PostAsync($"/v1/payments/{payment.Id}/resolve", new JsonObject { ["outcome"] = "not_moved" })).Must(200);
        Assert.Equal(
            [$"resolvePayment {payment.Id} succeeded", $"resolveRefund {refund.Id} succeeded", $"resolvePayment {payment.Id} payment_not_under_review"],
            Lines((await shop.Test.GetAsync("/v1/audit-log")).Must(200)));
    }

    [Fact]
    public async Task A_key_that_may_not_is_written_down_too()
    {
        var shop = await system.NewMarketplaceAsync();
        var key = (await shop.Test.PostAsync("/v1/api-keys", new JsonObject { ["name"] = "x", ["scopes"] = new JsonArray("read") })).Must(201);
        (await system.ClientWith(key["secret"]).DeleteAsync($"/v1/api-keys/{key.Id}")).Must(403, "insufficient_scope");
        (await system.ClientWith(key["secret"]).GetAsync("/v1/audit-log")).Must(403, "insufficient_scope");
        var log = (await shop.Test.GetAsync($"/v1/audit-log?key_id={key.Id}")).Must(200);
        Assert.Equal([$"revokeApiKey {key.Id} insufficient_scope"], Lines(log));
    }

    private static List<string> Lines(Answer log) =>
        [.. log.At("data").EnumerateArray().Select(entry => $"{Text(entry, "operation")} {Text(entry, "object_id")} {Text(entry, "outcome")}")];

    private static string? Text(JsonElement entry, string name) => entry.GetProperty(name).GetString();
}
