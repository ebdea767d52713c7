using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>How the tests ask for payment options, and how they read them.</summary>
internal static class Options
{
    public const long Amount = 12_345_67;

    public static Task<Answer> OptionsAsync(
        this ApiClient api, string buyer, long amount = Amount, string? order = null, string? ip = ApiClient.Outside, string? comparison = null, string? language = null, string? key = null)
    {
        var body = new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(order ?? ApiClient.NewOrder(), amount) };
        if (ip is not null) body["buyer_ip"] = ip;
        if (comparison is not null) body["comparison_currency"] = comparison;
        return api.SendAsync(HttpMethod.Post, "/v1/payment-options", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString())), key, request =>
        {
            if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        });
    }

    public static IReadOnlyList<JsonElement> List(this Answer answer) => [.. answer.At("options").EnumerateArray()];

    public static JsonElement Option(this Answer answer, string method, string? currency = null) =>
        answer.List().Single(option => option.Text("method") == method && (currency is null || option.Text("source_currency") == currency));

    /// <summary><c>world_pay USD open</c>, <c>card - closed</c>.</summary>
    public static IReadOnlyList<string> Names(this Answer answer) =>
        [.. answer.List().Select(option => $"{option.Text("method")} {option.Text("source_currency") ?? "-"} {(option.GetProperty("eligible").GetBoolean() ? "open" : "closed")}")];

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static bool IsNull(this JsonElement element, string name) => element.GetProperty(name).ValueKind == JsonValueKind.Null;

    public static (string Currency, long Value) Money(this JsonElement element, string name) =>
        (element.GetProperty(name).Text("currency")!, element.GetProperty(name).GetProperty("value").GetInt64());

    public static IReadOnlyList<string> Actions(this JsonElement option) => [.. option.GetProperty("steps").EnumerateArray().Select(step => step.Text("action")!)];
}
