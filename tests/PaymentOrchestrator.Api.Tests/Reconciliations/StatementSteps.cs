using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Reconciliations;

/// <summary>What tests of reconciliation do again and again. Files are the sandbox's own download, with what a test plants in it.</summary>
internal static class StatementSteps
{
    public const string Header = "type,provider_reference,request_id,payment_id,currency,amount,occurred_at";

    public static string Text(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The provider's own file, less what is about others' payments.</summary>
    public static async Task<List<string>> DownloadAsync(this TestSystem system, string provider, DateTimeOffset from, DateTimeOffset to, params string[] payments)
    {
        var answer = (await system.Sandbox.AskAsync(
            HttpMethod.Get, new Uri(system.SandboxUrl, $"/sandbox/statements/{provider}?from={Uri.EscapeDataString(from.Text())}&to={Uri.EscapeDataString(to.Text())}"), null)).Must(200);
        var lines = answer.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(Header, lines[0]);
        return [.. lines.Skip(1).Where(line => payments.Any(payment => line.Contains(payment, StringComparison.Ordinal)))];
    }

    public static Task<Answer> UploadAsync(this ApiClient api, string provider, DateTimeOffset from, DateTimeOffset to, IEnumerable<string> lines, string? key = null) =>
        api.UploadAsync(provider, from.Text(), to.Text(), Encoding.UTF8.GetBytes(string.Concat(lines.Prepend(Header).Select(line => line + "\n"))), key);

    public static Task<Answer> UploadAsync(this ApiClient api, string provider, string from, string to, byte[] body, string? key = null, string type = "text/csv") =>
        api.SendAsync(
            HttpMethod.Post, $"/v1/reconciliations?provider={provider}&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}",
            new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } }, key);

    public static Task<Answer> FetchAsync(this ApiClient api, string provider, DateTimeOffset from, DateTimeOffset to, string? key = null) =>
        api.PostAsync("/v1/reconciliations", new JsonObject { ["provider"] = provider, ["from"] = from.Text(), ["to"] = to.Text() }, key);

    public static async Task<IReadOnlyList<JsonElement>> AllAsync(this ApiClient api, string path)
    {
        var all = new List<JsonElement>();
        var cursor = "";
        while (true)
        {
            var page = (await api.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=100{cursor}")).Must(200);
            all.AddRange(page.At("data").EnumerateArray());
            if (page["has_more"] == "False") return all;
            cursor = $"&cursor={page["next_cursor"]}";
        }
    }

    /// <summary>The differences of a reconciliation as <c>kind type object</c>, or the provider's reference where there is no object.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(this ApiClient api, string reconciliation) =>
        [.. (await api.AllAsync($"/v1/reconciliations/{reconciliation}/differences"))
            .Select(one => $"{one.Text("kind")} {one.Text("type")} {one.Text("object_id") ?? one.Text("provider_reference")}").Order(StringComparer.Ordinal)];

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();
}
