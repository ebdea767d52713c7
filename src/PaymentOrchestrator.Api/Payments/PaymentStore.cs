using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>Phase one of a payment: what has to be known, and the intent, each a single round trip.</summary>
internal sealed class PaymentStore(Db db, FailureVelocity velocity)
{
    /// <param name="ConsumerStatus">Of the payment that consumed the quote; null while it is open.</param>
    /// <param name="Live">The payment that holds the order.</param>
    /// <param name="Earlier">The payment that the key stands for; null where the key has just ended by its age.</param>
    internal sealed record Known(Quote? Quote, string? ConsumerStatus, LivePayment? Live, IReadOnlyList<LinkedAccount> Accounts, IdempotencyRow? Key, Payment? Earlier)
    {
        /// <summary>When the failure was begun that makes the buyer wait; null where the buyer need not.</summary>
        public DateTimeOffset? DecisiveFailure { get; init; }
    }

    /// <summary>All that paying needs of the database, in one round trip; what became of a quote or key that is used already takes another.</summary>
    public async Task<Known> LoadForPayingAsync(Caller caller, Id<QuoteResource> quoteId, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The quote names the buyer, who scopes the key and owns the accounts. Quote, order and key are one statement, so that they are seen as they were at one
        // moment: a quote that is consumed in between would look open with its order paid by another one, or its own request would not be known again.
        const string sql = "select " + QuoteStore.Columns + """
            , p.id as live_id, p.status as live_status, k.fingerprint as key_fingerprint, k.resource_id as key_resource_id
            from quotes q
                left join live_payments l on l.marketplace_id = q.marketplace_id and l.mode = q.mode and l.buyer_id = q.buyer_id and l.order_id = q.order_id and l.shard_key = q.shard_key
                left join payments p on p.id = l.payment_id and p.shard_key = l.shard_key
                left join idempotency_keys k on k.marketplace_id = q.marketplace_id and k.mode = q.mode and k.scope = q.buyer_id and k.key = @key and k.shard_key = q.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard;

            select a.*
            from quotes q join linked_accounts a on a.buyer_id = q.buyer_id and a.shard_key = q.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard and a.status = 'active'
            order by a.id;

            """;

        // What the buyer or the provider refused; that a request never went out is nobody's attempt.
        const string failures = """
            select p.created_at
            from quotes q join payments p on p.buyer_id = q.buyer_id and p.shard_key = q.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard and p.marketplace_id = @marketplace and p.mode = @mode
                and p.status = 'failed' and p.failure_code not in ('not_executed', 'not_moved') and p.created_at > @since
            order by p.id desc offset @failures limit 1;
            """;
        var counts = velocity.Max > 0;
        var parameters = new
        {
            since = (now - velocity.Window).UtcDateTime,
            failures = velocity.Max - 1,
            quote = quoteId.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            shard = quoteId.ShardKey,
        };
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        PayableRow? row;
        IReadOnlyList<LinkedAccount> accounts;
        DateTime? failed;
        await using (var rows = await connection.QueryMultipleAsync(new CommandDefinition(counts ? sql + failures : sql, parameters, cancellationToken: cancellationToken)))
        {
            row = await rows.ReadSingleOrDefaultAsync<PayableRow>();
            accounts = [.. (await rows.ReadAsync<LinkedAccountRow>()).Select(account => account.ToAccount())];
            failed = counts ? await rows.ReadSingleOrDefaultAsync<DateTime?>() : null;
        }

        var (consumerStatus, earlier) = row is { PaymentId: not null } or { KeyResourceId: not null }
            ? await ReadUseAsync(connection, caller, row, quoteId.ShardKey, cancellationToken)
            : (null, null);
        return new Known(row?.ToQuote(caller), consumerStatus, row?.ToLive(), accounts, row?.ToKey(), earlier)
        {
            DecisiveFailure = failed is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null,
        };
    }

