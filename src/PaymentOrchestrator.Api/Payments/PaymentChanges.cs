using Dapper;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// Moves a payment along its state graph. State, ledger, event, what holds the order and what is still to be asked commit together in one command,
/// and only on the version that the decision was made on.
/// </summary>
internal sealed class PaymentChanges(Db db, ResolverSchedule schedule, FactsCache facts, TimeProvider clock)
{
    private const string Present =
        "select " + PaymentRow.Columns + " from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;";

    /// <summary>Applies what a provider said. The answer is the payment's present state, whoever made it.</summary>
    public async Task<Payment> ApplyAsync(Payment payment, Attempt attempt, DebitOutcome outcome, CancellationToken cancellationToken)
    {
        var (name, reference, detail) = Describe(outcome);
        var word = new Word(attempt.Number, name, reference, ProviderText.Kept(detail));
        var now = await CommitAsync(payment, OutcomeRules.Decide(payment.Status, outcome, payment.Amounts), word, null, cancellationToken);
        // Its owner was held up for so long that the payment was given up, and then the debit went out and took the money. Nobody else may ever hear
        // of it: what the success means for a failed payment is decided now. (A canceled one is left alone: the provider itself had ended the debit.)
        return outcome is DebitOutcome.Succeeded && payment.Status != PaymentStatus.Failed && now.Status == PaymentStatus.Failed
            ? await CommitAsync(now, OutcomeRules.Decide(now.Status, outcome, now.Amounts), word, null, cancellationToken)
            : now;
    }

    /// <summary>Applies a decision that no provider's word stands behind: a cancellation, an expiry, an operator's.</summary>
    /// <param name="key">The request that asked for it; null for background work. Taken: then nothing was written, and the answer shows the earlier effect.</param>
    /// <param name="audit">Who decided, for the audit log; null for background work.</param>
    public Task<Payment> ApplyAsync(Payment payment, OutcomeDecision decision, Word word, KeyedRequest? key, CancellationToken cancellationToken, AuditEntry? audit = null) =>
        CommitAsync(payment, decision, word, key, cancellationToken, audit);

    /// <summary>What is recorded of a conversation.</summary>
    /// <param name="Number">The attempt's number; an operator's word makes a new one.</param>
    internal sealed record Word(int Number, string Outcome, string? Reference, string? Detail, bool ByOperator = false);

