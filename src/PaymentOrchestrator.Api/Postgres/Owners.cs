using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// Whose something is that is spoken of without a key: by a provider, or by a buyer who comes back from one. The worker's rights tell that and no more; whatever is
/// then read or done is read and done as the owner's.
/// </summary>
internal static class Owners
{
    public static Task<Caller?> OwnerOfPaymentAsync(this Db db, Guid id, short shard, CancellationToken cancellationToken) =>
        FindAsync(db, "select marketplace_id, mode from payments where id = @id and shard_key = @shard;", id, shard, cancellationToken);

    public static Task<Caller?> OwnerOfRefundAsync(this Db db, Guid id, short shard, CancellationToken cancellationToken) =>
        FindAsync(db, "select marketplace_id, mode from refunds where id = @id and shard_key = @shard;", id, shard, cancellationToken);

    public static Task<Caller?> OwnerOfLinkedAccountAsync(this Db db, Guid id, short shard, CancellationToken cancellationToken) =>
        FindAsync(db, "select marketplace_id, mode from linked_accounts where id = @id and shard_key = @shard;", id, shard, cancellationToken);

    public static Task<Caller?> OwnerOfBuyerAsync(this Db db, Guid id, short shard, CancellationToken cancellationToken) =>
        FindAsync(db, "select marketplace_id, mode from buyers where id = @id and shard_key = @shard;", id, shard, cancellationToken);

    public static Task<Caller?> OwnerOfWebhookEndpointAsync(this Db db, Guid id, short shard, CancellationToken cancellationToken) =>
        FindAsync(db, "select marketplace_id, mode from webhook_endpoints where id = @id;", id, shard, cancellationToken);

    /// <summary>Every marketplace, by number.</summary>
    public static async Task<IReadOnlyList<MarketplaceName>> MarketplacesAsync(this Db db, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. await connection.QueryAsync<MarketplaceName>(new CommandDefinition("select id, name from marketplaces order by id;", cancellationToken: cancellationToken))];
    }

    /// <summary>Who has a succeeded payment of one of these orders whose supplier's money is not confirmed. On every shard: 1688's messages name orders, not buyers.</summary>
    public static async Task<IReadOnlyList<Caller>> OwnersOfUnsettledOrdersAsync(this Db db, Mode mode, string[] orders, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct marketplace_id, mode from payments
            where order_id = any (@orders) and mode = @mode and status = 'succeeded' and settlement_status = 'pending';
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. (await connection.QueryAsync<OwnerRow>(new CommandDefinition(sql, new { orders, mode = mode.Code() }, cancellationToken: cancellationToken))).Select(row => row.Owner)];
    }

    private static async Task<Caller?> FindAsync(Db db, string sql, Guid id, short shard, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<OwnerRow>(new CommandDefinition(sql, new { id, shard }, cancellationToken: cancellationToken)))?.Owner;
    }
}

/// <summary>A marketplace as operators know it.</summary>
internal sealed record MarketplaceName(int Id, string Name);

/// <summary>A row that says whose it is.</summary>
internal class OwnerRow
{
    public int MarketplaceId { get; init; }

    public string Mode { get; init; } = "";

    public Caller Owner => new(MarketplaceId, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test);
}
