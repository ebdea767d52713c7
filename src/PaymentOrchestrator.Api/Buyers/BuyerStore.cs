using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Buyers;

internal sealed class BuyerStore(Db db)
{
    private const string Columns = "select b.id, b.reference, b.country, b.created_at ";

    /// <summary>What stands in the way of creating a buyer: who has the reference, and what the key stands for.</summary>
    public async Task<(BuyerResource? Taken, IdempotencyRow? Key)> FindForCreationAsync(
        Caller caller, string reference, string key, CancellationToken cancellationToken)
    {
        // Each statement sees what was committed before it began. The key comes after the reference: whoever is seen to have the reference has
        // left a key that is seen as well.
        const string sql = Columns + """
            from buyers b
            where b.marketplace_id = @marketplace and b.mode = @mode and b.reference = @reference and b.shard_key = @buyerShard;
            """ + Idempotency.Find;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            scope = Guid.Empty,
            key,
            shard = ShardKey.OfIdempotencyKey(caller, key),
            reference,
            buyerShard = ShardKey.OfBuyer(caller, reference),
        }, cancellationToken: cancellationToken));
        var taken = (await rows.ReadSingleOrDefaultAsync<BuyerRow>())?.ToResource(caller);
        return (taken, await rows.ReadSingleOrDefaultAsync<IdempotencyRow>());
    }

    /// <summary>False when the key or the reference was taken in the meantime; then nothing was written.</summary>
    public async Task<bool> TryInsertAsync(Caller caller, BuyerResource buyer, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values (@marketplace, @mode, @scope, @key, @fingerprint, @id, @now, @keyShard);
            insert into buyers (id, marketplace_id, mode, reference, country, created_at, shard_key)
            values (@id, @marketplace, @mode, @reference, @country, @now, @shard);
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, new
            {
                marketplace = caller.MarketplaceId,
                mode = caller.Mode.Code(),
                scope = Guid.Empty,
                key = key.Key,
                fingerprint = key.Fingerprint,
                keyShard = ShardKey.OfIdempotencyKey(caller, key.Key!),
                id = buyer.Id.Value,
                reference = buyer.Reference,
                country = buyer.Country,
                now = buyer.CreatedAt.UtcDateTime,
                shard = buyer.Id.ShardKey,
            }, cancellationToken: cancellationToken));
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e) || Idempotency.Violates(e, "buyers_marketplace_id_mode_reference_shard_key_key"))
        {
            return false;
        }
    }

    public async Task<BuyerResource?> FindAsync(Caller caller, Id<BuyerResource> id, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            from buyers b
            where b.id = @id and b.marketplace_id = @marketplace and b.mode = @mode and b.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<BuyerRow>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        return row?.ToResource(caller);
    }

    private sealed class BuyerRow
    {
        public Guid Id { get; init; }

        public string Reference { get; init; } = "";

        public string Country { get; init; } = "";

        public DateTime CreatedAt { get; init; }

        public BuyerResource ToResource(Caller caller) => new()
        {
            Id = new Id<BuyerResource>(Id),
            Reference = Reference,
            Country = Country,
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = CreatedAt,
        };
    }
}
