using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Refunds;

/// <summary>The steps of giving money back.</summary>
internal static class RefundSteps
{
    /// <summary>A payment that has succeeded, of CNY 12,345.67 unless told otherwise, by a fresh buyer who can pay by every method.</summary>
    public static async Task<Answer> PaidAsync(this TestSystem system, ApiClient api, string method = "card", string currency = "USD", long amount = 12_345_67)
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync(), currency == "CNY" ? "USD" : currency);
        return await api.PaidByAsync(buyer, method, currency, amount);
    }

    public static async Task<Answer> PaidByAsync(this ApiClient api, string buyer, string method, string currency, long amount)
    {
        var quote = (await api.QuoteAsync(buyer, method, currency, amount)).Must(201);
        var payment = (await api.PayAsync(quote.Id)).Must(201);
        Assert.True(payment["status"] == "succeeded", payment.Text);
        return payment;
    }

    /// <param name="amount">CNY minor units; null for all that is left.</param>
    public static Task<Answer> RefundAsync(this ApiClient api, string payment, long? amount = null, string? key = null) =>
        api.PostAsync($"/v1/payments/{payment}/refunds", Body(amount), key ?? ApiClient.NewKey());

    public static JsonObject Body(long? amount) => amount is { } value ? new() { ["amount"] = Cny(value) } : [];

    public static JsonObject Cny(long value) => Money("CNY", value);

    public static JsonObject Money(string currency, long value) => new() { ["currency"] = currency, ["value"] = value };

    public static Task<Answer> MovedAsync(this ApiClient api, string refund, string currency, long value, string? key = null) =>
        api.PostAsync(
            $"/v1/refunds/{refund}/resolve",
            new JsonObject { ["outcome"] = "moved", ["provider_reference"] = "re_operator", ["amount"] = Money(currency, value) },
            key ?? ApiClient.NewKey());

    public static Task<Answer> NotMovedAsync(this ApiClient api, string refund) =>
        api.PostAsync($"/v1/refunds/{refund}/resolve", new JsonObject { ["outcome"] = "not_moved" });

    /// <summary>Asks for the refund until it is in the status; fails after a while.</summary>
    public static async Task<Answer> UntilAsync(this ApiClient api, string refund, string status)
    {
        for (var patience = 0; ; patience++)
        {
            var now = (await api.GetAsync($"/v1/refunds/{refund}")).Must(200);
            if (now["status"] == status) return now;
            Assert.True(patience < 300, $"Still {now.Text}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What the books of the payment add up to, as <c>account currency amount</c>, without what has come to nothing and without the supplier's settlement, which comes when it comes.</summary>
    public static Task<IReadOnlyList<string>> NetAsync(this Database database, string payment) => database.RowsAsync(
        """
        select e.account, e.currency, sum(e.amount)
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where t.payment_id = $1 and t.kind <> 'settlement'
        group by e.account, e.currency having sum(e.amount) <> 0 order by 1, 2
        """, Database.Uuid(payment));

    public static Task<IReadOnlyList<string>> KindsAsync(this Database database, string payment) => database.RowsAsync(
        "select kind from ledger_transactions where payment_id = $1 and kind <> 'settlement' order by id", Database.Uuid(payment));
}
