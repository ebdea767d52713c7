using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// API keys: <c>po_test_</c> or <c>po_live_</c> (publishable ones <c>po_pk_test_</c>, <c>po_pk_live_</c>), 32 random base-62 characters (190 bits) and six of
/// checksum. Only a key's SHA-256 is stored, with its first four random characters for people.
/// </summary>
internal sealed class ApiKeys(Db db, TimeProvider clock)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;
    private const int ShownLength = 4;

    // A revoked key stops working on every instance within this time.
    private static readonly TimeSpan CacheFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (FoundKey Key, long Until)> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> used = new();

    public static string Generate(Mode mode, bool publishable = false)
    {
        var random = RandomText();
        return Prefix(mode, publishable) + random + Checksum(random);
    }

    /// <summary>190 random bits in letters and digits.</summary>
    public static string RandomText() => RandomNumberGenerator.GetString(Alphabet, RandomLength);

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>What is kept of a key's text, so that people can tell keys apart: <c>po_test_Ab3x</c>.</summary>
    public static string ShownPart(string key) => key[..(key.LastIndexOf('_') + 1 + ShownLength)];

    /// <summary>The key, and the buyer session that it is used with; null for a key that is malformed, unknown, expired or revoked.</summary>
    /// <param name="sessionSecret">As the browser sent it; null for none. One that is not valid is found as none.</param>
    public async ValueTask<FoundKey?> FindAsync(string key, string? sessionSecret, CancellationToken cancellationToken)
    {
        // The checksum turns typing errors away before they cost a query.
        if (KindOf(key) is not var (mode, publishable)) return null;
        if (!publishable) sessionSecret = null;
        var cacheKey = sessionSecret is null ? key : $"{key} {sessionSecret}";
        var now = clock.GetTimestamp();
        var today = clock.GetUtcNow();
        if (known.TryGetValue(cacheKey, out var hit) && clock.GetElapsedTime(hit.Until, now) < TimeSpan.Zero && !hit.Key.HasExpired(today)) return hit.Key;

        var found = await ReadAsync(key, mode, publishable, sessionSecret, cancellationToken);
        if (found is null || found.HasExpired(today))
        {
            known.TryRemove(cacheKey, out _);
            return null;
        }

        // Once per look-up, and so at most five seconds early.
        used[found.Id] = today;
        // What was not found is not remembered: it may be made the next moment.
        if (publishable && found.Session is null) return found;
        known[cacheKey] = (found, now + (long)(CacheFor.TotalSeconds * clock.TimestampFrequency));
        return found;
    }

    /// <summary>Whether the key, with the session that it came with, was found a moment ago: since the last sweep at least.</summary>
    public bool Remembers(string key, string sessionSecret) => known.ContainsKey(key) || known.ContainsKey($"{key} {sessionSecret}");

    /// <summary>Makes this instance look the key, or the session, up again at its next use; the others do so within five seconds.</summary>
    public void Forget(Guid id)
    {
        foreach (var (text, entry) in known)
            if (entry.Key.Id == id || entry.Key.Session?.Id == id) known.TryRemove(text, out _);
    }

    /// <summary>Lets go of what has not been used for a while.</summary>
    public void Sweep()
    {
        var now = clock.GetTimestamp();
        foreach (var (text, entry) in known)
            if (clock.GetElapsedTime(entry.Until, now) >= TimeSpan.Zero) known.TryRemove(text, out _);
    }

    /// <summary>Which keys were used since the last call, and when last.</summary>
    public IReadOnlyList<KeyValuePair<Guid, DateTimeOffset>> TakeUses()
    {
        var taken = used.ToArray();
        foreach (var use in taken) used.TryRemove(use);
        return taken;
    }

    private async Task<FoundKey?> ReadAsync(string key, Mode mode, bool publishable, string? sessionSecret, CancellationToken cancellationToken)
    {
        const string findKey = """
            select id, marketplace_id, scopes, allowed_origins, expires_at
            from api_keys where key_hash = @hash and mode = @mode and kind = @kind and revoked_at is null;
            """;
        const string findSession = """
            select s.id, s.buyer_id, s.order_id, s.order_amount, s.expires_at
            from buyer_sessions s join api_keys k on k.marketplace_id = s.marketplace_id and k.mode = s.mode
            where k.key_hash = @hash and s.id = @session and s.secret_hash = @secretHash and s.revoked_at is null and s.shard_key = @shard;
            """;
        var session = BuyerSessionSecret.IdIn(sessionSecret);
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(session is null ? findKey : findKey + findSession, new
        {
            hash = Hash(key),
            mode = mode.Code(),
            kind = publishable ? ApiKeyResource.PublishableKind : ApiKeyResource.SecretKind,
            session = session?.Value,
            secretHash = sessionSecret is null ? null : Hash(sessionSecret),
            shard = session?.ShardKey,
        }, cancellationToken: cancellationToken));
        var row = await rows.ReadSingleOrDefaultAsync<KeyRow>();
        var sessionRow = session is null ? null : await rows.ReadSingleOrDefaultAsync<SessionRow>();
        if (row is null) return null;
        return new FoundKey(row.Id, row.MarketplaceId, mode, publishable, row.Scopes.ToHashSet(StringComparer.Ordinal), row.AllowedOrigins, row.ExpiresAt)
        {
            Session = sessionRow is null || sessionRow.ExpiresAt <= clock.GetUtcNow() ? null : new FoundSession(
                sessionRow.Id, new Id<BuyerResource>(sessionRow.BuyerId), sessionRow.OrderId, sessionRow.OrderAmount, sessionRow.ExpiresAt),
        };
    }

    private static (Mode Mode, bool Publishable)? KindOf(string key)
    {
        foreach (var mode in Enum.GetValues<Mode>())
        {
            foreach (var publishable in new[] { false, true })
            {
                var prefix = Prefix(mode, publishable);
                if (key.Length != prefix.Length + RandomLength + ChecksumLength || !key.StartsWith(prefix, StringComparison.Ordinal)) continue;
                var random = key.Substring(prefix.Length, RandomLength);
                return key.EndsWith(Checksum(random), StringComparison.Ordinal) ? (mode, publishable) : null;
            }
        }

        return null;
    }

    private static string Prefix(Mode mode, bool publishable) => publishable ? $"po_pk_{mode.Code()}_" : $"po_{mode.Code()}_";

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

    private sealed class KeyRow
    {
        public Guid Id { get; init; }

        public int MarketplaceId { get; init; }

        public string[] Scopes { get; init; } = [];

        public string[] AllowedOrigins { get; init; } = [];

        public DateTime? ExpiresAt { get; init; }
    }

    private sealed class SessionRow
    {
        public Guid Id { get; init; }

        public Guid BuyerId { get; init; }

        public string? OrderId { get; init; }

        public long? OrderAmount { get; init; }

        public DateTime ExpiresAt { get; init; }
    }
}

/// <summary>A key that works, as a request presented it.</summary>
internal sealed record FoundKey(
    Guid Id, int MarketplaceId, Mode Mode, bool Publishable, IReadOnlySet<string> Scopes, IReadOnlyList<string> AllowedOrigins, DateTimeOffset? ExpiresAt)
{
    /// <summary>The session of a publishable key; null when none was given, or none that is valid.</summary>
    public FoundSession? Session { get; init; }

    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now || Session?.ExpiresAt <= now;
}

internal sealed record FoundSession(Guid Id, Id<BuyerResource> BuyerId, string? OrderId, long? OrderAmount, DateTimeOffset ExpiresAt);
