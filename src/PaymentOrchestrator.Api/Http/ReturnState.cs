using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// The single-use secret that travels with a buyer through a provider's pages. It begins with the id of what the buyer left for, so that it
/// routes itself; only its SHA-256 is stored.
/// </summary>
internal static class ReturnState
{
    public static string New(string id) => $"{id}.{WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32))}";

    public static byte[] Hash(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));

    /// <summary>The id that it begins with; unproven until the hash was found.</summary>
    public static string IdOf(string state) => state.Split('.')[0];
}
