using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Ledger;

public sealed class TimelineTests(TestSystem system)
{
    [Fact]
    public async Task A_payments_story_is_told_in_order_from_quote_to_refund()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var quote = (await system.Api.QuoteAsync(buyer, "card", "USD")).Must(201);
        var (payKey, refundKey) = (ApiClient.NewKey(), ApiClient.NewKey());
        var payment = (await system.Api.PayAsync(quote.Id, payKey)).Must(201);
        await Task.Delay(5, TestContext.Current.CancellationToken);
        var refund = (await system.Api.RefundAsync(payment.Id, 5_000, refundKey)).Must(201);

        var timeline = (await system.Api.GetAsync($"/v1/payments/{payment.Id}/timeline")).Must(200);

        // The supplier's settlement comes when it comes.
        var entries = timeline.At("entries").EnumerateArray().Where(entry => !Tell(entry).Contains("settle", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                $"quote {quote.Id}", $"request {Hash(payKey)} {payment.Id}", "eligibility met", $"attempt_started {payment.Id}-1", "event payment.created", "event quote.consumed",
                $"attempt_ended {payment.Id}-1", "ledger_transaction payment", "event ledger.transaction_posted", "event payment.succeeded",
                $"request {Hash(refundKey)} {refund.Id}", $"refund_started {refund.Id}", "event refund.created", $"refund_heard_of {refund.Id}", "ledger_transaction refund", "event ledger.transaction_posted", "event refund.succeeded",
            ],
            entries.Select(Tell));
        Assert.Equal(entries.Select(entry => entry.GetProperty("at").GetString()).Order(StringComparer.Ordinal), entries.Select(entry => entry.GetProperty("at").GetString()));
        Assert.StartsWith("pi_", entries[6].GetProperty("attempt").GetProperty("provider_reference").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("re_", entries[13].GetProperty("refund").GetProperty("provider_reference").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, entries[7].GetProperty("ledger_transaction").GetProperty("entries").GetArrayLength());
        Assert.DoesNotContain(payKey, timeline.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_people_the_same_story_is_a_page_without_scripts_and_with_everything_escaped()
    {
        var payment = await system.PaidAsync(system.Api);
        await system.Database.ExecuteAsync("update attempts set detail = $2 where payment_id = $1", Database.Uuid(payment.Id), "<script>alert(1)</script>");

        var page = (await TimelineAsync($"/v1/payments/{payment.Id}/timeline", "text/html,application/xhtml+xml,*/*;q=0.8")).Must(200);

        Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("style-src 'unsafe-inline'", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page.Text, StringComparison.Ordinal);
        foreach (var told in new[] { payment.Id, "ledger transaction", "payment.succeeded", "attempt ended" }) Assert.Contains(told, page.Text, StringComparison.Ordinal);
        var json = (await TimelineAsync($"/v1/payments/{payment.Id}/timeline", "text/html;q=0.5,application/json")).Must(200);
        Assert.Equal(payment.Id, json["payment_id"]);
        (await TimelineAsync("/v1/payments/pay_unknown/timeline", "text/html")).Must(404);
    }

    private Task<Answer> TimelineAsync(string path, string accept) =>
        system.Api.SendAsync(HttpMethod.Get, path, null, null, request => request.Headers.TryAddWithoutValidation("Accept", accept));

    [Fact]
    public async Task Notifications_and_deliveries_are_part_of_the_story_and_it_is_told_the_same_twice()
    {
        var payment = await system.PaidAsync(system.Api);
        var body = Notification(payment.Id);
        // Sent twice, as providers do; one with another signature tells nothing.
        foreach (var _ in new[] { 1, 2 }) (await NotifyAsync(body, system.CardWebhookSecret)).Must(200);
        (await NotifyAsync(body.Replace("evt_1", "evt_2", StringComparison.Ordinal), "whsec_other")).Must(401);
        var endpoint = (await system.Api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = "https://shop.example/timeline" })).Must(201);
        await system.Database.ExecuteAsync(
            """
            insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, attempted_at, response_status, created_at, shard_key)
            select e.id, $2, e.marketplace_id, e.mode, e.type, 'succeeded', 1, 1, e.created_at + interval '3 seconds', 204, e.created_at + interval '1 second', e.shard_key
            from events e where e.object_id = $1 and e.type = 'payment.succeeded'
            """, payment.Id, Database.Uuid(endpoint.Id));

        var timeline = (await system.Api.GetAsync($"/v1/payments/{payment.Id}/timeline")).Must(200);

        Assert.Equal(timeline.Text, (await system.Api.GetAsync($"/v1/payments/{payment.Id}/timeline")).Text);
        Assert.Equal("False", timeline["truncated"]);
        var entries = timeline.At("entries").EnumerateArray().ToList();
        var notification = Assert.Single(entries, entry => entry.GetProperty("kind").GetString() == "provider_notification").GetProperty("provider_notification");
        Assert.Equal(("card", "payment_changed"), (notification.GetProperty("provider").GetString(), notification.GetProperty("type").GetString()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))), notification.GetProperty("body_sha256").GetString());
        var delivery = Assert.Single(entries, entry => entry.GetProperty("kind").GetString() == "webhook_delivery").GetProperty("webhook_delivery");
        Assert.Equal((endpoint.Id, "succeeded", 204), (delivery.GetProperty("endpoint_id").GetString(), delivery.GetProperty("status").GetString(), delivery.GetProperty("response_status").GetInt32()));
        Assert.Contains(entries, entry => entry.GetProperty("kind").GetString() == "event" && entry.GetProperty("event").GetProperty("id").GetString() == delivery.GetProperty("event_id").GetString());

        // However many come, a payment keeps a hundred.
        await system.Database.ExecuteAsync(
            """
            insert into provider_notifications
            select n.payment_id, n.marketplace_id, n.mode, n.provider, n.type, decode(md5(i::text), 'hex'), n.received_at, n.shard_key
            from provider_notifications n, generate_series(1, 99) i where n.payment_id = $1
            """, Database.Uuid(payment.Id));
        (await NotifyAsync(body.Replace("evt_1", "evt_3", StringComparison.Ordinal), system.CardWebhookSecret)).Must(200);
        Assert.Equal(["100"], await system.Database.RowsAsync("select count(*) from provider_notifications where payment_id = $1", Database.Uuid(payment.Id)));
    }

    private Task<Answer> NotifyAsync(string body, string secret) => system.ClientWith(null).SendAsync(
        HttpMethod.Post, "/v1/provider-notifications/card", ApiClient.Json(Encoding.UTF8.GetBytes(body)), null,
        request => request.Headers.Add("Stripe-Signature", Stripe.EventUtility.GenerateSignatureHeader(body, secret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())));

    private static string Notification(string payment) => new JsonObject
    {
        ["id"] = "evt_1",
        ["object"] = "event",
        ["type"] = "payment_intent.succeeded",
        ["data"] = new JsonObject
        {
            ["object"] = new JsonObject
            {
                ["id"] = "pi_1",
                ["object"] = "payment_intent",
                ["metadata"] = new JsonObject { ["payment_id"] = payment, ["request_id"] = $"{payment}-1" },
            },
        },
    }.ToJsonString();

    [Fact]
    public async Task A_dispute_is_part_of_the_story_with_its_events_and_postings()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        await system.DecideAsync(reference, "winning_evidence");
        (await system.NotifyDisputeAsync(reference, "charge.dispute.closed")).Must(200);

        var entries = (await api.GetAsync($"/v1/payments/{payment.Id}/timeline")).Must(200).At("entries").EnumerateArray().ToList();

        Assert.Equal(
            ["dispute won", "ledger_transaction dispute_opened", "event dispute.created", "ledger_transaction dispute_won", "event dispute.closed"],
            entries.Select(Tell).Where(told => told.Contains("dispute", StringComparison.Ordinal)));
        Assert.Equal(payment.Id, entries.Single(entry => entry.GetProperty("kind").GetString() == "dispute").GetProperty("dispute").GetProperty("payment_id").GetString());
    }

    [Fact]
    public async Task A_payment_that_is_not_there_has_no_story()
    {
        (await system.Api.GetAsync("/v1/payments/pay_nonsense/timeline")).Must(404, "not_found");
    }

    private static string Tell(JsonElement entry)
    {
        var kind = entry.GetProperty("kind").GetString()!;
        return kind + " " + kind switch
        {
            "quote" => Text(entry, "quote", "id"),
            "request" => Text(entry, "request", "key_sha256") + " " + Text(entry, "request", "resource_id"),
            "attempt_started" or "attempt_ended" => Text(entry, "attempt", "request_id"),
            "event" => Text(entry, "event", "type"),
            "ledger_transaction" => Text(entry, "ledger_transaction", "kind"),
            "settlement" => Text(entry, "settlement", "status"),
            "dispute" => Text(entry, "dispute", "status"),
            "eligibility" => entry.GetProperty("eligibility").GetProperty("requirements").EnumerateArray().Select(one => one.GetProperty("status").GetString()!).Distinct().Single(),
            _ => Text(entry, "refund", "request_id"),
        };
    }

    private static string? Text(JsonElement entry, string name, string field) => entry.GetProperty(name).GetProperty(field).GetString();

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
}
