using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>Phase one of a refund, and reading.</summary>
internal sealed class RefundStore(Db db)
{
    /// <param name="Refunded">The sums of the payment's refunds that have not failed.</param>
    /// <param name="Key">What the request's key stands for, with the refund that it made.</param>
    /// <param name="BarringDispute">A dispute beside which the acquirer refunds nothing.</param>
    internal sealed record Found(
        Payment Payment, bool FeeRefundable, RefundParts Refunded, PaidDebit Debit, IdempotencyRow? Key, Refund? Earlier, Id<DisputeResource>? BarringDispute);

    /// <summary>
    /// Locks the payment, shows what is there, and commits what <paramref name="decide"/> makes of it. Refunds of one payment are so decided one
    /// after the other: each sees what the others have left. The lock is gone when this returns.
    /// </summary>
    /// <param name="dryRun">Decide, and commit nothing.</param>
    /// <param name="decide">Pure; null payment: there is none. What it refuses leaves nothing behind.</param>
    /// <returns>Null when the key was taken meanwhile by a request to another resource of the buyer; then nothing was written.</returns>
    public async Task<Result<OpenRefund>?> CommitIntentAsync(
        Caller caller, Id<PaymentResource> paymentId, KeyedRequest key, DateTimeOffset inquireAt, bool dryRun, Func<Found?, Result<OpenRefund>> decide, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var decision = decide(await LockAsync(connection, transaction, caller, paymentId, key.Key!, cancellationToken));
        if (decision.Problem is not null || decision.Replayed || dryRun) return decision;
        try
        {
            // Once sent, it is waited for: a client that hangs up now must not leave us guessing whether the intent was committed.
            await InsertAsync(connection, transaction, decision.Value.Refund, key, inquireAt);
            await transaction.CommitAsync(CancellationToken.None);
            return decision;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return null;
        }
    }

    public async Task<Refund?> FindAsync(Caller caller, Id<RefundResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + RefundRow.Columns + " from refunds r where r.id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<RefundRow>(new CommandDefinition(sql, Identify(caller, id), cancellationToken: cancellationToken)))?.ToRefund();
    }

    /// <summary>The refund, and what the key stands for among its buyer's requests, in one round trip.</summary>
    public async Task<(Refund? Refund, IdempotencyRow? Key)> FindWithKeyAsync(Caller caller, Id<RefundResource> id, string key, CancellationToken cancellationToken)
    {
        const string sql = "select " + RefundRow.Columns + """

            from refunds r where r.id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard;

            select k.fingerprint, k.resource_id
            from refunds r join idempotency_keys k on k.marketplace_id = r.marketplace_id and k.mode = r.mode and k.scope = r.buyer_id and k.shard_key = r.shard_key
            where r.id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard and k.key = @key;
            """;
        var parameters = Identify(caller, id);
        parameters.Add("key", key);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return ((await rows.ReadSingleOrDefaultAsync<RefundRow>())?.ToRefund(), await rows.ReadSingleOrDefaultAsync<IdempotencyRow>());
    }

    /// <summary>A payment's refunds, the newest first; null when there is no such payment.</summary>
    public async Task<IReadOnlyList<Refund>?> ListAsync(Caller caller, Id<PaymentResource> payment, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from payments where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);

            """ + "select " + RefundRow.Columns + """

            from refunds r
            where r.payment_id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard and (@before::uuid is null or r.id < @before)
            order by r.id desc limit @limit;
            """;
        var parameters = Identify(caller, payment);
        parameters.Add("before", before, DbType.Guid);
        parameters.Add("limit", limit);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return await rows.ReadSingleAsync<bool>() ? [.. (await rows.ReadAsync<RefundRow>()).Select(row => row.ToRefund())] : null;
    }

    private static async Task<Found?> LockAsync(
        TenantConnection connection, DbTransaction transaction, Caller caller, Id<PaymentResource> paymentId, string key, CancellationToken cancellationToken)
    {
        // Each statement sees what was committed when it began; all after the first begin when the lock is ours.
        const string sql = "select " + PaymentRow.Columns + """

            from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard
            for update;

            select q.fee_refundable
            from payments p join quotes q on q.id = p.quote_id and q.shard_key = p.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            select coalesce(sum(r.order_amount), 0)::bigint as order_amount, coalesce(sum(r.source_amount), 0)::bigint as source_amount,
                coalesce(sum(r.markup_amount), 0)::bigint as markup_amount, coalesce(sum(r.fee_amount), 0)::bigint as fee_amount
            from refunds r
            where r.payment_id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard and r.status <> 'failed';

