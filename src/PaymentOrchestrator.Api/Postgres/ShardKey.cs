using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>Which of 65,536 shards holds a buyer: the first 16 bits of SHA-256 over marketplace, mode and the buyer's reference.</summary>
internal static class ShardKey
{
    public static short OfBuyer(Caller caller, string reference) => Of($"{caller.MarketplaceId}\n{caller.Mode.Code()}\n{reference}");

    /// <summary>Where the Idempotency-Key of a request is kept that belongs to no buyer yet.</summary>
    public static short OfIdempotencyKey(Caller caller, string key) => Of($"{caller.MarketplaceId}\n{caller.Mode.Code()}\nkey\n{key}");

    private static short Of(string text) => BinaryPrimitives.ReadInt16BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
