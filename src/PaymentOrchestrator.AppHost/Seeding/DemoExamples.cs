using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.AppHost.Seeding;

/// <summary>
/// What the contract's examples need besides the demo buyers, made anew at each start: cards that do what they are named for, and a quote for each case
/// of a payment.
/// </summary>
internal sealed class DemoExamples : IDisposable
{
    private const string Ip = "8.8.8.8";
    private readonly HttpClient api;

    // The buyer's; it sees where it is sent, and does not go to the shop, which is nowhere.
    private readonly HttpClient browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private DemoExamples(string apiUrl, string apiKey)
    {
        api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(apiUrl) };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <returns>The names that the API's document has for what its examples name → what is there.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> MakeAsync(
        string apiUrl, string apiKey, IReadOnlyDictionary<string, string> buyers, CancellationToken cancellationToken)
    {
        using var examples = new DemoExamples(apiUrl, apiKey);
        var (ready, alipay) = (buyers[DemoBuyer.Ready.Reference], buyers[DemoBuyer.MainlandAlipay.Reference]);
        var (declined, secure) = (buyers[DemoBuyer.DeclinedCard.Reference], buyers[DemoBuyer.ThreeDSecure.Reference]);
        await examples.EnsureCardAsync(declined, "pm_card_chargeCustomerFail", cancellationToken);
        await examples.EnsureCardAsync(secure, "pm_card_authenticationRequired", cancellationToken);
        // What earlier starts have paid and called so stays: each start has orders, keys and references of its own.
        var start = TimeProvider.System.GetUtcNow().ToString("MMddHHmmss", System.Globalization.CultureInfo.InvariantCulture);
        return new Dictionary<string, string>
        {
            ["order"] = $"order-{start}-100",
            ["reference"] = $"buyer-{start}-1001",
            ["buyer_ready"] = ready,
            ["buyer_new"] = buyers[DemoBuyer.New.Reference],
            ["buyer_card_only"] = buyers[DemoBuyer.CardOnly.Reference],
            ["buyer_mainland_alipay"] = alipay,
            ["buyer_low_balance"] = buyers[DemoBuyer.LowBalance.Reference],
            ["quote_to_pay"] = await examples.QuoteAsync(ready, "card", 1_234_567, "USD", "24h", cancellationToken),
            ["quote_dry_run"] = await examples.QuoteAsync(ready, "card", 1_234_567, "USD", "24h", cancellationToken),
            ["quote_expired"] = await examples.QuoteAsync(ready, "card", 1_234_567, "USD", "1m", cancellationToken),
            ["quote_declined"] = await examples.QuoteAsync(declined, "card", 1_234_567, "USD", "24h", cancellationToken),
            ["quote_3d_secure"] = await examples.QuoteAsync(secure, "card", 1_234_567, "USD", "24h", cancellationToken),
            // The sandbox's Alipay does not answer the debit of this amount, as Antom's does not; the payment itself is executed.
            ["quote_time_out"] = await examples.QuoteAsync(alipay, "alipay", 99_02, "CNY", "24h", cancellationToken),
        };
    }

    public void Dispose()
    {
        api.Dispose();
        browser.Dispose();
    }

    /// <summary>Links the acquirer's test card, once; a bank that asks the buyer at that is told yes.</summary>
    private async Task EnsureCardAsync(string buyer, string card, CancellationToken cancellationToken)
    {
        var accounts = await api.GetFromJsonAsync<JsonElement>($"/v1/buyers/{buyer}/linked-accounts", cancellationToken);
        if (accounts.GetProperty("data").EnumerateArray().Any(account => account.GetProperty("status").GetString() == "active" && account.GetProperty("provider").GetString() == "card")) return;
        var made = await PostAsync(
            $"/v1/buyers/{buyer}/linked-accounts",
            new JsonObject { ["provider"] = "card", ["payment_method"] = card, ["return_url"] = "http://localhost/" }, cancellationToken);
        if (made.GetProperty("next_action") is not { ValueKind: JsonValueKind.Object } action) return;
        using var approval = new FormUrlEncodedContent([KeyValuePair.Create("decision", "approve")]);
        using var approved = await browser.PostAsync(action.GetProperty("url").GetString(), approval, cancellationToken);
        using var returned = await browser.GetAsync(approved.Headers.Location, cancellationToken);
    }

    private async Task<string> QuoteAsync(string buyer, string method, long fen, string currency, string hold, CancellationToken cancellationToken) => (await PostAsync(
        "/v1/quotes",
        new JsonObject
        {
            ["buyer_id"] = buyer,
            ["method"] = method,
            ["order"] = new JsonObject { ["id"] = $"demo-{Guid.NewGuid():N}", ["amount"] = new JsonObject { ["currency"] = "CNY", ["value"] = fen } },
            ["source_currency"] = currency,
            ["buyer_ip"] = Ip,
            ["lock"] = hold,
        },
        cancellationToken)).GetProperty("id").GetString()!;

    /// <returns>What was made.</returns>
    private async Task<JsonElement> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } } };
        using var response = await api.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HostException($"The demo data could not be made: POST {path} answered {(int)response.StatusCode}: {answer} See the log above; start with --reset to begin from nothing.");
        return answer;
    }
}
