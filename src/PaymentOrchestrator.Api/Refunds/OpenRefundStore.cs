using Dapper;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>Refunds whose end is not known yet, and who asks after them when.</summary>
internal sealed class OpenRefundStore(Db db)
{
    /// <summary>A refund that is due, as the resolver finds it.</summary>
    internal sealed class Due : OwnerRow
    {
        public Guid Id { get; init; }

        public short ShardKey { get; init; }

        public int Tries { get; init; }
    }

    /// <summary>What is due now, of all marketplaces and shards: background work, no tenant's.</summary>
    public async Task<IReadOnlyList<Due>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = "select id, marketplace_id, mode, shard_key, tries from refunds where next_inquiry_at is not null and next_inquiry_at <= @now order by next_inquiry_at limit @limit;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. await connection.QueryAsync<Due>(new CommandDefinition(sql, new { now = now.UtcDateTime, limit }, cancellationToken: cancellationToken))];
    }

    /// <summary>
    /// Takes a due refund until <paramref name="until"/>, if nobody else has: of many instances one sees its tries as it found them. Returns what it
    /// takes to ask; null when someone else has it or it has ended.
    /// </summary>
    public async Task<OpenRefund?> ClaimAsync(Due due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update refunds set next_inquiry_at = @until, tries = tries + 1
            where id = @id and shard_key = @shard and tries = @tries and status = 'pending' and next_inquiry_at is not null
            returning id;

            """ + Select;
        await using var connection = await db.OpenAsync(due.Owner, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { id = due.Id, shard = due.ShardKey, tries = due.Tries, until = until.UtcDateTime }, cancellationToken: cancellationToken));
        return await rows.ReadSingleOrDefaultAsync<Guid?>() is null ? null : await ReadAsync(rows);
    }

    /// <summary>A refund with all that it takes to ask after it, whatever its status; null when there is none in the mode.</summary>
    public async Task<OpenRefund?> FindAsync(Id<RefundResource> id, Mode mode, CancellationToken cancellationToken)
    {
        if (await db.OwnerOfRefundAsync(id.Value, id.ShardKey, cancellationToken) is not { } owner || owner.Mode != mode) return null;
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(Select, new { id = id.Value, shard = id.ShardKey }, cancellationToken: cancellationToken));
        return await ReadAsync(rows);
    }

    private const string Select = "select " + RefundRow.Columns + """

        from refunds r where r.id = @id and r.shard_key = @shard;

        select p.method, a.request_id, coalesce(p.provider_reference, a.provider_reference, '') as reference
        """ + PaidDebitRow.Of + """

            join refunds r on r.payment_id = p.id and r.shard_key = p.shard_key
        where r.id = @id and r.shard_key = @shard
        order by a.number desc limit 1;

        select l.*
        """ + PaidDebitRow.Of + """

            join refunds r on r.payment_id = p.id and r.shard_key = p.shard_key
            join linked_accounts l on l.id = a.linked_account_id and l.shard_key = a.shard_key
        where r.id = @id and r.shard_key = @shard
        order by a.number desc limit 1;
        """;

    private static async Task<OpenRefund?> ReadAsync(SqlMapper.GridReader rows)
    {
        if ((await rows.ReadSingleOrDefaultAsync<RefundRow>())?.ToRefund() is not { } refund) return null;
        return new OpenRefund(refund, (await rows.ReadSingleAsync<PaidDebitRow>()).ToDebit((await rows.ReadSingleAsync<LinkedAccountRow>()).ToAccount()));
    }
}

/// <summary>How Dapper reads the debit that a refund gives back from.</summary>
internal sealed class PaidDebitRow
{
    /// <summary>The newest conversation that a provider was asked to debit in. Of the payment named p.</summary>
    public const string Of = """
            from payments p join attempts a on a.payment_id = p.id and a.shard_key = p.shard_key and a.provider <> 'operator'
        """;

    public string Method { get; init; } = "";

    public string RequestId { get; init; } = "";

    public string Reference { get; init; } = "";

    public PaidDebit ToDebit(LinkedAccount account) =>
        new(PaymentMethods.FromCode(Method) ?? throw new InvalidOperationException($"Unknown method {Method} in payments."), RequestId, Reference, account);
}
