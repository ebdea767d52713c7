using Dapper;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

internal sealed class PaymentReader(Db db)
{
    public async Task<Payment?> FindAsync(Caller caller, Id<PaymentResource> id, CancellationToken cancellationToken)
    {
        // A browser sees what its own session pays, and no more of the buyer's.
        var sql = "select " + PaymentRow.Columns + " from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard"
            + (caller.Session is null ? ";" : " and exists (select from quotes q where q.id = p.quote_id and q.shard_key = p.shard_key and q.session_id = @session);");
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
            session = caller.Session?.Id,
        }, cancellationToken: cancellationToken));
        return row?.ToPayment();
    }

    /// <summary>Why the payment was let pass; null for one from before verdicts were kept, and where there is no such payment.</summary>
    public async Task<PaymentVerdict?> FindVerdictAsync(Caller caller, Id<PaymentResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select p.verdict from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return PaymentVerdict.Read(await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken)));
    }

    /// <summary>The payment, and what the key stands for among its buyer's requests, in one round trip.</summary>
    public async Task<(Payment? Payment, IdempotencyRow? Key)> FindWithKeyAsync(Caller caller, Id<PaymentResource> id, string key, CancellationToken cancellationToken)
    {
        // The payment after the key: whoever is seen to have used the key has left a state that is seen as well.
        const string sql = """
            select k.fingerprint, k.resource_id
            from payments p join idempotency_keys k on k.marketplace_id = p.marketplace_id and k.mode = p.mode and k.scope = p.buyer_id and k.shard_key = p.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard and k.key = @key;

            """ + "select " + PaymentRow.Columns + " from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        var used = await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        return ((await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment(), used);
    }

    /// <summary>Of the whole marketplace, so over all shards unless a buyer is named; the newest first, those before <paramref name="before"/>.</summary>
    public async Task<IReadOnlyList<Payment>> ListAsync(
        Caller caller, string? orderId, Id<BuyerResource>? buyer, string? status, Id<PaymentResource>? before, int limit, CancellationToken cancellationToken)
    {
        // Only the conditions that were asked for: each combination is a statement of its own, with a plan of its own.
        var sql = "select " + PaymentRow.Columns + " from payments p where p.marketplace_id = @marketplace and p.mode = @mode"
            + (buyer is null ? "" : " and p.buyer_id = @buyer and p.shard_key = @shard")
            + (orderId is null ? "" : " and p.order_id = @orderId")
            + (status is null ? "" : " and p.status = @status")
            + (before is null ? "" : " and p.id < @before")
            + " order by p.id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<PaymentRow>(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            buyer = buyer?.Value,
            shard = buyer?.ShardKey,
            orderId,
            status,
            before = before?.Value,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToPayment())];
    }
}
