using System.Security.Cryptography;
using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>A key that is to be.</summary>
/// <param name="Text">The key itself; its hash is what is stored.</param>
internal sealed record NewApiKey(
    Guid Id, string Text, string Kind, string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> AllowedOrigins, DateTimeOffset? ExpiresAt);

internal sealed class ApiKeyStore(Db db)
{
    /// <summary>The present key and the next one.</summary>
    public const int MaxActivePerName = 2;

    public const int MaxActive = 100;

    public static Problem TooMany { get; } = new(
        ProblemType.TooManyApiKeys,
        $"{MaxActivePerName} active keys have this name, or {MaxActive} keys are active in this mode, as many as there may be. Revoke one that is not used any more.");

    private const string Columns = "id, kind, name, prefix, scopes, allowed_origins, created_at, expires_at, revoked_at, last_used_at";

    private const string Active = "marketplace_id = @marketplace and mode = @mode and revoked_at is null and (expires_at is null or expires_at > @now)";

    /// <summary>The row is on every shard; the shard in its id only spreads the entries of the audit log.</summary>
    public static Id<ApiKeyResource> NewId(DateTimeOffset now) => Id<ApiKeyResource>.New((short)RandomNumberGenerator.GetInt32(short.MinValue, short.MaxValue + 1), now);

    /// <summary>
    /// Writes the key unless there are as many as there may be. Null when nothing was written for that reason; false when the Idempotency-Key was taken.
    /// </summary>
    /// <param name="replaces">The key that ends at <paramref name="replacedUntil"/>, with the same commit; null for none.</param>
    public async Task<bool?> TryInsertAsync(
        Caller caller, NewApiKey made, Guid? replaces, DateTimeOffset replacedUntil, KeyedRequest key, AuditEntry audit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select pg_advisory_xact_lock(hashtextextended('api_keys ' || @marketplace || ' ' || @mode, 0));
            with made as (
                insert into api_keys (key_hash, id, marketplace_id, mode, kind, name, prefix, scopes, allowed_origins, created_at, expires_at)
                select @hash, @id, @marketplace, @mode, @kind, @name, @prefix, @scopes, @origins, @now, @expiresAt
                where (select count(*) from api_keys where {Active} and kind = @kind and name = @name) < @maxPerName
                    and (select count(*) from api_keys where {Active}) < @max
                returning id)
            select count(*) from made;
            update api_keys set expires_at = @until
            where id = @replaces and marketplace_id = @marketplace and mode = @mode and (expires_at is null or expires_at > @until);

            """;
        var parameters = Idempotency.KeyParameters(caller, key, made.Id, audit.At);
        parameters.AddDynamicParams(new
        {
            hash = ApiKeys.Hash(made.Text),
            id = made.Id,
            kind = made.Kind,
            name = made.Name,
            prefix = ApiKeys.ShownPart(made.Text),
            scopes = made.Scopes.ToArray(),
            origins = made.AllowedOrigins.ToArray(),
            expiresAt = made.ExpiresAt?.UtcDateTime,
            replaces,
            until = replacedUntil.UtcDateTime,
            maxPerName = MaxActivePerName,
            max = MaxActive,
        });
        audit.AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await using (var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)))
            {
                await rows.ReadAsync<object>();
                if (await rows.ReadSingleAsync<int>() == 0) return null;
            }

            await connection.ExecuteAsync(new CommandDefinition(
                Idempotency.InsertKey + AuditEntry.Insert + ";", parameters, transaction, cancellationToken: cancellationToken));
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    /// <summary>Ends the key now. A key that has ended already stays as it is.</summary>
    public async Task RevokeAsync(Caller caller, Id<ApiKeyResource> id, AuditEntry audit, CancellationToken cancellationToken)
    {
        const string sql = "update api_keys set revoked_at = @now where id = @id and marketplace_id = @marketplace and mode = @mode and revoked_at is null;" + AuditEntry.Insert + ";";
        var parameters = new DynamicParameters(new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), now = audit.At.UtcDateTime });
        audit.AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    public async Task<ApiKeyResource?> FindAsync(Caller caller, Id<ApiKeyResource> id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from api_keys where id = @id and marketplace_id = @marketplace and mode = @mode;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            sql, new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code() }, cancellationToken: cancellationToken));
        return row?.ToResource(caller, now);
    }

    public async Task<IReadOnlyList<ApiKeyResource>> ListAsync(Caller caller, Guid? before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sql = $"select {Columns} from api_keys where marketplace_id = @marketplace and mode = @mode" + (before is null ? "" : " and id < @before") + " order by id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), before, limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource(caller, now))];
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Kind { get; init; } = "";

        public string Name { get; init; } = "";

        public string? Prefix { get; init; }

        public string[] Scopes { get; init; } = [];

        public string[] AllowedOrigins { get; init; } = [];

        public DateTime CreatedAt { get; init; }

        public DateTime? ExpiresAt { get; init; }

        public DateTime? RevokedAt { get; init; }

        public DateTime? LastUsedAt { get; init; }

        public ApiKeyResource ToResource(Caller caller, DateTimeOffset now) => new()
        {
            Id = new Id<ApiKeyResource>(Id),
            Kind = Kind,
            Name = Name,
            KeyPrefix = Prefix,
            Scopes = Scopes,
            AllowedOrigins = AllowedOrigins,
            Status = RevokedAt is not null ? "revoked" : ExpiresAt <= now.UtcDateTime ? "expired" : "active",
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            RevokedAt = RevokedAt,
            LastUsedAt = LastUsedAt,
        };
    }
}
