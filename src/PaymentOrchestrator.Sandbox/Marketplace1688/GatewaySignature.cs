using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary><c>_aop_signature</c>: HMAC-SHA1 over the path and the sorted parameters, upper-case hex.</summary>
internal static class GatewaySignature
{
    public const string Parameter = "_aop_signature";

    /// <param name="urlPath">Without a leading slash, from the protocol to the app key; empty for a message.</param>
    /// <param name="parameters">Values as they are, not encoded; the signature itself is left out.</param>
    /// <param name="secret">The app secret.</param>
    public static string Make(string urlPath, IEnumerable<KeyValuePair<string, string>> parameters, string secret)
    {
        var text = new StringBuilder(urlPath);
        foreach (var (key, value) in parameters.Where(p => p.Key != Parameter).OrderBy(p => p.Key, StringComparer.Ordinal))
            text.Append(key).Append(value);
#pragma warning disable CA5350 // The open platform prescribes SHA-1.
        return Convert.ToHexString(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    public static bool Matches(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
