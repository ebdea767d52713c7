using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

internal sealed class BuyerSessionStore(Db db)
{
    private const string Columns = "s.id, s.buyer_id, s.order_id, s.order_amount, s.created_at, s.expires_at, s.revoked_at";

    internal sealed record Known(bool BuyerExists, IdempotencyRow? Key, BuyerSessionResource? Earlier);

    /// <summary>All that opening a session needs of the database, in one round trip.</summary>
    public async Task<Known> LoadAsync(Caller caller, Id<BuyerResource> buyer, string? key, CancellationToken cancellationToken)
    {
        const string sql = "select exists (select from buyers where id = @scope and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);"
            + Idempotency.Find + "select " + Columns + """

            from idempotency_keys k join buyer_sessions s on s.id = k.resource_id and s.shard_key = k.shard_key
            where k.marketplace_id = @marketplace and k.mode = @mode and k.scope = @scope and k.key = @key and k.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            scope = buyer.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        var exists = await rows.ReadSingleAsync<bool>();
        var used = await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        return new Known(exists, used, (await rows.ReadSingleOrDefaultAsync<Row>())?.ToResource(caller));
    }

    /// <summary>False when the key was taken; then nothing was written.</summary>
    public async Task<bool> TryInsertAsync(Caller caller, BuyerSessionResource session, string secret, KeyedRequest key, AuditEntry audit, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select @marketplace, @mode, @buyer, @key, @fingerprint, @id, @now, @shard where @key is not null;
            insert into buyer_sessions (id, marketplace_id, mode, buyer_id, secret_hash, order_id, order_amount, created_at, expires_at, shard_key)
            values (@id, @marketplace, @mode, @buyer, @secretHash, @orderId, @orderAmount, @now, @expiresAt, @shard);
            """ + AuditEntry.Insert + ";";
        var parameters = new DynamicParameters(new
        {
            id = session.Id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            buyer = session.BuyerId.Value,
            secretHash = ApiKeys.Hash(secret),
            orderId = session.Order?.Id,
            orderAmount = session.Order?.Amount?.Value,
            key = key.Key,
            fingerprint = key.Fingerprint,
            now = session.CreatedAt.UtcDateTime,
            expiresAt = session.ExpiresAt.UtcDateTime,
            shard = session.Id.ShardKey,
        });
        audit.AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    public async Task<BuyerSessionResource?> FindAsync(Caller caller, Id<BuyerSessionResource> id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from buyer_sessions s where s.id = @id and s.marketplace_id = @marketplace and s.mode = @mode and s.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        return row?.ToResource(caller);
    }

    /// <summary>Ends the session now; one that was ended before stays as it is.</summary>
    public async Task RevokeAsync(Caller caller, Id<BuyerSessionResource> id, AuditEntry audit, CancellationToken cancellationToken)
    {
        const string sql = """
            update buyer_sessions set revoked_at = @now
            where id = @id and marketplace_id = @marketplace and mode = @mode and revoked_at is null and shard_key = @shard;
            """ + AuditEntry.Insert + ";";
        var parameters = new DynamicParameters(new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            now = audit.At.UtcDateTime,
            shard = id.ShardKey,
        });
        audit.AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public Guid BuyerId { get; init; }

        public string? OrderId { get; init; }

        public long? OrderAmount { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime ExpiresAt { get; init; }

        public DateTime? RevokedAt { get; init; }

        public BuyerSessionResource ToResource(Caller caller) => new()
        {
            Id = new Id<BuyerSessionResource>(Id),
            BuyerId = new Id<BuyerResource>(BuyerId),
            Order = OrderId is null ? null : new BuyerSessionOrder { Id = OrderId, Amount = OrderAmount is { } value ? new Money(Currency.Cny, value) : null },
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            RevokedAt = RevokedAt,
        };
    }
}