            select p.method, a.request_id, coalesce(p.provider_reference, a.provider_reference, '') as reference
            """ + PaidDebitRow.Of + """

            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard
            order by a.number desc limit 1;

            select l.*
            """ + PaidDebitRow.Of + """

                join linked_accounts l on l.id = a.linked_account_id and l.shard_key = a.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard
            order by a.number desc limit 1;

            select k.fingerprint, k.resource_id
            from payments p join idempotency_keys k on k.marketplace_id = p.marketplace_id and k.mode = p.mode and k.scope = p.buyer_id and k.shard_key = p.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard and k.key = @key;
            """ + "select " + RefundRow.Columns + """

            from payments p
                join idempotency_keys k on k.marketplace_id = p.marketplace_id and k.mode = p.mode and k.scope = p.buyer_id and k.shard_key = p.shard_key
                join refunds r on r.id = k.resource_id and r.shard_key = k.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard and k.key = @key;

            """ + "select " + DisputeRow.Columns + """

            from disputes d where d.payment_id = @id and d.marketplace_id = @marketplace and d.mode = @mode and d.shard_key = @shard order by d.id;
            """;
        var parameters = Identify(caller, paymentId);
        parameters.Add("key", key);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
        if ((await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment() is not { } payment) return null;
        var feeRefundable = await rows.ReadSingleAsync<bool>();
        var refunded = (await rows.ReadSingleAsync<SumsRow>()).ToParts(payment.Source.Currency);
        var debit = await rows.ReadSingleAsync<PaidDebitRow>();
        var account = (await rows.ReadSingleAsync<LinkedAccountRow>()).ToAccount();
        var used = await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = (await rows.ReadSingleOrDefaultAsync<RefundRow>())?.ToRefund();
        var barring = (await rows.ReadAsync<DisputeRow>()).Select(row => row.ToDispute()).FirstOrDefault(dispute => !dispute.Status.AllowsRefund(dispute.Refundable));
        return new Found(payment, feeRefundable, refunded, debit.ToDebit(account), used, earlier, barring?.Id);
    }

    private static Task InsertAsync(TenantConnection connection, DbTransaction transaction, Refund refund, KeyedRequest key, DateTimeOffset inquireAt)
    {
        const string sql = """
            insert into refunds (
                id, marketplace_id, mode, buyer_id, payment_id, request_id, order_amount, source_currency, source_amount, markup_amount, fee_amount, status, version,
                last_event_id, reason, metadata, next_inquiry_at, tries, created_at, updated_at, shard_key)
            values (
                @id, @marketplace, @mode, @buyer, @payment, @requestId, @order, @currency, @source, @markup, @fee, @status, @version,
                @eventId, @reason, @metadata::jsonb, @inquireAt, 0, @now, @now, @shard);

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values (@marketplace, @mode, @buyer, @key, @fingerprint, @id, @now, @shard);

            """ + NewEvent.Columns + " values (" + NewEvent.Values + ");";
        var happened = NewEvent.Of("refund.created", refund.Id.ToString(), refund.Version, refund.ToResource(), refund.Id.ShardKey, refund.CreatedAt);
        var parameters = Identify(refund.Owner, refund.Id);
        parameters.AddDynamicParams(new
        {
            buyer = refund.BuyerId.Value,
            payment = refund.PaymentId.Value,
            requestId = refund.RequestId,
            order = refund.Parts.Order.Value,
            currency = refund.Parts.Source.Currency.Code,
            source = refund.Parts.Source.Value,
            markup = refund.Parts.Markup.Value,
            fee = refund.Parts.Fee.Value,
            status = refund.Status.Code(),
            version = refund.Version,
            reason = refund.Reason,
            metadata = ApiJson.Write(refund.Metadata),
            inquireAt = inquireAt.UtcDateTime,
            now = refund.CreatedAt.UtcDateTime,
            key = key.Key,
            fingerprint = key.Fingerprint,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            objectVersion = happened.ObjectVersion,
            eventData = happened.Data,
        });
        return connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: CancellationToken.None));
    }

    private static DynamicParameters Identify<T>(Caller caller, Id<T> id)
        where T : IResource => new(new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        });

    private sealed class SumsRow
    {
        public long OrderAmount { get; init; }

        public long SourceAmount { get; init; }

        public long MarkupAmount { get; init; }

        public long FeeAmount { get; init; }

        public RefundParts ToParts(Currency source) =>
            new(new Money(Currency.Cny, OrderAmount), new Money(source, SourceAmount), new Money(source, MarkupAmount), new Money(source, FeeAmount));
    }
}
