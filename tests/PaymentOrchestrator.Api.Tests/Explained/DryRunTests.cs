using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Explained;

/// <summary>A dry run goes the whole way but the last step: it says what would happen, refuses what would be refused, and leaves no trace.</summary>
public sealed class DryRunTests(TestSystem system) : IAsyncLifetime
{
    // A marketplace of this test's own, so that all its rows can be compared before and after.
    private Tenant tenant = null!;

    private ApiClient Api => tenant.Test;

    public async ValueTask InitializeAsync() => tenant = await system.NewMarketplaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("world_pay", "USD")]
    [InlineData("worldfirst_balance", "JPY")]
    [InlineData("alipay", "CNY")]
    public async Task A_dry_payment_shows_the_payment_and_moves_nothing(string method, string currency)
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), currency == "CNY" ? "USD" : currency);
        var quote = (await Api.QuoteAsync(buyer, method, currency)).Must(201);
        var key = ApiClient.NewKey();
        var body = new JsonObject { ["quote_id"] = quote.Id, ["metadata"] = new JsonObject { ["basket"] = "7" } };

        var preview = await MovesNothingAsync(buyer, () => Api.PostAsync("/v1/payments", Dry(body), key));
        preview.Must(200);
        Assert.Equal(("null", "payment", "True", "processing"), (preview["id"], preview["object"], preview["dry_run"], preview["status"]));
        Assert.False(preview.Headers.ContainsKey("Location"));
        Assert.All(preview.At("verdict.requirements").EnumerateArray(), one => Assert.Equal("met", one.GetProperty("status").GetString()));

        // The key was left free, and stands for the same request whether it was tried before or not.
        var paid = (await Api.PostAsync("/v1/payments", body.DeepClone(), key)).Must(201);
        Assert.False(paid.Replayed);
        foreach (var field in new[] { "buyer_id", "quote_id", "method", "order_id", "order_amount", "source_amount", "fees", "total", "metadata", "livemode", "amount_refunded" })
            Assert.Equal(paid.At(field).GetRawText(), preview.At(field).GetRawText());

        // What the key stands for now is what trying it again shows.
        var again = (await Api.PostAsync("/v1/payments", Dry(body), key)).Must(200);
        Assert.Equal((true, paid.Text), (again.Replayed, again.Text));
    }

    [Fact]
    public async Task A_dry_payment_is_refused_as_the_payment_is()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        async Task<string> QuoteAsync(string method = "card", string currency = "USD", string? order = null, long amount = 12_345_67, string? ip = ApiClient.Outside) =>
            (await Api.QuoteAsync(buyer, method, currency, amount, order, ip)).Must(201).Id;

        var paidOrder = ApiClient.NewOrder();
        var consumed = await QuoteAsync(order: paidOrder);
        var besides = await QuoteAsync(order: paidOrder);
        (await Api.PayAsync(consumed)).Must(201);

        var otherAmount = ApiClient.NewOrder();
        await DryAsync(await QuoteAsync(order: otherAmount));
        var mismatch = await QuoteAsync(order: otherAmount, amount: 10_000_00);

        var indicative = (await Api.PostAsync("/v1/quotes", new JsonObject
        {
            ["buyer_id"] = buyer,
            ["method"] = "card",
            ["order"] = new JsonObject { ["id"] = ApiClient.NewOrder() },
            ["source_currency"] = "USD",
            ["fixed_side"] = "source",
            ["source_amount"] = RefundSteps.Money("USD", 100_00),
        })).Must(201).Id;
        var expired = await QuoteAsync();
        await system.Database.ExecuteAsync("update quotes set expires_at = now() - interval '1 second' where id = $1", Database.Uuid(expired));

        var poor = await QuoteAsync("world_pay", amount: 900_000_000_00);
        var small = await QuoteAsync("worldfirst_balance", amount: 999_99);
        var nowhere = await QuoteAsync(ip: null);
        var usedKey = ApiClient.NewKey();
        (await Api.PayAsync(await QuoteAsync(), usedKey)).Must(201);

        (string Quote, int Status, string Code, string? Key)[] refusals =
        [
            ("quo_00000000000000000000000000", 404, "not_found", null), (consumed, 409, "quote_consumed", null), (besides, 409, "order_already_paid", null),
            (mismatch, 422, "order_amount_mismatch", null), (indicative, 409, "quote_indicative", null), (expired, 409, "quote_expired", null),
            (poor, 422, "method_not_eligible", null), (small, 422, "method_not_eligible", null), (nowhere, 422, "method_not_eligible", null),
            (await QuoteAsync(), 422, "idempotency_key_reused", usedKey), (await QuoteAsync(), 400, "idempotency_key_malformed", new string('k', 300)),
        ];
        foreach (var (quote, status, code, key) in refusals)
        {
            var dry = (await MovesNothingAsync(buyer, () => DryAsync(quote, key))).Must(status, code);
            var real = (await Api.PayAsync(quote, key)).Must(status, code);
            // A replacement would be a row of ours and a price of the provider's.
            Assert.Equal(Said(real, except: "replacement"), Said(dry));
        }

        // Whatever is wrong in itself is refused before it is asked whether it is meant.
        (await Api.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = poor, ["dry_run"] = "yes" })).Must(400, "validation_failed");
        (await Api.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = poor, ["dry_run"] = true, ["return_url"] = "ftp://x" })).Must(400, "validation_failed");
        (await Api.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = poor, ["dry_run"] = true }, null)).Must(400, "idempotency_key_missing");
    }

    [Fact]
    public async Task A_dry_refund_shows_the_refund_and_moves_nothing()
    {
        var payment = await system.PaidAsync(Api, "world_pay");
        var key = ApiClient.NewKey();
        var body = new JsonObject { ["amount"] = RefundSteps.Cny(5_000_00), ["reason"] = "half was broken" };

        var preview = (await MovesNothingAsync(payment["buyer_id"], () => Api.PostAsync($"/v1/payments/{payment.Id}/refunds", Dry(body), key))).Must(200);
        Assert.Equal(("null", "refund", "True", "pending"), (preview["id"], preview["object"], preview["dry_run"], preview["status"]));

        var refund = (await Api.PostAsync($"/v1/payments/{payment.Id}/refunds", body.DeepClone(), key)).Must(201);
        Assert.False(refund.Replayed);
        foreach (var field in new[] { "payment_id", "order_amount", "source_amount", "fee_amount", "reason", "metadata", "livemode" })
            Assert.Equal(refund.At(field).GetRawText(), preview.At(field).GetRawText());
        var again = (await Api.PostAsync($"/v1/payments/{payment.Id}/refunds", Dry(body), key)).Must(200);
        Assert.Equal((true, refund.Id), (again.Replayed, again.Id));
    }

    [Fact]
    public async Task A_dry_refund_is_refused_as_the_refund_is()
    {
        var payment = await system.PaidAsync(Api, "world_pay", "JPY");
        var whole = await system.PaidAsync(Api);
        (await Api.RefundAsync(whole.Id)).Must(201);
        var usedKey = ApiClient.NewKey();
        (await Api.RefundAsync(payment.Id, 1_000_00, usedKey)).Must(201);
        var failing = await FailedAsync();

        (string Payment, long? Amount, int Status, string Code, string? Key)[] refusals =
        [
            ("pay_00000000000000000000000000", 1, 404, "not_found", null), (failing, null, 409, "payment_not_refundable", null),
            (payment.Id, 99_999_999, 422, "refund_amount_too_large", null), (whole.Id, null, 422, "refund_amount_too_large", null),
            (payment.Id, 1, 422, "refund_too_small", null), (payment.Id, 2_000_00, 422, "idempotency_key_reused", usedKey),
        ];
        foreach (var (id, amount, status, code, key) in refusals)
        {
            var path = $"/v1/payments/{id}/refunds";
            var dry = (await MovesNothingAsync(payment["buyer_id"], () => Api.PostAsync(path, Dry(RefundSteps.Body(amount)), key ?? ApiClient.NewKey()))).Must(status, code);
            Assert.Equal(Said((await Api.RefundAsync(id, amount, key)).Must(status, code)), Said(dry));
        }
    }

    /// <summary>A payment that its card's issuer declined.</summary>
    private async Task<string> FailedAsync()
    {
        var buyer = await Api.BuyerAsync();
        await system.Sandbox.ReadyAsync(buyer);
        var card = (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        Assert.Equal("active", card["status"]);
        var payment = (await Api.PayAsync((await Api.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
        Assert.Equal("failed", payment["status"]);
        return payment.Id;
    }

    private async Task<Answer> MovesNothingAsync(string buyer, Func<Task<Answer>> request)
    {
        var (rows, executed) = (await system.Database.FingerprintAsync(tenant.Id), await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
        var answer = await request();
        Assert.Equal(rows, await system.Database.FingerprintAsync(tenant.Id));
        Assert.Equal(executed, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
        return answer;
    }

    private Task<Answer> DryAsync(string quote, string? key = null) => Api.PostAsync("/v1/payments", Dry(new JsonObject { ["quote_id"] = quote }), key ?? ApiClient.NewKey());

    private static JsonObject Dry(JsonObject body)
    {
        var dry = body.DeepClone().AsObject();
        dry["dry_run"] = true;
        return dry;
    }

    /// <summary>A problem without what is each request's own.</summary>
    private static string Said(Answer problem, params string[] except)
    {
        var said = JsonNode.Parse(problem.Text)!.AsObject();
        var replaced = said.ContainsKey("replacement") || said["code"]!.GetValue<string>() == "quote_expired";
        foreach (var name in except.Append("request_id")) said.Remove(name);
        // The sentence speaks of the replacement.
        if (replaced) said.Remove("detail");
        return said.ToJsonString();
    }
}
