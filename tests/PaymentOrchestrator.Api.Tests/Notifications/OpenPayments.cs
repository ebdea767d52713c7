using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Notifications;

/// <summary>Payments that their provider has executed and that nobody here knows to have ended: what a notification is for.</summary>
internal static class OpenPayments
{
    /// <summary>Executed at the provider; to us it waits for the buyer (alipay, card) or for an answer that was lost (worldfirst).</summary>
    public static async Task<string> ExecutedAsync(this TestSystem system, string provider, ApiClient? by = null)
    {
        var api = by ?? system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        if (provider == "worldfirst")
        {
            await system.FaultAsync(buyer, "timeout_after", "worldfirst", "createTransfer");
            var processing = await PayAsync(api, buyer, "world_pay", "USD", ApiClient.NewOrder());
            Assert.Equal("processing", processing["status"]);
            // Whoever made it is long gone.
            await system.Database.ExecuteAsync("update payments set created_at = now() - interval '1 minute' where id = $1", Database.Uuid(processing.Id));
            return processing.Id;
        }

        if (provider == "card")
        {
            var link = (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_authenticationRequired"))).Must(201);
            await system.Sandbox.DecideAsync(link["next_action.url"]);
        }

        var waiting = provider == "card"
            ? await PayAsync(api, buyer, "card", "USD", ApiClient.NewOrder())
            : await PayAsync(api, buyer, "alipay", "CNY", $"cashier-{Guid.NewGuid():N}");
        Assert.Equal("requires_action", waiting["status"]);
        // The buyer approves, and the browser does not come back.
        using var form = new FormUrlEncodedContent([new("decision", "approve")]);
        (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(waiting["next_action.url"]), form)).Must(303);
        return waiting.Id;
    }

    public static async Task FaultAsync(this TestSystem system, string buyer, string fault, string provider, string operation, int delayMs = 200, int times = 1)
    {
        var body = new JsonObject
        {
            ["fault"] = fault,
            ["times"] = times,
            ["delay_ms"] = delayMs,
            ["scope"] = new JsonObject { ["buyer_id"] = buyer, ["provider"] = provider, ["operation"] = operation },
        };
        if (fault.StartsWith("error_", StringComparison.Ordinal)) body.Remove("delay_ms");
        (await system.Sandbox.AskAsync(
            HttpMethod.Post, new Uri(system.Sandbox.Root, "/sandbox/faults"), new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"))).Must(201);
    }

    public static async Task UntilAsync(this ApiClient api, string path, string field, string value)
    {
        for (var patience = 0; ; patience++)
        {
            var now = (await api.GetAsync(path)).Must(200);
            if (now[field] == value) return;
            Assert.True(patience < 600, $"Still {now.Text}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Succeeded, told once, booked once, executed once.</summary>
    public static async Task AssertSucceededOnceAsync(this TestSystem system, string payment)
    {
        Assert.Equal("succeeded", (await system.Api.GetAsync($"/v1/payments/{payment}")).Must(200)["status"]);
        Assert.Single(await system.Database.EventsAsync(payment), "payment.succeeded");
        Assert.Equal(["payment"], await system.Database.RowsAsync("select kind from ledger_transactions where payment_id = $1 and kind <> 'settlement'", Database.Uuid(payment)));
        Assert.Single(await system.Sandbox.ExecutionsAsync(payment));
    }

    private static async Task<Answer> PayAsync(ApiClient api, string buyer, string method, string currency, string order) =>
        (await api.PayAsync((await api.QuoteAsync(buyer, method, currency, order: order)).Must(201).Id)).Must(201);
}
