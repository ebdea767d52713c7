using System.Collections.Concurrent;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Ledger;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// What one change of a payment takes, as one command: only the statements that this kind of change needs, each of which acts only if the first one made the
/// present state (the payment's last event is @eventId). There are few kinds, and each kind's text is always the same, so that it is prepared once.
/// </summary>
internal readonly record struct PaymentChangeSteps
{
    public const string Present =
        "select " + PaymentRow.Columns + " from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;";

    private static readonly ConcurrentDictionary<PaymentChangeSteps, string> Texts = [];

    /// <summary>The payment enters another state; else only a word about it is recorded.</summary>
    public required bool Moves { get; init; }

    /// <summary>The word is an operator's, which is a conversation of its own.</summary>
    public required bool ByOperator { get; init; }

    public required bool Succeeds { get; init; }

    /// <summary>Nobody is to be asked any more.</summary>
    public required bool Ends { get; init; }

    /// <summary>The order is free for another payment.</summary>
    public required bool Releases { get; init; }

    /// <summary>The order is held again.</summary>
    public required bool Reclaims { get; init; }

    public required bool LeavesReview { get; init; }

    public required bool Posts { get; init; }

    public required bool TakesKey { get; init; }

    public required bool Audited { get; init; }

    /// <summary>The command; its one result is the payment as it is afterwards, and no row where another's newer version stands.</summary>
    public string ToSql() => Texts.GetOrAdd(this, static steps => string.Concat(steps.Statements()));

    private IEnumerable<string> Statements()
    {
        if (Moves) yield return Move;
        yield return ByOperator ? RecordOperator : RecordWord;
        if (Releases) yield return Release;
        if (Reclaims) yield return Reclaim;
        if (Succeeds) yield return AskForSettlement;
        if (Ends) yield return StopAsking;
        if (LeavesReview) yield return LedgerSql.ReverseSuspense;
        if (Posts) yield return LedgerSql.InsertForPayment;
        if (TakesKey) yield return TakeKey;
        if (Moves) yield return Posts ? TellWithPosting : Tell;
        if (Audited) yield return AuditEntry.InsertSelect + " from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;";
        if (!Moves) yield return Present;
    }

    private const string Move = """
        update payments p
        set status = @status, version = @version, event_version = event_version + 1, last_event_id = @eventId, next_action_url = @nextActionUrl, failure_code = @failureCode,
            failure_message = @failureMessage, failure_retryable = @failureRetryable, provider_reference = @paymentReference,
            settlement_status = case when @status = 'succeeded' then 'pending' else settlement_status end, updated_at = @now
        where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1
        returning 
        """ + PaymentRow.Columns + ";\n";

    private const string RecordWord = """
        update attempts set outcome = @outcome, detail = @detail, provider_reference = coalesce(@reference, provider_reference), ended_at = @now
        where payment_id = @id and number = @number and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
            and (outcome is null or outcome in ('pending', 'unknown'));

        """;

    private const string RecordOperator = """
        insert into attempts (payment_id, marketplace_id, mode, number, provider, request_id, linked_account_id, outcome, detail, provider_reference, started_at, ended_at, shard_key)
        select p.id, p.marketplace_id, p.mode, a.number + 1, 'operator', a.request_id, a.linked_account_id, @outcome, @detail, @reference, @now, @now, p.shard_key
        from payments p join attempts a on a.payment_id = p.id and a.shard_key = p.shard_key
        where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
        order by a.number desc limit 1;

        """;

    private const string Release = """
        delete from live_payments l using payments p
        where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
            and l.marketplace_id = p.marketplace_id and l.mode = p.mode and l.buyer_id = p.buyer_id and l.order_id = p.order_id and l.shard_key = p.shard_key
            and l.payment_id = p.id;

        """;

    private const string Reclaim = """
        insert into live_payments (marketplace_id, mode, buyer_id, order_id, payment_id, shard_key)
        select p.marketplace_id, p.mode, p.buyer_id, p.order_id, p.id, p.shard_key
        from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
        on conflict do nothing;

        """;

    private const string AskForSettlement = """
        insert into inquiries (payment_id, marketplace_id, mode, next_at, tries, for_settlement, shard_key)
        select p.id, p.marketplace_id, p.mode, @askForSettlementAt, 0, true, p.shard_key
        from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
        on conflict (payment_id, shard_key) do update set next_at = excluded.next_at, tries = 0, for_settlement = true;

        """;

    private const string StopAsking = """
        delete from inquiries i using payments p
        where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId and i.payment_id = p.id and i.shard_key = p.shard_key;

        """;

    private const string TakeKey = """
        insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
        select p.marketplace_id, p.mode, p.buyer_id, @key, @fingerprint, p.id, @now, p.shard_key
        from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

        """;

    private const string Tell = $"""
        insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
        select @eventId, p.marketplace_id, p.mode, @eventType, @objectId, p.event_version, @eventData::jsonb, @now, {NewEvent.DispatchedUnlessAwaited}, p.shard_key
        from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

        """;

    /// <summary>The payment's own event and that of what it posted, for <see cref="PaymentSettlement"/> too.</summary>
    public const string TellWithPosting = $"""
        insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
        select e.id, p.marketplace_id, p.mode, e.type, e.object_id, coalesce(e.version, p.event_version), e.data::jsonb, @now, {NewEvent.DispatchedUnlessAwaited}, p.shard_key
        from payments p, unnest(
            array[@eventId, @ledgerId], array[@eventType, @ledgerEventType], array[@objectId, @ledgerObjectId], array[null, 1], array[@eventData, @ledgerEventData])
            as e (id, type, object_id, version, data)
        where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

        """;
}
