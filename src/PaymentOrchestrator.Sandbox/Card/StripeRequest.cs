using System.Globalization;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>One call inside its transaction: parameters in Stripe's bracket form, and who asks from where.</summary>
internal sealed class StripeRequest(
    Tx tx, IReadOnlyDictionary<string, string> parameters, RouteValueDictionary route, string origin, string? idempotencyKey, DateTimeOffset now)
{
    public Tx Tx { get; } = tx;

    /// <summary>Scheme and host; hosted pages are made from it.</summary>
    public string Origin { get; } = origin;

    public string? IdempotencyKey { get; } = idempotencyKey;

    public DateTimeOffset Now { get; } = now;

    public long UnixNow => Now.ToUnixTimeSeconds();

    public string RouteId => (string)route["id"]!;

    /// <summary>An empty parameter is Stripe's way to unset: here the same as none.</summary>
    public string? Text(string name) => parameters.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public string Required(string name) => Text(name) ?? throw StripeErrorException.Missing(name);

    public long? Whole(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw StripeErrorException.Invalid($"Invalid integer: {text}", name, "parameter_invalid_integer");
    }

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw StripeErrorException.Invalid("Invalid boolean", name),
    };

    /// <summary><c>metadata[key]</c>, or the same below another parameter.</summary>
    public Dictionary<string, string> Metadata(string name = "metadata") => parameters
        .Where(p => p.Key.StartsWith(name + "[", StringComparison.Ordinal) && p.Key.EndsWith(']') && p.Value.Length > 0)
        .ToDictionary(p => p.Key[(name.Length + 1)..^1], p => p.Value, StringComparer.Ordinal);

    /// <summary><c>expand[0]=latest_charge</c>.</summary>
    public bool Expands(string field) => parameters.Any(p => p.Key.StartsWith("expand[", StringComparison.Ordinal) && p.Value == field);
}
