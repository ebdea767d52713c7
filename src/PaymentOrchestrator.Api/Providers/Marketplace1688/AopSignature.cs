using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>
/// How 1688's open platform signs: HMAC-SHA1 with the app secret over the path and all parameters in order of their names, as upper-case
/// hex. Values as they are, not encoded.
/// </summary>
internal static class AopSignature
{
    public const string Parameter = "_aop_signature";

    /// <param name="appSecret">The key.</param>
    /// <param name="urlPath"><c>param2/1/namespace/api/appKey</c>: no leading slash, no query; empty for a message.</param>
    /// <param name="parameters">All of them; the signature itself is left out.</param>
    [SuppressMessage("Security", "CA5350", Justification = "The protocol's choice. HMAC does not rest on SHA-1's lost collision resistance.")]
    public static string Sign(string appSecret, string urlPath, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder(urlPath);
        foreach (var (name, value) in parameters.Where(pair => pair.Key != Parameter).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(name).Append(value);
        return Convert.ToHexString(HMACSHA1.HashData(Encoding.UTF8.GetBytes(appSecret), Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Whether a pushed message is 1688's. Takes the same time wherever the signatures differ.</summary>
    public static bool VerifyMessage(string appSecret, string message, string? signature)
    {
        var expected = Encoding.ASCII.GetBytes(Sign(appSecret, "", [new("message", message)]));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(signature ?? ""));
    }
}
