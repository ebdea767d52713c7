using System.Data;
using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>Reading disputes, and who asks after the open ones when.</summary>
internal sealed class DisputeStore(Db db)
{
    public async Task<Dispute?> FindAsync(Caller caller, Id<DisputeResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + DisputeRow.Columns + " from disputes d where d.id = @id and d.marketplace_id = @marketplace and d.mode = @mode and d.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<DisputeRow>(new CommandDefinition(
            sql, new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard = id.ShardKey }, cancellationToken: cancellationToken)))?.ToDispute();
    }

    /// <summary>The disputed payment of the mode with the dispute, where we have heard of it; null when the payment is none of ours.</summary>
    public async Task<(Payment Payment, Dispute? Known)?> FindDisputedAsync(
        Mode mode, Id<PaymentResource> paymentId, string requestId, string provider, string reference, CancellationToken cancellationToken)
    {
        const string sql = "select " + PaymentRow.Columns + """

            from payments p
            where p.id = @payment and p.mode = @mode and p.shard_key = @shard
                and exists (select from attempts a where a.payment_id = p.id and a.shard_key = p.shard_key and a.request_id = @requestId and a.provider <> 'operator');

            """ + "select " + DisputeRow.Columns + """

            from disputes d where d.provider = @provider and d.provider_reference = @reference and d.mode = @mode and d.payment_id = @payment and d.shard_key = @shard;
            """;
        if (await db.OwnerOfPaymentAsync(paymentId.Value, paymentId.ShardKey, cancellationToken) is not { } owner || owner.Mode != mode) return null;
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { payment = paymentId.Value, mode = mode.Code(), shard = paymentId.ShardKey, requestId, provider, reference }, cancellationToken: cancellationToken));
        if ((await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment() is not { } payment) return null;
        return (payment, (await rows.ReadSingleOrDefaultAsync<DisputeRow>())?.ToDispute());
    }

    /// <summary>Of the whole marketplace, so over all shards unless a payment is named; the newest first.</summary>
    public async Task<IReadOnlyList<Dispute>> ListAsync(
        Caller caller, Id<PaymentResource>? payment, string? status, Guid? before, int limit, CancellationToken cancellationToken)
    {
        // Only the conditions that were asked for: each combination is a statement of its own, with a plan of its own.
        var sql = "select " + DisputeRow.Columns + " from disputes d where d.marketplace_id = @marketplace and d.mode = @mode"
            + (payment is null ? "" : " and d.payment_id = @payment and d.shard_key = @shard")
            + (status is null ? "" : " and d.status = @status")
            + (before is null ? "" : " and d.id < @before")
            + " order by d.id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<DisputeRow>(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            payment = payment?.Value,
            shard = payment?.ShardKey,
            status,
            before,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToDispute())];
    }

    /// <summary>A dispute that is due, as the resolver finds it.</summary>
    internal sealed class Due : OwnerRow
    {
        public Guid Id { get; init; }

        public short ShardKey { get; init; }

        public int Tries { get; init; }

        public override string ToString() => new Id<DisputeResource>(Id).ToString();
    }

    /// <summary>What is due now, of all marketplaces and shards: background work, no tenant's.</summary>
    public async Task<IReadOnlyList<Due>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = "select id, marketplace_id, mode, shard_key, tries from disputes where next_inquiry_at is not null and next_inquiry_at <= @now order by next_inquiry_at limit @limit;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. await connection.QueryAsync<Due>(new CommandDefinition(sql, new { now = now.UtcDateTime, limit }, cancellationToken: cancellationToken))];
    }

    /// <summary>Takes a due dispute until <paramref name="until"/>, if nobody else has: of many instances one sees its tries as it found them.</summary>
    public async Task<Dispute?> ClaimAsync(Due due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update disputes d set next_inquiry_at = @until, tries = tries + 1
            where d.id = @id and d.shard_key = @shard and d.tries = @tries and d.next_inquiry_at is not null
            returning
            """ + " " + DisputeRow.Columns + ";";
        await using var connection = await db.OpenAsync(due.Owner, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<DisputeRow>(new CommandDefinition(
            sql, new { id = due.Id, shard = due.ShardKey, tries = due.Tries, until = until.UtcDateTime }, cancellationToken: cancellationToken)))?.ToDispute();
    }
}
