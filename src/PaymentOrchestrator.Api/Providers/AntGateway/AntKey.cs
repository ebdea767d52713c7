using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>
/// One RSA key, parsed once. An RSA object promises nothing about use from several threads, so each use borrows one of its own from a
/// small pool; the pool grows to the number of simultaneous uses and stays there.
/// </summary>
internal sealed class AntKey
{
    private const int MinimumBits = 2048;

    private readonly ConcurrentBag<RSA> idle = [];
    private readonly RSAParameters parameters;

    private AntKey(RSA key, bool isPrivate)
    {
        parameters = key.ExportParameters(isPrivate);
        idle.Add(key);
    }

    /// <param name="text">PKCS#8 DER as base64 in one line, as the providers' consoles give it.</param>
    /// <exception cref="FormatException">Not such a key. The message holds nothing of it.</exception>
    public static AntKey ParsePrivate(string text) => Parse(text, isPrivate: true, "a private RSA key of at least 2048 bits as base64 PKCS#8");

    /// <param name="text">X.509 SubjectPublicKeyInfo DER as base64 in one line.</param>
    /// <exception cref="FormatException">Not such a key. The message holds nothing of it.</exception>
    public static AntKey ParsePublic(string text) => Parse(text, isPrivate: false, "a public RSA key of at least 2048 bits as base64 X.509");

    public byte[] Sign(byte[] content) => Borrow(rsa => rsa.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public bool Verify(byte[] content, byte[] signature) =>
        Borrow(rsa => rsa.VerifyData(content, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static AntKey Parse(string text, bool isPrivate, string expected)
    {
        var key = RSA.Create();
        try
        {
            var der = Convert.FromBase64String(text);
            if (isPrivate) key.ImportPkcs8PrivateKey(der, out _);
            else key.ImportSubjectPublicKeyInfo(der, out _);
            if (key.KeySize < MinimumBits) throw new CryptographicException("short");
            return new AntKey(key, isPrivate);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            key.Dispose();
            // Without the inner exception: what it says about a key is nobody's business.
            throw new FormatException($"Not {expected}.");
        }
    }

    private T Borrow<T>(Func<RSA, T> use)
    {
        if (!idle.TryTake(out var rsa)) rsa = RSA.Create(parameters);
        try
        {
            return use(rsa);
        }
        finally
        {
            idle.Add(rsa);
        }
    }
}
