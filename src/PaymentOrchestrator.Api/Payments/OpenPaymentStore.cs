using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>Payments whose end is not known yet, and who asks after them when.</summary>
internal sealed class OpenPaymentStore(Db db)
{
    /// <summary>A payment that is due, as the resolver finds it.</summary>
    internal sealed class Due : OwnerRow
    {
        public Guid PaymentId { get; init; }

        public short ShardKey { get; init; }

        public int Tries { get; init; }
    }

    /// <summary>What is due now, of all marketplaces and shards: background work, no tenant's. Payments whose outcome is not known come before those that wait for their settlement.</summary>
    public async Task<IReadOnlyList<Due>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select payment_id, marketplace_id, mode, shard_key, tries from inquiries where next_at <= @now and not for_settlement order by next_at limit @limit;
            select payment_id, marketplace_id, mode, shard_key, tries from inquiries where next_at <= @now and for_settlement order by next_at limit @limit;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new { now = now.UtcDateTime, limit }, cancellationToken: cancellationToken));
        var unknown = await rows.ReadAsync<Due>();
        return [.. unknown.Concat(await rows.ReadAsync<Due>()).Take(limit)];
    }

    /// <summary>
    /// Takes a due payment until <paramref name="until"/>, if nobody else has: of many instances one sees its tries as it found them. Returns what it
    /// takes to ask; null when someone else has it or it has ended.
    /// </summary>
    public async Task<OpenPayment?> ClaimAsync(Due due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update inquiries set next_at = @until, tries = tries + 1 where payment_id = @id and shard_key = @shard and tries = @tries returning payment_id;

            """ + Select;
        await using var connection = await db.OpenAsync(due.Owner, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { id = due.PaymentId, shard = due.ShardKey, tries = due.Tries, until = until.UtcDateTime }, cancellationToken: cancellationToken));
        return await rows.ReadSingleOrDefaultAsync<Guid?>() is null ? null : await ReadAsync(rows);
    }

    /// <summary>A payment with its conversation, whatever its status; null when there is none.</summary>
    public async Task<OpenPayment?> FindAsync(Caller caller, Id<PaymentResource> id, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(Select, new { id = id.Value, shard = id.ShardKey }, cancellationToken: cancellationToken));
        return await ReadAsync(rows);
    }

    /// <summary>The same where a provider speaks of it, who does not know whose it is.</summary>
    public async Task<OpenPayment?> FindAsync(Id<PaymentResource> id, CancellationToken cancellationToken) =>
        await db.OwnerOfPaymentAsync(id.Value, id.ShardKey, cancellationToken) is { } owner ? await FindAsync(owner, id, cancellationToken) : null;

    /// <summary>
    /// Succeeded payments of these orders whose supplier's money is not confirmed. 1688's messages name orders, not buyers, so this looks on every shard.
    /// </summary>
    public async Task<IReadOnlyList<Id<PaymentResource>>> FindUnsettledAsync(Mode mode, IReadOnlyList<string> orderIds, CancellationToken cancellationToken)
    {
        const string sql = """
            select id from payments
            where order_id = any(@orderIds) and mode = @mode and status = 'succeeded' and settlement_status = 'pending'
            limit 100;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(sql, new { orderIds = orderIds.ToArray(), mode = mode.Code() }, cancellationToken: cancellationToken));
        return [.. ids.Select(id => new Id<PaymentResource>(id))];
    }

    /// <summary>
    /// Makes a version of the payment that only the caller knows, before it has the debit ended at the provider: whoever holds an older answer cannot
    /// write it down any more, and whoever asks meanwhile leaves a success alone until the claim has run out: none is recorded whose money the cancellation gives
    /// back. Null when the payment has moved on, or somebody else has the claim.
    /// </summary>
    /// <param name="until">After it the provider must not be asked to end the debit any more.</param>
    public async Task<Payment?> ClaimForCancelAsync(Payment payment, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update payments set version = version + 1, cancel_until = @until
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version and status in ('processing', 'requires_action')
                and (cancel_until is null or cancel_until <= @now)
            returning version;
            """;
        await using var connection = await db.OpenAsync(payment.Owner, cancellationToken);
        var version = await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(sql, new
        {
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
            version = payment.Version,
            now = now.UtcDateTime,
            until = until.UtcDateTime,
        }, cancellationToken: cancellationToken));
        return version is null ? null : payment with { Version = version.Value, CancelUntil = null };
    }

    /// <summary>When to ask again.</summary>
    public async Task PostponeAsync(Payment payment, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        const string sql = "update inquiries set next_at = @nextAt where payment_id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard;";
        await using var connection = await db.OpenAsync(payment.Owner, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, new
        {
            nextAt = nextAt.UtcDateTime,
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
        }, cancellationToken: cancellationToken));
    }

    /// <summary>Takes the single-use state of a return; null when it is wrong or used. Nobody is signed in when a provider sends a buyer back.</summary>
    public async Task<OpenPayment?> TakeReturnStateAsync(Id<PaymentResource> id, byte[] stateHash, CancellationToken cancellationToken)
    {
        const string sql = """
            update payments set return_state_hash = null where id = @id and shard_key = @shard and return_state_hash = @stateHash returning id;

            """ + Select;
        if (await db.OwnerOfPaymentAsync(id.Value, id.ShardKey, cancellationToken) is not { } owner) return null;
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { id = id.Value, shard = id.ShardKey, stateHash }, cancellationToken: cancellationToken));
        return await rows.ReadSingleOrDefaultAsync<Guid?>() is null ? null : await ReadAsync(rows);
    }

    private const string Select = "select " + PaymentRow.Columns + """

        from payments p where p.id = @id and p.shard_key = @shard;

        select a.number, a.provider, a.request_id, q.provider_quote_id, coalesce(i.tries, 0) as tries
        from payments p
            join quotes q on q.id = p.quote_id and q.shard_key = p.shard_key
            join attempts a on a.payment_id = p.id and a.shard_key = p.shard_key and a.provider <> 'operator'
            left join inquiries i on i.payment_id = p.id and i.shard_key = p.shard_key
        where p.id = @id and p.shard_key = @shard
        order by a.number desc limit 1;

        select l.*
        from attempts a join linked_accounts l on l.id = a.linked_account_id and l.shard_key = a.shard_key
        where a.payment_id = @id and a.shard_key = @shard
        order by a.number desc limit 1;
        """;

    private static async Task<OpenPayment?> ReadAsync(SqlMapper.GridReader rows)
    {
        if ((await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment() is not { } payment) return null;
        var attempt = await rows.ReadSingleAsync<AttemptRow>();
        var account = (await rows.ReadSingleAsync<LinkedAccountRow>()).ToAccount();
        return new OpenPayment(
            payment, new Attempt(payment.Id, attempt.Number, account.Provider, attempt.RequestId, account.Id), attempt.ProviderQuoteId, account, attempt.Tries);
    }

    private sealed class AttemptRow
    {
        public int Number { get; init; }

        public string RequestId { get; init; } = "";

        public string? ProviderQuoteId { get; init; }

        public int Tries { get; init; }
    }
}
