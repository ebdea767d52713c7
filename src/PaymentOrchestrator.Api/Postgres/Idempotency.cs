using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// One mechanism for all calls: the key's row is written by the same command, in the same transaction, as the effect it stands for. A refusal
/// leaves no row, so the key stays free. A second request with the key finds the row and answers with the resource's present state.
/// </summary>
internal static class Idempotency
{
    /// <summary>Looks the key up. Parameters: marketplace, mode, scope, key, shard.</summary>
    public const string Find = """
        select fingerprint, resource_id
        from idempotency_keys
        where marketplace_id = @marketplace and mode = @mode and scope = @scope and key = @key and shard_key = @shard;
        """;

    /// <summary>Part of a command whose key belongs to no buyer, so that it lies where the key itself says. Parameters: <see cref="KeyParameters"/>.</summary>
    public const string InsertKey = """
        insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
        select @marketplace, @mode, @scope, @key, @fingerprint, @resource, @now, @keyShard where @key is not null;

        """;

    public static DynamicParameters KeyParameters(Caller caller, KeyedRequest key, Guid resource, DateTimeOffset now)
    {
        var parameters = new DynamicParameters(new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            scope = Guid.Empty,
            key = key.Key,
            fingerprint = key.Fingerprint,
            resource,
            now = now.UtcDateTime,
            keyShard = key.Key is null ? (short)0 : ShardKey.OfIdempotencyKey(caller, key.Key),
        });
        return parameters;
    }

    /// <summary>What an earlier request with the key left, where the key belongs to no buyer; null when there was none, or there is no key.</summary>
    public static async Task<IdempotencyRow?> FindKeyAsync(this Db db, Caller caller, string? key, CancellationToken cancellationToken)
    {
        if (key is null) return null;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<IdempotencyRow>(new CommandDefinition(Find, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            scope = Guid.Empty,
            key,
            shard = ShardKey.OfIdempotencyKey(caller, key),
        }, cancellationToken: cancellationToken));
    }

    /// <summary>Takes the request's key, if it has one, in the same transaction as whatever else the batch writes.</summary>
    /// <param name="scope">The buyer.</param>
    /// <param name="resource">What the key stands for from now on.</param>
    public static void TakeKey(this NpgsqlBatchCommandCollection commands, KeyedRequest? request, Caller caller, Guid scope, Guid resource, short shard, DateTimeOffset now)
    {
        if (request?.Key is not { } key) return;
        const string sql = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """;
        commands.Add(new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = caller.MarketplaceId },
                new NpgsqlParameter<string> { TypedValue = caller.Mode.Code() },
                new NpgsqlParameter<Guid> { TypedValue = scope },
                new NpgsqlParameter<string> { TypedValue = key },
                new NpgsqlParameter<byte[]> { TypedValue = request.Fingerprint },
                new NpgsqlParameter<Guid> { TypedValue = resource },
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
                new NpgsqlParameter<short> { TypedValue = shard },
            },
        });
    }

    /// <summary>Whether the exception says that another request took the key first. Its transaction, and so its effect, is not ours.</summary>
    public static bool IsTaken(PostgresException e) => Violates(e, "idempotency_keys_pkey");

    /// <summary>
    /// Whether a unique or check constraint stopped the command. A sharded table's constraints carry the shard's number behind their name, and a coordinator passes on a
    /// worker's words and not the field that names it.
    /// </summary>
    public static bool Violates(PostgresException e, string constraint) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.CheckViolation
        && (e.ConstraintName?.StartsWith(constraint, StringComparison.Ordinal) ?? e.MessageText.Contains(constraint, StringComparison.Ordinal));
}

/// <summary>What an earlier request with the same key left.</summary>
internal sealed class IdempotencyRow
{
    public byte[] Fingerprint { get; init; } = [];

    public Guid ResourceId { get; init; }

    /// <summary>Null when it is the same request again; the refusal when the key means something else.</summary>
    public Problem? RefusalFor(byte[] fingerprint) =>
        Fingerprint.AsSpan().SequenceEqual(fingerprint)
            ? null
            : new Problem(ProblemType.IdempotencyKeyReused, "This Idempotency-Key stands for another method, path or body. Use a new key for a new request.");
}

/// <summary>A request's key with what it stands for; null key when the caller sent none.</summary>
internal sealed record KeyedRequest(string? Key, byte[] Fingerprint);
