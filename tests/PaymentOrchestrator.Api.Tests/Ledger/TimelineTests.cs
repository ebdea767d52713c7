using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
                $"quote {quote.Id}", $"request {Hash(payKey)} {payment.Id}", $"attempt_started {payment.Id}-1", "event payment.created", "event quote.consumed",
                $"attempt_ended {payment.Id}-1", "ledger_transaction payment", "event payment.succeeded",
                $"request {Hash(refundKey)} {refund.Id}", $"refund_started {refund.Id}", "event refund.created", $"refund_heard_of {refund.Id}", "ledger_transaction refund", "event refund.succeeded",
            ],
            entries.Select(Tell));
        Assert.Equal(entries.Select(entry => entry.GetProperty("at").GetString()).Order(StringComparer.Ordinal), entries.Select(entry => entry.GetProperty("at").GetString()));
        Assert.StartsWith("pi_", entries[5].GetProperty("attempt").GetProperty("provider_reference").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("re_", entries[11].GetProperty("refund").GetProperty("provider_reference").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, entries[6].GetProperty("ledger_transaction").GetProperty("entries").GetArrayLength());
        Assert.DoesNotContain(payKey, timeline.Text, StringComparison.Ordinal);
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
            _ => Text(entry, "refund", "request_id"),
        };
    }

    private static string? Text(JsonElement entry, string name, string field) => entry.GetProperty(name).GetProperty(field).GetString();

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
}
