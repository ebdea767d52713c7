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
    /// <summary>Applies what a provider said. The answer is the payment's present state, whoever made it.</summary>
    public async Task<Payment> ApplyAsync(Payment payment, Attempt attempt, DebitOutcome outcome, CancellationToken cancellationToken)
    {
        // What the cancellation comes to says whether the money stays; its own answer does, or who asks after it.
        if (outcome is DebitOutcome.Succeeded && payment is { Status: PaymentStatus.Processing or PaymentStatus.RequiresAction, CancelUntil: { } until } && until > clock.Now()) outcome = new DebitOutcome.Unknown("taken, while a cancellation is under way");
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
        var now = clock.Now();
        var moves = decision.Status is not null;
        var next = moves ? payment.After(decision, word.Reference, now) : payment;
        var happened = NewEvent.Of(PaymentTransitions.EventOnEntering(next.Status), next.Id.ToString(), next.Version, next.ToResource(), next.Id.ShardKey, now);
        var posting = decision.Posting is { } legs ? new PaymentPosting(legs, payment.Id, now) : null;
        var leavesReview = moves && payment.Status == PaymentStatus.UnderReview;
        var steps = new PaymentChangeSteps
        {
            Moves = moves,
            ByOperator = word.ByOperator,
            Succeeds = moves && next.Status == PaymentStatus.Succeeded,
            Ends = moves && next.Status is PaymentStatus.Failed or PaymentStatus.Canceled or PaymentStatus.UnderReview,
            Releases = moves && !next.Status.HoldsTheOrder(),
            Reclaims = moves && next.Status.HoldsTheOrder() && !payment.Status.HoldsTheOrder(),
            LeavesReview = leavesReview,
            Posts = posting is not null,
            TakesKey = key?.Key is not null,
            Audited = audit is not null,
        };
        object parameters = new
        {
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
            number = word.Number,
            outcome = word.Outcome,
            detail = word.Detail,
            reference = word.Reference,
            now = now.UtcDateTime,
            askForSettlementAt = (now + schedule.FirstDelay).UtcDateTime,
            status = next.Status.Code(),
            version = next.Version,
            nextActionUrl = next.NextActionUrl,
            failureCode = next.Failure?.Code,
            failureMessage = next.Failure?.Message,
            failureRetryable = next.Failure?.Retryable,
            paymentReference = next.ProviderReference,
            key = key?.Key,
            fingerprint = key?.Fingerprint,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            eventData = happened.Data,
            ledgerId = posting?.Id,
            ledgerKind = posting?.Kind,
            legAccounts = posting?.Accounts,
            legCurrencies = posting?.Currencies,
            legAmounts = posting?.Amounts,
            ledgerEventType = posting?.Event.Type,
            ledgerObjectId = posting?.Event.ObjectId,
            ledgerEventData = posting?.Event.Data,
        };
        if (leavesReview || audit is not null)
        {
            var more = new DynamicParameters(parameters);
            if (leavesReview) more.AddDynamicParams(LedgerSql.Reversal(payment.Id, now));
            audit?.AddTo(more);
            parameters = more;
        }

        var sql = steps.ToSql();
        var row = await TryWriteAsync(payment.Owner, sql, parameters, cancellationToken);
        // No row where another's newer version stands, or the same request was first: then that one is the answer.
        var present = (row ?? await ReadAsync(payment, cancellationToken)).ToPayment();
        if (moves && row is not null) Telemetry.Instruments.PaymentEntered(next.Method, next.Status, next.Owner.Mode);
        return present;
    }

    private async Task<PaymentRow?> TryWriteAsync(Caller owner, string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        try
        {
            return await connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        }
        catch (Npgsql.PostgresException e) when (Idempotency.IsTaken(e))
        {
            return null;
        }
    }

    private async Task<PaymentRow> ReadAsync(Payment payment, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(payment.Owner, cancellationToken);
        return await connection.QuerySingleAsync<PaymentRow>(new CommandDefinition(
            PaymentChangeSteps.Present,
            new { id = payment.Id.Value, marketplace = payment.Owner.MarketplaceId, mode = payment.Owner.Mode.Code(), shard = payment.Id.ShardKey },
            cancellationToken: cancellationToken));
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
