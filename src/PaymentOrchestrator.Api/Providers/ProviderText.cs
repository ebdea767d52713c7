using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Texts that leave the adapters.</summary>
internal static class ProviderText
{
    private const int MaxCodeLength = 64;

    /// <summary>A provider's code, fit for messages and logs: a code holds no blanks and no sentences, and nothing else is passed on.</summary>
    public static string Code(string? code) =>
        code is { Length: > 0 and <= MaxCodeLength } && code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.') && !CardNumbers.Contains(code)
            ? code
            : "an unreadable code";

    /// <summary>
    /// A provider's words as they may be kept: a card number in them is hidden. Not for its ids of accounts and movements: one in a few hundred of those that are digits
    /// looks like a card number, and one that is changed finds neither account nor money again.
    /// </summary>
    public static string? Kept(string? text) => text is null ? null : CardNumbers.Hide(text);

    /// <summary>An account's name for people, with its middle hidden.</summary>
    public static string Mask(string name) => name.Length <= 4 ? "••••" : name.Length < 8 ? $"{name[0]}••••{name[^1]}" : $"{name[..2]}••••{name[^4..]}";

    /// <summary>The URL with these query parameters added, each percent-encoded.</summary>
    public static Uri WithQuery(Uri url, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var text = url.AbsoluteUri;
        foreach (var (name, value) in parameters)
            text += (text.Contains('?', StringComparison.Ordinal) ? "&" : "?") + Uri.EscapeDataString(name) + "=" + Uri.EscapeDataString(value);
        return new Uri(text);
    }
}
