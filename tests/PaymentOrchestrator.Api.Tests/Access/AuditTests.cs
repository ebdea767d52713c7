using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Reconciliations;
using PaymentOrchestrator.Api.Tests.Refunds;
using PaymentOrchestrator.Domain;
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
        // The newest first, to the millisecond; within one there is no order.
        Assert.Equivalent(
            new[]
            {
                $"endBuyerSession {session.Id} succeeded", $"createBuyerSession {session.Id} succeeded", $"deleteWebhookEndpoint {hook.Id} succeeded",
                $"rotateWebhookSecret {hook.Id} succeeded", $"createWebhookEndpoint {hook.Id} succeeded", "revokeApiKey key_00000000000000000000000001 not_found",
                $"revokeApiKey {key.Id} succeeded", $"rotateApiKey {key.Id} too_many_api_keys", $"rotateApiKey {key.Id} succeeded", $"createApiKey {key.Id} succeeded",
            },
            Lines(log), strict: true);
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
    public async Task A_statement_that_is_imported_and_what_is_said_of_its_difference_are_written_down_once()
    {
        var shop = await system.NewMarketplaceAsync();
        var day = new DateTimeOffset(2026, 4, 13, 0, 0, 0, TimeSpan.Zero);
        Task<Answer> ImportAsync(string line) => shop.Test.UploadAsync("card", day, day.AddDays(1), [line]);
        var made = (await ImportAsync($"payment,pi_stray,,,USD,1,{day.Text()}")).Must(201);
        // The same statement again is the same import.
        Assert.Equal((made.Id, true), ((await ImportAsync($"payment,pi_stray,,,USD,1,{day.Text()}")).Id, true));
        (await ImportAsync("payment")).Must(400, "validation_failed");
        var difference = (await shop.Test.GetAsync($"/v1/reconciliations/{made.Id}/differences")).Must(200)["data.0.id"];
        var path = $"/v1/reconciliations/{made.Id}/differences/{difference}/resolve";
        var word = new JsonObject { ["state"] = "resolved", ["by"] = "mei", ["note"] = "A top-up." };
        var key = ApiClient.NewKey();
        foreach (var _ in new[] { 1, 2 }) (await shop.Test.PostAsync(path, word, key)).Must(200);
        (await shop.Test.PostAsync(path, word)).Must(409, "difference_resolved");

        Assert.Equal(
            [$"resolveReconciliationDifference {difference} difference_resolved", $"resolveReconciliationDifference {difference} succeeded", $"createReconciliation {made.Id} succeeded"],
            Lines((await shop.Test.GetAsync("/v1/audit-log")).Must(200)).Where(line => !line.EndsWith("validation_failed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_price_list_and_a_word_on_a_rate_that_was_held_back_are_written_down()
    {
        var shop = await system.NewMarketplaceAsync();
        var rules = JsonNode.Parse((await shop.Test.GetAsync("/v1/fee-schedules/fee_default_2")).Must(200).At("rules").GetRawText())!;
        var list = (await shop.Test.PostAsync("/v1/fee-schedules", new JsonObject { ["rules"] = rules })).Must(201);
        Assert.Equal([$"publishFeeSchedule {list.Id} succeeded"], Lines((await shop.Test.GetAsync("/v1/audit-log")).Must(200)));

        // Of a source that is not asked here, so that no price is made of it.
        var held = new[] { "AED", "AUD" }.Select(currency => (Currency: currency, Id: Id<ExchangeRateResource>.New(0, DateTimeOffset.UtcNow))).ToList();
        foreach (var (currency, id) in held)
        {
            await system.Database.ExecuteAsync(
                """
                insert into exchange_rates (id, source, base, mid, as_of, fetched_at, jump, compared_with)
                values ($1, 'table', $2, 1.5, '2020-01-01T00:00:00Z', now(), 0.5, $1)
                """, Database.Uuid(id.ToString()), currency);
        }

        var word = new JsonObject { ["decided_by"] = "mei" };
        (await shop.Live.PostAsync($"/v1/exchange-rates/{held[0].Id}/reject", word)).Must(200);
        (await shop.Live.PostAsync($"/v1/exchange-rates/{held[1].Id}/accept", word)).Must(200);
        (await shop.Live.PostAsync($"/v1/exchange-rates/{held[1].Id}/accept", word)).Must(409, "rate_not_held");
        Assert.Equal(
            [$"acceptExchangeRate {held[1].Id} rate_not_held", $"acceptExchangeRate {held[1].Id} succeeded", $"rejectExchangeRate {held[0].Id} succeeded"],
            Lines((await shop.Live.GetAsync("/v1/audit-log")).Must(200)));
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
