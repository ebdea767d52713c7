using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The payment transaction: intent in one command, outcome in another, each a single round trip and a single commit.</summary>
internal sealed class PaymentStore(Db db)
{
    internal sealed record Known(
        Quote? Quote, string? ConsumerStatus, LivePayment? Live, IReadOnlyList<LinkedAccount> Accounts, FeeSchedule Schedule, IdempotencyRow? Key, Payment? Earlier);

    /// <summary>All that paying needs of the database, in one round trip.</summary>
    public async Task<Known> LoadForPayingAsync(Caller caller, Id<QuoteResource> quoteId, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The quote names the buyer, who scopes the key and owns the accounts.
        const string sql = "select " + QuoteStore.Columns + """

            from quotes q where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard;

            select p.status from payments p where p.quote_id = @quote and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            select p.id, p.status
            from quotes q
                join live_payments l on l.marketplace_id = q.marketplace_id and l.mode = q.mode and l.buyer_id = q.buyer_id and l.order_id = q.order_id and l.shard_key = q.shard_key
                join payments p on p.id = l.payment_id and p.shard_key = l.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard;

            select a.*
            from quotes q join linked_accounts a on a.buyer_id = q.buyer_id and a.shard_key = q.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard and a.status = 'active'
            order by a.id;

            select k.fingerprint, k.resource_id
            from quotes q join idempotency_keys k on k.marketplace_id = q.marketplace_id and k.mode = q.mode and k.scope = q.buyer_id and k.shard_key = q.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard and k.key = @key;
            """ + "select " + PaymentRow.Columns + """

            from quotes q
                join idempotency_keys k on k.marketplace_id = q.marketplace_id and k.mode = q.mode and k.scope = q.buyer_id and k.shard_key = q.shard_key
                join payments p on p.id = k.resource_id and p.shard_key = k.shard_key
            where q.id = @quote and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard and k.key = @key;
            """ + FeeSchedules.FindInForce;
        await using var connection = await db.OpenAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            quote = quoteId.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            now = now.UtcDateTime,
            shard = quoteId.ShardKey,
        }, cancellationToken: cancellationToken));
        var quote = (await rows.ReadSingleOrDefaultAsync<QuoteRow>())?.ToQuote(caller);
        var consumerStatus = await rows.ReadSingleOrDefaultAsync<string>();
        var live = await rows.ReadSingleOrDefaultAsync<LivePayment>();
        IReadOnlyList<LinkedAccount> accounts = [.. (await rows.ReadAsync<LinkedAccountRow>()).Select(row => row.ToAccount())];
        var used = await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = (await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment();
        return new Known(quote, consumerStatus, live, accounts, (await rows.ReadSingleAsync<FeeScheduleRow>()).ToSchedule(), used, earlier);
    }

    /// <summary>
    /// Phase one. The quote's payment_id is the gate: set once, while the quote is open; everything else is written only if this command set it.
    /// False when the gate was closed, or the order or the key was taken; then nothing was written.
    /// </summary>
    public async Task<bool> TryCommitIntentAsync(Payment payment, Attempt attempt, Quote quote, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            update quotes set payment_id = @id
            where id = @quote and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
                and payment_id is null and expires_at > @now and fixed_side = 'order';

            insert into live_payments (marketplace_id, mode, buyer_id, order_id, payment_id, shard_key)
            select q.marketplace_id, q.mode, q.buyer_id, q.order_id, q.payment_id, q.shard_key
            from quotes q where q.id = @quote and q.shard_key = @shard and q.payment_id = @id;

            insert into payments (
                id, marketplace_id, mode, buyer_id, quote_id, method, order_id, order_amount, source_currency, source_amount, markup_amount, fees, total, status,
                version, last_event_id, return_url, metadata, settlement_status, created_at, updated_at, shard_key)
            select q.payment_id, q.marketplace_id, q.mode, q.buyer_id, q.id, q.method, q.order_id, q.order_amount, q.source_currency, q.source_amount,
                q.markup_amount, q.fees, q.total, @status, @version, @eventId, @returnUrl, @metadata::jsonb, 'not_due', @now, @now, q.shard_key
            from quotes q where q.id = @quote and q.shard_key = @shard and q.payment_id = @id;

            insert into attempts (payment_id, marketplace_id, mode, number, provider, request_id, linked_account_id, started_at, shard_key)
            select p.id, p.marketplace_id, p.mode, @number, @provider, @requestId, @account, @now, p.shard_key
            from payments p where p.id = @id and p.shard_key = @shard;

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select p.marketplace_id, p.mode, p.buyer_id, @key, @fingerprint, p.id, @now, p.shard_key
            from payments p where p.id = @id and p.shard_key = @shard;

            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
            select e.id, p.marketplace_id, p.mode, e.type, e.object_id, e.object_version, e.data::jsonb, @now, p.shard_key
            from payments p, (values
                (@eventId, @eventType, @objectId, @objectVersion, @eventData),
                (@quoteEventId, @quoteEventType, @quoteObjectId, @quoteObjectVersion, @quoteEventData)) as e (id, type, object_id, object_version, data)
            where p.id = @id and p.shard_key = @shard;
            """;
        var created = NewEvent.Of("payment.created", payment.Id.ToString(), payment.Version, payment.ToResource(), payment.Id.ShardKey, payment.CreatedAt);
        var consumed = NewEvent.Of(
            "quote.consumed", quote.Id.ToString(), 2, (quote with { PaymentId = payment.Id }).ToResource(payment.CreatedAt), payment.Id.ShardKey, payment.CreatedAt);
        var parameters = Identify(payment);
        parameters.AddDynamicParams(new
        {
            quote = quote.Id.Value,
            status = payment.Status.Code(),
            version = payment.Version,
            returnUrl = payment.ReturnUrl,
            metadata = ApiJson.Write(payment.Metadata),
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
        });
        await using var connection = await db.OpenAsync(cancellationToken);
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

    /// <summary>
    /// Phase three. State, ledger and event commit together, and only on the version that the decision was made on. The answer is the payment's
    /// present state, whoever made it.
    /// </summary>
    public async Task<Payment> CommitOutcomeAsync(Payment payment, Attempt attempt, DebitOutcome outcome, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update attempts set outcome = @outcome, detail = @detail, provider_reference = @reference, ended_at = @now
            where payment_id = @id and number = @number and marketplace_id = @marketplace and mode = @mode and shard_key = @shard;

            update payments
            set status = @status, version = @version, last_event_id = @eventId, next_action_url = @nextActionUrl, failure_code = @failureCode,
                failure_message = @failureMessage, failure_retryable = @failureRetryable, provider_reference = @paymentReference,
                settlement_status = case when @status = 'succeeded' then 'pending' else settlement_status end, updated_at = @now
            where @moves and id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1;

            delete from live_payments l using payments p
            where @releases and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
                and l.marketplace_id = p.marketplace_id and l.mode = p.mode and l.buyer_id = p.buyer_id and l.order_id = p.order_id and l.shard_key = p.shard_key
                and l.payment_id = p.id;

            """ + LedgerSql.InsertForPayment + """

            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
            select @eventId, p.marketplace_id, p.mode, @eventType, @objectId, @objectVersion, @eventData::jsonb, @now, p.shard_key
            from payments p where @moves and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;
            """ + "select " + PaymentRow.Columns + " from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;";
        var decision = OutcomeRules.Decide(outcome, payment.Order, payment.Source, payment.Markup, payment.Total);
        var (name, reference, detail) = Describe(outcome);
        var next = decision.Status is null ? payment : payment.After(decision, reference, now);
        var happened = NewEvent.Of(PaymentTransitions.EventOnEntering(next.Status), next.Id.ToString(), next.Version, next.ToResource(), next.Id.ShardKey, now);
        var parameters = Identify(payment);
        parameters.AddDynamicParams(new
        {
            number = attempt.Number,
            outcome = name,
            detail,
            reference,
            now = now.UtcDateTime,
            moves = decision.Status is not null,
            releases = !next.Status.HoldsTheOrder(),
            status = next.Status.Code(),
            version = next.Version,
            nextActionUrl = next.NextActionUrl,
            failureCode = next.Failure?.Code,
            failureMessage = next.Failure?.Message,
            failureRetryable = next.Failure?.Retryable,
            paymentReference = next.ProviderReference,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            objectVersion = happened.ObjectVersion,
            eventData = happened.Data,
        });
        LedgerSql.AddParameters(parameters, decision.Posting, payment.Id.Value, payment.Id.ShardKey, now);
        await using var connection = await db.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<PaymentRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return row.ToPayment();
    }

    private static DynamicParameters Identify(Payment payment) => new(new
    {
        id = payment.Id.Value,
        marketplace = payment.Owner.MarketplaceId,
        mode = payment.Owner.Mode.Code(),
        shard = payment.Id.ShardKey,
    });

    /// <summary>The outcome as the attempt records it.</summary>
    private static (string Name, string? Reference, string? Detail) Describe(DebitOutcome outcome) => outcome switch
    {
        DebitOutcome.Succeeded done => ("succeeded", done.ProviderReference, null),
        DebitOutcome.Refused refused => ("refused", refused.ProviderReference, refused.Code),
        DebitOutcome.Pending pending => ("pending", pending.ProviderReference, null),
        DebitOutcome.Unknown unknown => ("unknown", null, unknown.Reason),
        DebitOutcome.NotFound => ("unknown", null, "the provider does not know the request"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
