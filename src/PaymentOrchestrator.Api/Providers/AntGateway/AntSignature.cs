using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>
/// How Ant's gateways sign: RSASSA-PKCS1-v1_5 with SHA-256 over <c>METHOD path LF client-id "." time "." body</c>. The path, the time and
/// the body are taken literally, as they stand on the wire: the gateways treat the time as opaque text (epoch milliseconds and ISO 8601
/// both occur), and a body that was parsed and written again is another body.
/// </summary>
internal static class AntSignature
{
    private const string Algorithm = "RSA256";

    public static byte[] Content(string method, string path, string clientId, string time, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{method} {path}\n{clientId}.{time}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return content;
    }

    /// <summary>The signature as standard base64, not yet percent-encoded.</summary>
    public static string Sign(AntKey privateKey, string method, string path, string clientId, string time, ReadOnlySpan<byte> body) =>
        Convert.ToBase64String(privateKey.Sign(Content(method, path, clientId, time, body)));

    /// <summary>
    /// The header's value. The order of the pairs and the percent-encoding matter: Ant's own Java parser wants exactly three parts and no
    /// raw <c>=</c> in the third.
    /// </summary>
    /// <param name="signature">Standard base64.</param>
    /// <param name="keyVersion">Antom counts from 1, WorldFirst from 2.</param>
    /// <param name="blanks">WorldFirst writes a blank after each comma, Antom does not.</param>
    public static string Header(string signature, int keyVersion, bool blanks)
    {
        var comma = blanks ? ", " : ",";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"algorithm={Algorithm}{comma}keyVersion={keyVersion}{comma}signature={Uri.EscapeDataString(signature)}");
    }

    /// <summary>Whether the header is the holder of the key's signature over this message. False for a header that is missing or cannot be read.</summary>
    public static bool Verify(AntKey publicKey, string? header, string method, string path, string clientId, string time, ReadOnlySpan<byte> body) =>
        TryParse(header, out var signature) && publicKey.Verify(Content(method, path, clientId, time, body), signature);

    /// <summary>
    /// Whether a notification is the provider's: signed like a request, over our own path, with its <c>Client-Id</c> (which must be the one
    /// that it knows us by) and <c>Request-Time</c>. How old a notification may be is not public and no age is refused: a repeated one must
    /// be harmless to its receiver anyway.
    /// </summary>
    public static bool VerifyNotification(
        AntKey publicKey, string ourClientId, string method, string path, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        string? clientId = headers["Client-Id"], time = headers["Request-Time"];
        return clientId == ourClientId && !string.IsNullOrEmpty(time) && Verify(publicKey, headers["Signature"], method, path, clientId, time, body);
    }

    /// <summary>Reads <c>algorithm=…, keyVersion=…, signature=…</c> in any order, with or without blanks; keyVersion may be absent.</summary>
    private static bool TryParse(string? header, [NotNullWhen(true)] out byte[]? signature)
    {
        signature = null;
        string? algorithm = null, encoded = null;
        foreach (var pair in (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // At the first '=': un-encoded base64 may end in more of them.
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) return false;
            var (name, value) = (pair[..equals].TrimEnd(), pair[(equals + 1)..].TrimStart());
            if (name.Equals("algorithm", StringComparison.OrdinalIgnoreCase) && algorithm is null) algorithm = value;
            else if (name.Equals("signature", StringComparison.OrdinalIgnoreCase) && encoded is null) encoded = value;
            else if (!name.Equals("keyVersion", StringComparison.OrdinalIgnoreCase)) return false;
        }

        if (algorithm != Algorithm || string.IsNullOrEmpty(encoded)) return false;

        // Only a value with a '%' is percent-encoded: decoding any other would be wrong, and a raw '+' must stay one.
        var base64 = encoded.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(encoded) : encoded;
        var buffer = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, buffer, out var length)) return false;
        signature = buffer[..length];
        return true;
    }
}
