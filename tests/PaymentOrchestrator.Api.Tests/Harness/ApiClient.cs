using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>One marketplace's view of the API: a method for each step of the main job, and a way to send anything at all.</summary>
public sealed class ApiClient(HttpClient http, Uri root, string? key)
{
    /// <summary>Known to be outside mainland China (Google's resolver).</summary>
    public const string Outside = "8.8.8.8";

    public const string ReturnUrl = "https://shop.example/back?basket=7";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NewKey() => $"key-{Guid.NewGuid():N}";

    public static string NewOrder() => $"order-{Guid.NewGuid():N}";

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, null);

    /// <summary>With a fresh Idempotency-Key.</summary>
    public Task<Answer> PostAsync(string path, JsonNode body) => PostAsync(path, body, NewKey());

    public Task<Answer> PostAsync(string path, JsonNode body, string? idempotencyKey) => PostTextAsync(path, body.ToJsonString(), idempotencyKey);

    public Task<Answer> PostTextAsync(string path, string body, string? idempotencyKey) =>
        SendAsync(HttpMethod.Post, path, Json(Encoding.UTF8.GetBytes(body)), idempotencyKey);

    /// <summary>Anything: other bytes, other content types, other headers.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? idempotencyKey, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(root, path)) { Content = content };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        change?.Invoke(request);
        using var response = await http.SendAsync(request, Cancellation);
        return await Answer.OfAsync(response, Cancellation);
    }

    public static ByteArrayContent Json(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>A fresh buyer's id.</summary>
    public async Task<string> BuyerAsync() =>
        (await PostAsync("/v1/buyers", new JsonObject { ["reference"] = $"buyer-{Guid.NewGuid():N}", ["country"] = "US" })).Must(201).Id;

    public Task<Answer> LinkAsync(string buyer, string provider, params (string Name, string Value)[] more)
    {
        var body = new JsonObject { ["provider"] = provider, ["return_url"] = ReturnUrl };
        foreach (var (name, value) in more) body[name] = value;
        return PostAsync($"/v1/buyers/{buyer}/linked-accounts", body);
    }

    public Task<Answer> CheckAsync(string buyer, long amount = 12_345_67, string? ip = Outside, string? currency = null)
    {
        var body = new JsonObject { ["buyer_id"] = buyer, ["order"] = Order(NewOrder(), amount) };
        if (ip is not null) body["buyer_ip"] = ip;
        if (currency is not null) body["source_currency"] = currency;
        return PostAsync("/v1/eligibility-checks", body);
    }

    public Task<Answer> QuoteAsync(string buyer, string method, string currency, long amount = 12_345_67, string? order = null, string? ip = Outside, string? hold = null)
    {
        var body = new JsonObject { ["buyer_id"] = buyer, ["method"] = method, ["order"] = Order(order ?? NewOrder(), amount), ["source_currency"] = currency };
        if (ip is not null) body["buyer_ip"] = ip;
        if (hold is not null) body["lock"] = hold;
        return PostAsync("/v1/quotes", body, null);
    }

    public Task<Answer> PayAsync(string quote, string? idempotencyKey = null, string? ip = null)
    {
        var body = new JsonObject { ["quote_id"] = quote };
        if (ip is not null) body["buyer_ip"] = ip;
        return PostAsync("/v1/payments", body, idempotencyKey ?? NewKey());
    }

    public static JsonObject Order(string id, long amount) =>
        new() { ["id"] = id, ["amount"] = new JsonObject { ["currency"] = "CNY", ["value"] = amount } };
}

/// <summary>What an eligibility answer or a refused payment says of one method.</summary>
public static class Verdicts
{
    /// <summary>The open methods.</summary>
    public static IReadOnlyList<string> Open(this Answer check) =>
        [.. check.At("methods").EnumerateArray().Where(method => method.GetProperty("eligible").GetBoolean()).Select(method => method.GetProperty("method").GetString()!)];

    public static JsonElement Method(this Answer check, string name) =>
        check.At("methods").EnumerateArray().Single(method => method.GetProperty("method").GetString() == name);

    /// <summary>The codes of the requirements that are not met, by whatever object holds them.</summary>
    public static IReadOnlyList<string> NotMet(this JsonElement holder) =>
        [.. holder.GetProperty("requirements").EnumerateArray().Where(one => one.GetProperty("status").GetString() != "met").Select(one => one.GetProperty("code").GetString()!)];

    public static JsonElement Requirement(this JsonElement holder, string code) =>
        holder.GetProperty("requirements").EnumerateArray().Single(one => one.GetProperty("code").GetString() == code);
}
