using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>
/// Moves a refund along its state graph. State, ledger, event and what the payment counts as refunded commit together in one command, and only on
/// the version that the decision was made on.
/// </summary>
internal sealed class RefundChanges(Db db, FactsCache facts, TimeProvider clock)
{
    private const string Present =
        "select " + RefundRow.Columns + " from refunds r where r.id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard;";

    /// <summary>Applies what a provider said. The answer is the refund's present state, whoever made it.</summary>
    /// <param name="askAgainAt">Where it stays pending.</param>
    public Task<Refund> ApplyAsync(Refund refund, RefundOutcome outcome, DateTimeOffset askAgainAt) =>
        CommitAsync(refund, RefundRules.Decide(refund.Status, outcome, refund.Parts, refund.Suspended), Word.Of(outcome), null, askAgainAt);

    /// <summary>Nobody could say what became of it for too long.</summary>
    public Task<Refund> GiveUpAsync(Refund refund) =>
        CommitAsync(refund, RefundRules.GiveUp(refund.Status), new Word("unknown", null, FailureCode.OutcomeUnknown), null, null);

    /// <summary>Applies an operator's decision with the request that made it. A key that is taken: nothing was written. Null: the payment would be refunded above what was paid.</summary>
    public Task<Refund?> ResolveAsync(Refund refund, RefundDecision decision, RefundOutcome outcome, KeyedRequest key, AuditEntry audit) =>
        TryCommitAsync(refund, decision, Word.Of(outcome) with { Detail = "resolved by an operator", ByOperator = true }, key, null, audit);

    private async Task<Refund> CommitAsync(Refund refund, RefundDecision decision, Word word, KeyedRequest? key, DateTimeOffset? askAgainAt) =>
        await TryCommitAsync(refund, decision, word, key, askAgainAt) ?? refund;

    /// <summary>Null when the payment would be refunded above what was paid; then nothing was written, and what moved stays in suspense.</summary>
    private async Task<Refund?> TryCommitAsync(Refund refund, RefundDecision decision, Word word, KeyedRequest? key, DateTimeOffset? askAgainAt, AuditEntry? audit = null)
    {
        // Money may have moved: what is remembered of the buyer's balances is not true any more.
        facts.Forget(refund.BuyerId);
        const string changes = """
            update refunds
            set status = @status, version = @version, last_event_id = @eventId, failure_code = @failureCode, failure_message = @failureMessage,
                provider_reference = @refundReference, suspended_amount = @suspended, suspended_currency = @suspendedCurrency, last_word = @word, last_detail = @detail,
                last_heard_at = @now, resolved_by_operator = @byOperator, next_inquiry_at = null, updated_at = @now
            where @moves and id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1;

            update refunds
            set provider_reference = coalesce(@reference, provider_reference), last_word = @word, last_detail = @detail, last_heard_at = @now, next_inquiry_at = @askAgainAt
            where not @moves and id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version and status = 'pending';

            update payments p
            set amount_refunded = p.amount_refunded + @paidBack, version = p.version + 1, updated_at = @now
            from refunds r
            where @paidBack <> 0 and r.id = @id and r.shard_key = @shard and r.last_event_id = @eventId and p.id = r.payment_id and p.shard_key = @shard;

            """ + LedgerSql.InsertForRefund + """

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select r.marketplace_id, r.mode, r.buyer_id, @key, @fingerprint, r.id, @now, r.shard_key
            from refunds r where @key is not null and r.id = @id and r.shard_key = @shard and r.last_event_id = @eventId;

            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
            select @eventId, r.marketplace_id, r.mode, @eventType, @objectId, @objectVersion, @eventData::jsonb, @now, r.shard_key
            from refunds r where @moves and r.id = @id and r.shard_key = @shard and r.last_event_id = @eventId;

            """;
        const string audited = AuditEntry.InsertSelect + " from refunds r where r.id = @id and r.shard_key = @shard and r.last_event_id = @eventId;";
        var sql = audit is null ? changes + Present : changes + audited + Present;
        var now = clock.Now();
        var moves = decision.Status is not null;
        var next = moves ? refund.After(decision, word.Reference, now) : refund;
        var happened = NewEvent.Of(RefundTransitions.EventOnEntering(next.Status), next.Id.ToString(), next.Version, next.ToResource(), next.Id.ShardKey, now);
        var parameters = new DynamicParameters(new
        {
            id = refund.Id.Value,
            marketplace = refund.Owner.MarketplaceId,
            mode = refund.Owner.Mode.Code(),
            shard = refund.Id.ShardKey,
            moves,
            status = next.Status.Code(),
            version = next.Version,
            failureCode = next.Failure?.Code,
            failureMessage = next.Failure?.Message,
            refundReference = next.ProviderReference,
            suspended = next.Suspended?.Value,
            suspendedCurrency = next.Suspended?.Currency.Code,
            paidBack = PaidBack(refund.Status, next.Status) * refund.Parts.Order.Value,
            word = word.Outcome,
            reference = word.Reference,
            detail = word.Detail,
            byOperator = word.ByOperator,
            askAgainAt = askAgainAt?.UtcDateTime,
            now = now.UtcDateTime,
            key = key?.Key,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            objectVersion = happened.ObjectVersion,
            eventData = happened.Data,
        });
        parameters.Add("fingerprint", key?.Fingerprint, System.Data.DbType.Binary);
        audit?.AddTo(parameters);
        LedgerSql.AddParameters(parameters, decision.Postings, refund.PaymentId, refund.Id, null, next.Version, now);
        try
        {
            var present = await RunAsync(refund.Owner, sql, parameters);
            if (moves && present.Version == next.Version && present.Status == next.Status) Telemetry.Instruments.RefundEntered(next.Status, next.Owner.Mode);
            return present;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return await RunAsync(refund.Owner, Present, parameters);
        }
        catch (PostgresException e) when (Idempotency.Violates(e, "payments_refunded_within"))
        {
            return null;
        }
    }

    private async Task<Refund> RunAsync(Caller owner, string sql, DynamicParameters parameters)
    {
        // What was heard is written whoever has hung up meanwhile.
        await using var connection = await db.OpenAsync(owner, CancellationToken.None);
        return (await connection.QuerySingleAsync<RefundRow>(new CommandDefinition(sql, parameters))).ToRefund();
    }

    /// <summary>How often the refund's part of the order is added to what the payment counts as refunded: 1, 0 or −1.</summary>
    private static int PaidBack(RefundStatus from, RefundStatus to) => (to == RefundStatus.Succeeded ? 1 : 0) - (from == RefundStatus.Succeeded ? 1 : 0);

    /// <summary>What is recorded of it.</summary>
    private sealed record Word(string Outcome, string? Reference, string? Detail, bool ByOperator = false)
    {
        public static Word Of(RefundOutcome outcome) => outcome switch
        {
            RefundOutcome.Succeeded done => new("succeeded", done.ProviderReference, null),
            RefundOutcome.Refused refused => new("refused", null, refused.Code),
            RefundOutcome.Pending pending => new("pending", pending.ProviderReference, null),
            RefundOutcome.Unknown unknown => new("unknown", null, ProviderText.Kept(unknown.Reason)),
            RefundOutcome.NotFound => new("unknown", null, "the provider does not know the request"),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
    }
}
