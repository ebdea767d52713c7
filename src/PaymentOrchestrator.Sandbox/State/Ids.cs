using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Sandbox.State;

/// <summary>Names that the providers give.</summary>
internal static class Ids
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>An unguessable name, as a token or code must be.</summary>
    public static string New(string prefix, int length = 24) => prefix + RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>The same digits for the same buyer at every start: an account number that needs no table.</summary>
    public static string Digits(string purpose, string buyerId, int length)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}:{buyerId}"));
        return string.Create(length, hash, static (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = (char)('0' + (bytes[i % bytes.Length] % 10));
        });
    }
}
