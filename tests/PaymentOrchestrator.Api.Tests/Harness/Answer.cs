using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>What the API answered: readable by path, and never parsed before it is asked for.</summary>
public sealed class Answer
{
    private readonly Lazy<JsonElement> json;

    private Answer(HttpResponseMessage response, string text)
    {
        Status = (int)response.StatusCode;
        Text = text;
        ContentType = response.Content.Headers.ContentType?.ToString();
        Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value), StringComparer.OrdinalIgnoreCase);
        json = new Lazy<JsonElement>(() => JsonDocument.Parse(Text).RootElement);
    }

    public int Status { get; }

    public string Text { get; }

    public string? ContentType { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public JsonElement Json => json.Value;

    public string Id => this["id"];

    public string Code => this["code"];

    public bool IsProblem => ContentType == "application/problem+json";

    public bool Replayed => Headers.GetValueOrDefault("Idempotent-Replayed") == "true";

    public Uri Location => new(Headers["Location"], UriKind.RelativeOrAbsolute);

    /// <summary>A text at a path such as <c>failure.code</c>; numbers and booleans as JSON spells them, null as <c>null</c>.</summary>
    public string this[string path] => At(path).ToString() is { Length: > 0 } text ? text : At(path).ValueKind == JsonValueKind.Null ? "null" : "";

    public static async Task<Answer> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(response, await response.Content.ReadAsStringAsync(cancellationToken));

    public JsonElement At(string path) => path.Split('.').Aggregate(Json, (element, name) =>
        element.ValueKind == JsonValueKind.Array ? element[int.Parse(name, CultureInfo.InvariantCulture)]
        : element.TryGetProperty(name, out var found) ? found
        : throw new InvalidOperationException($"The answer has no {path}: {Text}"));

    public bool Has(string name) => Json.TryGetProperty(name, out _);

    public long Value(string path) => At(path + ".value").GetInt64();

    /// <summary>An amount, like <c>USD 180700</c> (minor units).</summary>
    public string Amount(string path) => $"{this[path + ".currency"]} {Value(path).ToString(CultureInfo.InvariantCulture)}";

    public DateTimeOffset Time(string path) => DateTimeOffset.Parse(this[path], CultureInfo.InvariantCulture);

    /// <summary>The fields that a problem names.</summary>
    public IReadOnlyList<string> Fields() => Has("errors") ? [.. At("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!)] : [];

    /// <summary>This answer, if it is of the status; else the test fails with what the API said.</summary>
    public Answer Must(HttpStatusCode status) => Must((int)status);

    public Answer Must(int status, string? code = null)
    {
        Assert.True(Status == status && (code is null || Code == code), $"Expected {status} {code}, got {Status}: {Text}");
        return this;
    }
}
