using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Stripe;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Disputes;

/// <summary>What tests of disputes do again and again. The acquirer's account is asked for its disputes, and evidence is sent, as its owner would.</summary>
internal static class DisputeSteps
{
    public const string Disputed = "pm_card_createDispute";
    public const string Inquiry = "pm_card_createDisputeInquiry";

    private static readonly HttpClient Acquirer = new(new SocketsHttpHandler { UseProxy = false })
    {
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_owner") },
    };

    /// <summary>A succeeded card payment whose cardholder disputes it at once, and the acquirer's id of the dispute.</summary>
    public static async Task<(Answer Payment, string Reference)> DisputedAsync(
        this TestSystem system, ApiClient api, string card = Disputed, string currency = "USD", long amount = 12_345_67)
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        (await api.LinkAsync(buyer, "card", ("payment_method", card))).Must(201);
        var payment = await api.PaidByAsync(buyer, "card", currency, amount);
        return (payment, await system.DisputeOfAsync(payment.Id));
    }

    /// <summary>The acquirer's id of a payment's dispute.</summary>
    public static async Task<string> DisputeOfAsync(this TestSystem system, string payment)
    {
        var intent = (await system.Database.RowsAsync("select provider_reference from payments where id = $1", Database.Uuid(payment))).Single();
        using var response = await Acquirer.GetAsync(new Uri(system.SandboxUrl, $"/v1/disputes?payment_intent={intent}"), TestContext.Current.CancellationToken);
        using var found = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return found.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    public static async Task DecideAsync(this TestSystem system, string dispute, string evidence)
    {
        using var response = await Acquirer.PostAsync(
            new Uri(system.SandboxUrl, $"/v1/disputes/{dispute}"), new FormUrlEncodedContent([new("evidence[uncategorized_text]", evidence)]), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>As the acquirer says that the dispute has changed.</summary>
    public static Task<Answer> NotifyDisputeAsync(this TestSystem system, string dispute, string type = "charge.dispute.created", string intent = "pi_hint", ApiClient? instance = null)
    {
        var body = new JsonObject
        {
            ["id"] = "evt_1",
            ["object"] = "event",
            ["type"] = type,
            ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = dispute, ["object"] = "dispute", ["payment_intent"] = intent, ["amount"] = 1, ["status"] = "won" } },
        }.ToJsonString();
        var signature = EventUtility.GenerateSignatureHeader(body, system.CardWebhookSecret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return (instance ?? system.ClientWith(null)).SendAsync(
            HttpMethod.Post, "/v1/provider-notifications/card", ApiClient.Json(Encoding.UTF8.GetBytes(body)), null, request => request.Headers.Add("Stripe-Signature", signature));
    }

    public static async Task<Answer> DisputeAsync(this ApiClient api, string payment)
    {
        var found = (await api.GetAsync($"/v1/disputes?payment_id={payment}")).Must(200);
        return (await api.GetAsync($"/v1/disputes/{found["data.0.id"]}")).Must(200);
    }

    /// <summary>What the books hold of disputes of the payment, as <c>account currency amount</c>.</summary>
    public static Task<IReadOnlyList<string>> DisputeNetAsync(this Database database, string payment) => database.RowsAsync(
        """
        select e.account, e.currency, sum(e.amount)
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where t.payment_id = $1 and t.kind like 'dispute%'
        group by e.account, e.currency having sum(e.amount) <> 0 order by 1, 2
        """, Database.Uuid(payment));

    public static Task<IReadOnlyList<string>> DisputeKindsAsync(this Database database, string payment) => database.RowsAsync(
        "select kind from ledger_transactions where payment_id = $1 and kind like 'dispute%' order by id", Database.Uuid(payment));

    public static IEnumerable<string> Broken(this Answer proof) =>
        proof.Must(200).At("checks").EnumerateArray().Where(check => check.GetProperty("violations").GetInt64() > 0).Select(check => check.GetProperty("name").GetString()!);
}