    private static async Task<(string? ConsumerStatus, Payment? Earlier)> ReadUseAsync(
        TenantConnection connection, Caller caller, PayableRow row, short shard, CancellationToken cancellationToken)
    {
        const string sql = """
            select p.status from payments p where p.id = @consumer and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            """ + "select " + PaymentRow.Columns + """

            from payments p where p.id = @earlier and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;
            """;
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { consumer = row.PaymentId, earlier = row.KeyResourceId, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard },
            cancellationToken: cancellationToken));
        return (await rows.ReadSingleOrDefaultAsync<string>(), (await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment());
    }

    /// <summary>A quote with who holds its order and what its request's key stands for.</summary>
    private sealed class PayableRow : QuoteRow
    {
        public Guid? LiveId { get; init; }

        public string? LiveStatus { get; init; }

        public byte[]? KeyFingerprint { get; init; }

        public Guid? KeyResourceId { get; init; }

        public LivePayment? ToLive() => LiveId is { } id ? new LivePayment { Id = id, Status = LiveStatus! } : null;

        public IdempotencyRow? ToKey() => KeyResourceId is { } resource ? new IdempotencyRow { Fingerprint = KeyFingerprint!, ResourceId = resource } : null;
    }

    /// <summary>
    /// Phase one. The quote's payment_id is the gate: set once, while the quote is open; everything else is written only if this command set it.
    /// False when the gate was closed, or the order or the key was taken; then nothing was written.
    /// </summary>
    /// <param name="returnState">The secret that a provider's page sends the buyer back with.</param>
    /// <param name="inquireAt">When someone else may ask the provider, should we not come to the end.</param>
    public async Task<bool> TryCommitIntentAsync(
        Payment payment, Attempt attempt, Quote quote, PaymentVerdict verdict, KeyedRequest key, string returnState, DateTimeOffset inquireAt, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update quotes set payment_id = @id
            where id = @quote and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
                and payment_id is null and expires_at > @now and fixed_side = 'order';

            insert into live_payments (marketplace_id, mode, buyer_id, order_id, payment_id, shard_key)
            select q.marketplace_id, q.mode, q.buyer_id, q.order_id, q.payment_id, q.shard_key
            from quotes q where q.id = @quote and q.shard_key = @shard and q.payment_id = @id;

            insert into payments (
                id, marketplace_id, mode, buyer_id, quote_id, method, order_id, order_amount, source_currency, source_amount, markup_amount, fees, total, status,
                version, last_event_id, return_url, return_state_hash, metadata, verdict, settlement_status, created_at, updated_at, shard_key)
            select q.payment_id, q.marketplace_id, q.mode, q.buyer_id, q.id, q.method, q.order_id, q.order_amount, q.source_currency, q.source_amount,
                q.markup_amount, q.fees, q.total, @status, @version, @eventId, @returnUrl, @returnStateHash, @metadata::jsonb, @verdict::jsonb, 'not_due', @now, @now, q.shard_key
            from quotes q where q.id = @quote and q.shard_key = @shard and q.payment_id = @id;

            insert into attempts (payment_id, marketplace_id, mode, number, provider, request_id, linked_account_id, started_at, shard_key)
            select p.id, p.marketplace_id, p.mode, @number, @provider, @requestId, @account, @now, p.shard_key
            from payments p where p.id = @id and p.shard_key = @shard;

            insert into inquiries (payment_id, marketplace_id, mode, next_at, tries, shard_key)
            select p.id, p.marketplace_id, p.mode, @inquireAt, 0, p.shard_key
            from payments p where p.id = @id and p.shard_key = @shard;

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select p.marketplace_id, p.mode, p.buyer_id, @key, @fingerprint, p.id, @now, p.shard_key
            from payments p where p.id = @id and p.shard_key = @shard;

            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
            select e.id, p.marketplace_id, p.mode, e.type, e.object_id, e.object_version, e.data::jsonb, @now, {NewEvent.DispatchedUnlessAwaited}, p.shard_key
            from payments p, unnest(
                array[@eventId, @quoteEventId], array[@eventType, @quoteEventType], array[@objectId, @quoteObjectId], array[@objectVersion, @quoteObjectVersion],
                array[@eventData, @quoteEventData]) as e (id, type, object_id, object_version, data)
            where p.id = @id and p.shard_key = @shard;
            """;
        var created = NewEvent.Of("payment.created", payment.Id.ToString(), payment.Version, payment.ToResource(), payment.Id.ShardKey, payment.CreatedAt);
        var consumed = NewEvent.Of(
            "quote.consumed", quote.Id.ToString(), 2, (quote with { PaymentId = payment.Id }).ToResource(payment.CreatedAt), payment.Id.ShardKey, payment.CreatedAt);
        var parameters = new
        {
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
            quote = quote.Id.Value,
            status = payment.Status.Code(),
            version = payment.Version,
            returnUrl = payment.ReturnUrl,
            returnStateHash = ReturnState.Hash(returnState),
            inquireAt = inquireAt.UtcDateTime,
            metadata = ApiJson.Write(payment.Metadata),
            verdict = ApiJson.Write(verdict),
            now = payment.CreatedAt.UtcDateTime,
            number = attempt.Number,
            provider = attempt.Provider.Code(),
            requestId = attempt.RequestId,
            account = attempt.AccountId.Value,
            key = key.Key,
            fingerprint = key.Fingerprint,
            eventId = created.Id,
            eventType = created.Type,
            objectId = created.ObjectId,
            objectVersion = created.ObjectVersion,
            eventData = created.Data,
            quoteEventId = consumed.Id,
            quoteEventType = consumed.Type,
            quoteObjectId = consumed.ObjectId,
            quoteObjectVersion = consumed.ObjectVersion,
            quoteEventData = consumed.Data,
        };
        await using var connection = await db.OpenAsync(payment.Owner, cancellationToken);
        try
        {
            // Once sent, it is waited for: a client that hangs up now must not leave us guessing whether the intent was committed.
            return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: CancellationToken.None)) > 0;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e) || Idempotency.Violates(e, "live_payments_pkey"))
        {
            return false;
        }
    }
}
