namespace PaymentOrchestrator.Sandbox.Buyers;

/// <summary>
/// The platform's id of a buyer. Only its form is checked: the sandbox knows no platform, and meets each buyer first here.
/// </summary>
internal static class BuyerId
{
    public static bool IsWellFormed(string? text) =>
        text is { Length: > 4 and <= 64 } && text.StartsWith("byr_", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
