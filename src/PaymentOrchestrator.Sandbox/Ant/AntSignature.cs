using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>
/// RSA256 over <c>METHOD path LF client-id.time.body</c>, with the path and the body exactly as they are on the wire.
/// </summary>
internal static class AntSignature
{
    public static byte[] ContentToSign(string method, string path, string clientId, string time, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{method} {path}\n{clientId}.{time}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return content;
    }

    public static string Sign(RSA privateKey, byte[] content) =>
        Convert.ToBase64String(privateKey.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>False also for a header that can't be read: to the caller both mean an invalid signature.</summary>
    public static bool Verify(RSA publicKey, byte[] content, string signatureHeader)
    {
        var signature = SignatureOf(signatureHeader);
        if (signature is null)
            return false;
        var bytes = new byte[512];
        return Convert.TryFromBase64String(signature, bytes, out var length)
            && publicKey.VerifyData(content, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>
    /// The base64 text from <c>algorithm=RSA256,keyVersion=2,signature=…</c>: pairs in any order, blanks allowed, keyVersion
    /// optional. Decoded only if it holds a percent sign, for an un-encoded plus must not become a blank.
    /// </summary>
    public static string? SignatureOf(string header)
    {
        string? signature = null;
        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return null;
            var (name, value) = (pair[..equals].TrimEnd(), pair[(equals + 1)..].TrimStart());
            if (name == "algorithm" && value != "RSA256")
                return null;
            if (name == "signature")
                signature = value.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(value) : value;
        }

        return signature;
    }
}
