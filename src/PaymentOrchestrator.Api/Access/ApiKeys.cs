using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// API keys: <c>po_test_</c> or <c>po_live_</c>, 32 random base-62 characters (190 bits) and six of checksum. Only a key's SHA-256 is stored.
/// </summary>
internal sealed class ApiKeys(Db db, TimeProvider clock)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;

    // A revoked key stops working on every instance within this time.
    private static readonly TimeSpan CacheFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Caller Caller, long Until)> known = new(StringComparer.Ordinal);

    public static string Generate(Mode mode)
    {
        var random = RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return Prefix(mode) + random + Checksum(random);
    }

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The key's owner; null for a key that is malformed, unknown or revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        // The checksum turns typing errors away before they cost a query.
        if (ModeOf(key) is not { } mode) return null;
        var now = clock.GetTimestamp();
        if (known.TryGetValue(key, out var hit) && clock.GetElapsedTime(hit.Until, now) < TimeSpan.Zero) return hit.Caller;

        const string sql = "select marketplace_id from api_keys where key_hash = @hash and mode = @mode and revoked_at is null;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var marketplace = await connection.QuerySingleOrDefaultAsync<int?>(
            new CommandDefinition(sql, new { hash = Hash(key), mode = mode.Code() }, cancellationToken: cancellationToken));
        if (marketplace is null)
        {
            known.TryRemove(key, out _);
            return null;
        }

        var caller = new Caller(marketplace.Value, mode);
        known[key] = (caller, now + (long)(CacheFor.TotalSeconds * clock.TimestampFrequency));
        return caller;
    }

    private static Mode? ModeOf(string key)
    {
        foreach (var mode in Enum.GetValues<Mode>())
        {
            var prefix = Prefix(mode);
            if (key.Length != prefix.Length + RandomLength + ChecksumLength || !key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var random = key.Substring(prefix.Length, RandomLength);
            return key.EndsWith(Checksum(random), StringComparison.Ordinal) ? mode : null;
        }

        return null;
    }

    private static string Prefix(Mode mode) => $"po_{mode.Code()}_";

    private static string Checksum(string random)
    {
        var number = BitConverter.ToUInt32(SHA256.HashData(Encoding.ASCII.GetBytes(random)), 0);
        var text = new char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(number % 62)];
            number /= 62;
        }

        return new string(text);
    }
}
