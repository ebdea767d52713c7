using System.Security.Cryptography;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>One provider behind the Ant gateway: its keys and the way in which it writes the Signature header.</summary>
internal sealed class AntParty : IDisposable
{
    private readonly int _keyVersion;
    private readonly string _separator;
    private readonly byte[] _publicKey;
    private readonly byte[] _privateKey;

    // RSA objects make no promise for concurrent use, and reading a key for each call costs more than the signature check.
    private readonly ThreadLocal<RSA> _verifier;
    private readonly ThreadLocal<RSA> _signer;

    public AntParty(string name, AntCredentials credentials, int keyVersion, string separator)
    {
        Name = name;
        ClientId = credentials.ClientId;
        _keyVersion = keyVersion;
        _separator = separator;
        _publicKey = Decode($"Sandbox:{name}:ClientPublicKey", credentials.ClientPublicKey);
        _privateKey = Decode($"Sandbox:{name}:PrivateKey", credentials.PrivateKey);
        _verifier = new ThreadLocal<RSA>(() => Import(rsa => rsa.ImportSubjectPublicKeyInfo(_publicKey, out _)), trackAllValues: true);
        _signer = new ThreadLocal<RSA>(() => Import(rsa => rsa.ImportPkcs8PrivateKey(_privateKey, out _)), trackAllValues: true);

        // Wrong keys shall stop the start, not the first call.
        _ = _verifier.Value;
        _ = _signer.Value;
    }

    public string Name { get; }

    public string ClientId { get; }

    public bool Verify(string method, string path, string clientId, string time, ReadOnlySpan<byte> body, string signatureHeader) =>
        AntSignature.Verify(_verifier.Value!, AntSignature.ContentToSign(method, path, clientId, time, body), signatureHeader);

    /// <summary>The whole header value. Encoded with upper-case hex and in this order, as Ant's own Java SDK can read it.</summary>
    public string SignatureHeader(string method, string path, string time, ReadOnlySpan<byte> body)
    {
        var signature = AntSignature.Sign(_signer.Value!, AntSignature.ContentToSign(method, path, ClientId, time, body));
        return $"algorithm=RSA256,{_separator}keyVersion={_keyVersion},{_separator}signature={Uri.EscapeDataString(signature)}";
    }

    public void Dispose()
    {
        foreach (var rsa in _verifier.Values.Concat(_signer.Values))
            rsa.Dispose();
        _verifier.Dispose();
        _signer.Dispose();
    }

    private static byte[] Decode(string key, string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new InvalidOperationException($"{key} must be base64 on one line.");
        }
    }

    private static RSA Import(Action<RSA> import)
    {
        var rsa = RSA.Create();
        import(rsa);
        return rsa;
    }
}
