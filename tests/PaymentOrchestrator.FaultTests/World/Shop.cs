using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, string Text)
{
    private readonly Lazy<JsonElement> json = new(() => JsonDocument.Parse(Text).RootElement);

    public JsonElement Json => json.Value;

    public string? Id => Of("id");

    public string? State => Of("status");

    public string? Code => Of("code");

    /// <summary>A text at the top of the answer; null where there is none, or none of that kind.</summary>
    public string? Of(string name)
    {
        if (!Text.StartsWith('{')) return null;
        return Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}

/// <summary>A marketplace's server: speaks to the API over HTTP, and to the sandbox's controls.</summary>
internal sealed class Shop(HttpClient http, Uri api, Uri sandbox, string key)
{
    /// <summary>Known to be outside mainland China (Google's resolver).</summary>
    private const string Outside = "8.8.8.8";

    private static readonly string[] Facts =
    [
        "worldfirst.account", "worldfirst.identity", "worldfirst.marketplace_link", "alipay.account", "alipay.identity", "alipay.mainland_bank_account", "alipay.funding",
        "marketplace.account", "marketplace.identity", "marketplace.alipay_login", "card.linked", "card.scheme",
    ];

    public Uri Sandbox => sandbox;

    /// <summary>The instance of the API that it speaks to.</summary>
    public Uri Address => api;

    public static HttpClient NewHttp(TimeSpan patience) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        // The flow's header is ours to set.
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = patience };

    /// <summary>Null when no whole answer came.</summary>
    public async Task<Reply?> SendAsync(HttpMethod method, string path, JsonNode? body, string? idempotencyKey = null, Flow? flow = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(api, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (flow is not null) request.Headers.TryAddWithoutValidation("traceparent", flow.TraceParent);
        if (body is not null) request.Content = Json(body);
        return await SendAsync(request);
    }

    public Task<Reply?> QuoteAsync(string buyer, string method, string currency, string order, long amount, Flow? flow = null) => SendAsync(HttpMethod.Post, "/v1/quotes", new JsonObject
    {
        ["buyer_id"] = buyer,
        ["method"] = method,
        ["order"] = new JsonObject { ["id"] = order, ["amount"] = Cny(amount) },
        ["source_currency"] = currency,
        ["buyer_ip"] = Outside,
    }, flow: flow);

    public Task<Reply?> PayAsync(string quote, string idempotencyKey, Flow? flow = null) =>
        SendAsync(HttpMethod.Post, "/v1/payments", new JsonObject { ["quote_id"] = quote, ["buyer_ip"] = Outside, ["return_url"] = "https://shop.example/back" }, idempotencyKey, flow);

    /// <param name="amount">CNY minor units; null for all that is left.</param>
    public Task<Reply?> RefundAsync(string payment, long? amount, string idempotencyKey, Flow? flow = null) =>
        SendAsync(HttpMethod.Post, $"/v1/payments/{payment}/refunds", amount is { } part ? new JsonObject { ["amount"] = Cny(part) } : [], idempotencyKey, flow);

    public Task<Reply?> CancelAsync(string payment, string idempotencyKey, Flow? flow = null) => SendAsync(HttpMethod.Post, $"/v1/payments/{payment}/cancel", null, idempotencyKey, flow);

    public Task<Reply?> GetAsync(string path, Flow? flow = null) => SendAsync(HttpMethod.Get, path, null, flow: flow);

    /// <summary>A buyer with every account linked and every currency held.</summary>
    public async Task<string> ReadyBuyerAsync(string reference, IReadOnlyDictionary<string, long> balances)
    {
        var made = await SendAsync(HttpMethod.Post, "/v1/buyers", new JsonObject { ["reference"] = reference, ["country"] = "US" }, $"make-{reference}");
        var buyer = made is { Status: 201, Id: { } id } ? id : throw new InvalidOperationException($"No buyer: {made?.Status} {made?.Text}");
        await PatchAsync(buyer, new JsonObject
        {
            ["facts"] = new JsonObject(Facts.Select(fact => KeyValuePair.Create(fact, (JsonNode?)true))),
            ["balances"] = new JsonObject(balances.Select(held => KeyValuePair.Create(held.Key, (JsonNode?)held.Value))),
        });
        return buyer;
    }

    /// <summary>Changes a buyer at the providers. Where the API is too slow to hear of it, the same again tells it again.</summary>
    public async Task PatchAsync(string buyer, JsonObject patch)
    {
        for (var patience = 20; ; patience--)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(sandbox, $"/sandbox/buyers/{buyer}")) { Content = Json(patch) };
            var patched = await SendAsync(request);
            if (patched is { Status: 200 }) return;
            if (patience == 0 || patched is { Status: not 502 }) throw new InvalidOperationException($"The sandbox did not take {patch.ToJsonString()}: {patched?.Text}");
        }
    }

    /// <summary>Scripts trouble at the providers.</summary>
    public async Task ScriptAsync(JsonObject fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(sandbox, "/sandbox/faults")) { Content = Json(fault) };
        var scripted = await SendAsync(request);
        if (scripted is not { Status: 201 }) throw new InvalidOperationException($"The sandbox did not take {fault.ToJsonString()}: {scripted?.Text}");
    }

    /// <summary>Ends trouble; what happened of it, by kind.</summary>
    /// <param name="kind">Of this kind; null for all.</param>
    public async Task<IReadOnlyDictionary<string, int>> EndTroubleAsync(string? kind = null)
    {
        using var list = new HttpRequestMessage(HttpMethod.Get, new Uri(sandbox, "/sandbox/faults"));
        var faults = (await SendAsync(list))!.Json.GetProperty("data").EnumerateArray().Where(fault => kind is null || fault.GetProperty("fault").GetString() == kind).ToList();
        foreach (var path in kind is null ? ["/sandbox/faults"] : faults.Select(fault => $"/sandbox/faults/{fault.GetProperty("fault_id").GetString()}"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(sandbox, path));
            await SendAsync(request);
        }

        return faults.GroupBy(fault => fault.GetProperty("fault").GetString()!).ToDictionary(one => one.Key, one => one.Sum(fault => fault.GetProperty("hits").GetInt32()));
    }

    /// <summary>The buyer decides on the provider's page; where the page then sends the browser, null for nowhere.</summary>
    public async Task<Uri?> DecideAsync(string page, bool approve)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("decision", approve ? "approve" : "refuse")]);
        try
        {
            using var response = await http.PostAsync(new Uri(page), form);
            return response.Headers.Location;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Anything to anywhere, without a key.</summary>
    public async Task<Reply?> SendAsync(HttpRequestMessage request, Flow flow)
    {
        request.Headers.TryAddWithoutValidation("traceparent", flow.TraceParent);
        return await SendAsync(request);
    }

    public async Task<Reply?> SendAsync(HttpRequestMessage request)
    {
        try
        {
            using var response = await http.SendAsync(request);
            return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static JsonObject Cny(long value) => new() { ["currency"] = "CNY", ["value"] = value };

    private static ByteArrayContent Json(JsonNode body) => new(Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
