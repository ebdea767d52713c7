using Dapper;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

/// <summary>How a posting is written, as part of the command that makes the change it belongs to.</summary>
internal static class LedgerSql
{
    /// <summary>Writes the posting if this command made the payment's present state (its last event is @eventId).</summary>
    public const string InsertForPayment = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, created_at, shard_key)
        select @ledgerId, p.marketplace_id, p.mode, p.id, @ledgerCause, @ledgerKind, @now, p.shard_key
        from payments p where @ledgerKind is not null and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

        insert into ledger_entries (transaction_id, marketplace_id, mode, line, account, currency, amount, shard_key)
        select t.id, t.marketplace_id, t.mode, leg.line, leg.account, leg.currency, leg.amount, t.shard_key
        from ledger_transactions t, unnest(@legAccounts, @legCurrencies, @legAmounts) with ordinality as leg (account, currency, amount, line)
        where t.id = @ledgerId and t.shard_key = @shard;

        """;

    /// <summary>Writes the postings if this command made the refund's present state (its last event is @eventId).</summary>
    public const string InsertForRefund = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, occurrence, created_at, shard_key)
        select t.id, r.marketplace_id, r.mode, r.payment_id, r.id, t.kind, @ledgerOccurrence, @now, r.shard_key
        from refunds r, unnest(@ledgerIds, @ledgerKinds) as t (id, kind)
        where r.id = @id and r.shard_key = @shard and r.last_event_id = @eventId;

        """ + InsertLegs;

    /// <summary>The same for a dispute.</summary>
    public const string InsertForDispute = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, occurrence, created_at, shard_key)
        select t.id, d.marketplace_id, d.mode, d.payment_id, d.id, t.kind, @ledgerOccurrence, @now, d.shard_key
        from disputes d, unnest(@ledgerIds, @ledgerKinds) as t (id, kind)
        where d.id = @id and d.shard_key = @shard and d.last_event_id = @eventId;

        """ + InsertLegs;

    private const string InsertLegs = """
        insert into ledger_entries (transaction_id, marketplace_id, mode, line, account, currency, amount, shard_key)
        select t.id, t.marketplace_id, t.mode, leg.line, leg.account, leg.currency, leg.amount, t.shard_key
        from ledger_transactions t
            join unnest(@legTransactions, @legLines, @legAccounts, @legCurrencies, @legAmounts) as leg (transaction_id, line, account, currency, amount) on leg.transaction_id = t.id
        where t.id = any (@ledgerIds) and t.shard_key = @shard;

        """;

    /// <summary>Takes back what was kept in suspense, once a review has ended. Parameters besides: leavesReview, reversalId.</summary>
    public const string ReverseSuspense = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, created_at, shard_key)
        select @reversalId, t.marketplace_id, t.mode, t.payment_id, t.cause_id, 'suspense_reversal', @now, t.shard_key
        from payments p join ledger_transactions t on t.cause_id = p.id and t.kind = 'suspense' and t.shard_key = p.shard_key
        where @leavesReview and p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

        insert into ledger_entries (transaction_id, marketplace_id, mode, line, account, currency, amount, shard_key)
        select r.id, e.marketplace_id, e.mode, e.line, e.account, e.currency, -e.amount, e.shard_key
        from ledger_transactions r
            join ledger_transactions t on t.cause_id = r.cause_id and t.kind = 'suspense' and t.shard_key = r.shard_key
            join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where r.id = @reversalId and r.shard_key = @shard;

        """;

    public static void AddParameters(DynamicParameters parameters, LedgerPosting? posting, Guid cause, short shardKey, DateTimeOffset now)
    {
        var legs = posting?.Legs ?? [];
        parameters.AddDynamicParams(new
        {
            reversalId = Id<LedgerTransactionResource>.New(shardKey, now).Value,
            ledgerId = Id<LedgerTransactionResource>.New(shardKey, now).Value,
            ledgerCause = cause,
            ledgerKind = posting?.Kind,
            legAccounts = legs.Select(leg => leg.Account.Code()).ToArray(),
            legCurrencies = legs.Select(leg => leg.Amount.Currency.Code).ToArray(),
            legAmounts = legs.Select(leg => leg.Amount.Value).ToArray(),
        });
    }

    /// <summary>For <see cref="InsertForRefund"/>: one movement may take several postings.</summary>
    /// <param name="occurrence">The version of the cause that they belong to: a refund that comes back may succeed after all, and is posted once more.</param>
    public static void AddParameters(DynamicParameters parameters, IReadOnlyList<LedgerPosting> postings, int occurrence, short shardKey, DateTimeOffset now)
    {
        var transactions = postings.Select(posting => (Id: Id<LedgerTransactionResource>.New(shardKey, now).Value, posting.Kind, posting.Legs)).ToList();
        var legs = transactions.SelectMany(transaction => transaction.Legs.Select((leg, index) => (transaction.Id, Line: (short)(index + 1), Leg: leg))).ToList();
        parameters.AddDynamicParams(new
        {
            ledgerIds = transactions.Select(transaction => transaction.Id).ToArray(),
            ledgerOccurrence = occurrence,
            ledgerKinds = transactions.Select(transaction => transaction.Kind).ToArray(),
            legTransactions = legs.Select(leg => leg.Id).ToArray(),
            legLines = legs.Select(leg => leg.Line).ToArray(),
            legAccounts = legs.Select(leg => leg.Leg.Account.Code()).ToArray(),
            legCurrencies = legs.Select(leg => leg.Leg.Amount.Currency.Code).ToArray(),
            legAmounts = legs.Select(leg => leg.Leg.Amount.Value).ToArray(),
        });
    }
}