    private async Task<Payment> CommitAsync(Payment payment, OutcomeDecision decision, Word word, KeyedRequest? key, CancellationToken cancellationToken, AuditEntry? audit = null)
    {
        // Money may have moved: what is remembered of the buyer's balances is not true any more.
        facts.Forget(payment.BuyerId);
        const string changes = """
            update payments
            set status = @status, version = @version, event_version = event_version + 1, last_event_id = @eventId, next_action_url = @nextActionUrl, failure_code = @failureCode,
                failure_message = @failureMessage, failure_retryable = @failureRetryable, provider_reference = @paymentReference,
                settlement_status = case when @status = 'succeeded' then 'pending' else settlement_status end, updated_at = @now
            where @moves and id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1;

            update attempts set outcome = @outcome, detail = @detail, provider_reference = coalesce(@reference, provider_reference), ended_at = @now
            where not @byOperator and payment_id = @id and number = @number and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
                and (outcome is null or outcome in ('pending', 'unknown'));

            insert into attempts (payment_id, marketplace_id, mode, number, provider, request_id, linked_account_id, outcome, detail, provider_reference, started_at, ended_at, shard_key)
            select p.id, p.marketplace_id, p.mode, a.number + 1, 'operator', a.request_id, a.linked_account_id, @outcome, @detail, @reference, @now, @now, p.shard_key
            from payments p join attempts a on a.payment_id = p.id and a.shard_key = p.shard_key
            where @byOperator and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
            order by a.number desc limit 1;

            delete from live_payments l using payments p
            where @releases and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
                and l.marketplace_id = p.marketplace_id and l.mode = p.mode and l.buyer_id = p.buyer_id and l.order_id = p.order_id and l.shard_key = p.shard_key
                and l.payment_id = p.id;

            insert into live_payments (marketplace_id, mode, buyer_id, order_id, payment_id, shard_key)
            select p.marketplace_id, p.mode, p.buyer_id, p.order_id, p.id, p.shard_key
            from payments p where @reclaims and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
            on conflict do nothing;

            insert into inquiries (payment_id, marketplace_id, mode, next_at, tries, shard_key)
            select p.id, p.marketplace_id, p.mode, @askForSettlementAt, 0, p.shard_key
            from payments p where @succeeds and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
            on conflict (payment_id, shard_key) do update set next_at = excluded.next_at, tries = 0;

            delete from inquiries i using payments p
            where @ends and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId and i.payment_id = p.id and i.shard_key = p.shard_key;

            """ + LedgerSql.ReverseSuspense + LedgerSql.InsertForPayment + """

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select p.marketplace_id, p.mode, p.buyer_id, @key, @fingerprint, p.id, @now, p.shard_key
            from payments p where @key is not null and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
            select @eventId, p.marketplace_id, p.mode, @eventType, @objectId, p.event_version, @eventData::jsonb, @now, p.shard_key
            from payments p where @moves and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

            """;
        const string audited = AuditEntry.InsertSelect + " from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;";
        var sql = audit is null ? changes + Present : changes + audited + Present;
        var now = clock.Now();
        var moves = decision.Status is not null;
        var next = moves ? payment.After(decision, word.Reference, now) : payment;
        var happened = NewEvent.Of(PaymentTransitions.EventOnEntering(next.Status), next.Id.ToString(), next.Version, next.ToResource(), next.Id.ShardKey, now);
        var parameters = new DynamicParameters(new
        {
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
            number = word.Number,
            outcome = word.Outcome,
            detail = word.Detail,
            reference = word.Reference,
            byOperator = word.ByOperator,
            now = now.UtcDateTime,
            moves,
            succeeds = moves && next.Status == PaymentStatus.Succeeded,
            askForSettlementAt = (now + schedule.FirstDelay).UtcDateTime,
            ends = moves && next.Status is PaymentStatus.Failed or PaymentStatus.Canceled or PaymentStatus.UnderReview,
            releases = moves && !next.Status.HoldsTheOrder(),
            reclaims = moves && next.Status.HoldsTheOrder() && !payment.Status.HoldsTheOrder(),
            leavesReview = moves && payment.Status == PaymentStatus.UnderReview,
            status = next.Status.Code(),
            version = next.Version,
            nextActionUrl = next.NextActionUrl,
            failureCode = next.Failure?.Code,
            failureMessage = next.Failure?.Message,
            failureRetryable = next.Failure?.Retryable,
            paymentReference = next.ProviderReference,
            key = key?.Key,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            eventData = happened.Data,
        });
        parameters.Add("fingerprint", key?.Fingerprint, System.Data.DbType.Binary);
        audit?.AddTo(parameters);
        LedgerSql.AddParameters(parameters, decision.Posting, payment.Id.Value, payment.Id.ShardKey, now);
        await using var connection = await db.OpenAsync(payment.Owner, cancellationToken);
        try
        {
            var present = (await connection.QuerySingleAsync<PaymentRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).ToPayment();
            // Not where another's newer version stands.
            if (moves && present.Version == next.Version && present.Status == next.Status) Telemetry.Instruments.PaymentEntered(next.Method, next.Status, next.Owner.Mode);
            return present;
        }
        catch (Npgsql.PostgresException e) when (Idempotency.IsTaken(e))
        {
            // The same request was first, and what it did is the present state.
            return (await connection.QuerySingleAsync<PaymentRow>(new CommandDefinition(Present, parameters, cancellationToken: cancellationToken))).ToPayment();
        }
    }

    /// <summary>The outcome as the attempt records it.</summary>
    private static (string Name, string? Reference, string? Detail) Describe(DebitOutcome outcome) => outcome switch
    {
        // Its reference is not the payment's: whoever asks later must still ask by our own request.
        DebitOutcome.Succeeded { OfAnotherRequest: true } strange => ("unknown", null, $"the answer names another request; its movement is {strange.ProviderReference}"),
        DebitOutcome.Succeeded done => ("succeeded", done.ProviderReference, null),
        DebitOutcome.Refused refused => ("refused", refused.ProviderReference, refused.Code),
        DebitOutcome.Pending pending => ("pending", pending.ProviderReference, null),
        DebitOutcome.Unknown unknown => ("unknown", null, unknown.Reason),
        DebitOutcome.Canceled canceled => ("refused", canceled.ProviderReference, "canceled at the provider"),
        DebitOutcome.NotFound => ("unknown", null, "the provider does not know the request"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
