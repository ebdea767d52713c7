using System.Data;
using Dapper;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

/// <summary>How a posting is written, as part of the command that makes the change it belongs to.</summary>
internal static class LedgerSql
{
    /// <summary>
    /// One event for each transaction that this command has written, reversals included, told from the books themselves. Transactions never change, so
    /// there is one version, and the event has the transaction's own UUID. The entries are held to the shard by its value: by way of the transaction's, a cluster would
    /// insert from every shard.
    /// </summary>
    private const string InsertEvents = """
        insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
        select t.id, t.marketplace_id, t.mode, 'ledger.transaction_posted', posted.object_id, 1,
            jsonb_build_object(
                'id', posted.object_id, 'object', 'ledger_transaction', 'kind', t.kind, 'payment_id', @ledgerPayment, 'refund_id', @ledgerRefund, 'dispute_id', @ledgerDispute,
                'entries', (
                    select jsonb_agg(jsonb_build_object('account', e.account, 'amount', jsonb_build_object('currency', e.currency, 'value', e.amount)) order by e.line)
                    from ledger_entries e where e.transaction_id = t.id and e.shard_key = @shard),
                'created_at', @ledgerTime),
            @now, t.shard_key
        from unnest(@postedIds, @postedObjects) as posted (id, object_id) join ledger_transactions t on t.id = posted.id and t.shard_key = @shard;

        """;

    /// <summary>
    /// Writes the posting if this command made the payment's present state (its last event is @eventId). A payment is paid and settled once, and may be
    /// put under review again and again: each time has the version that it began with. Parameters: those of a <see cref="PaymentPosting"/>.
    /// </summary>
    public const string InsertForPayment = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, occurrence, created_at, shard_key)
        select @ledgerId, p.marketplace_id, p.mode, p.id, p.id, @ledgerKind, case when @ledgerKind = 'suspense' then p.version else 1 end, @now, p.shard_key
        from payments p where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId;

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

        """ + InsertEvents;

    /// <summary>
    /// Takes back what was kept in suspense, once a review has ended; stands before <see cref="InsertForPayment"/>. What it takes back is in the books alone, and so its
    /// event is told from them. Parameters: those of <see cref="Reversal"/>.
    /// </summary>
    public const string ReverseSuspense = """
        insert into ledger_transactions (id, marketplace_id, mode, payment_id, cause_id, kind, occurrence, created_at, shard_key)
        select @reversalId, t.marketplace_id, t.mode, t.payment_id, t.cause_id, 'suspense_reversal', t.occurrence, @now, t.shard_key
        from payments p join ledger_transactions t on t.cause_id = p.id and t.kind = 'suspense' and t.shard_key = p.shard_key
        where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId
            and not exists (
                select from ledger_transactions r
                where r.cause_id = t.cause_id and r.kind = 'suspense_reversal' and r.occurrence = t.occurrence and r.shard_key = t.shard_key);

        insert into ledger_entries (transaction_id, marketplace_id, mode, line, account, currency, amount, shard_key)
        select r.id, e.marketplace_id, e.mode, e.line, e.account, e.currency, -e.amount, e.shard_key
        from ledger_transactions r
            join ledger_transactions t on t.cause_id = r.cause_id and t.kind = 'suspense' and t.occurrence = r.occurrence and t.shard_key = r.shard_key
            join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where r.id = @reversalId and r.shard_key = @shard;

        """ + InsertEvents;

    /// <summary>Parameters of <see cref="ReverseSuspense"/>.</summary>
    public static object Reversal(Id<PaymentResource> payment, DateTimeOffset now)
    {
        var id = Id<LedgerTransactionResource>.New(payment.ShardKey, now);
        return new { reversalId = id.Value, postedIds = new[] { id.Value }, postedObjects = new[] { id.ToString() }, ledgerPayment = payment.ToString(), ledgerRefund = (string?)null, ledgerDispute = (string?)null, ledgerTime = ApiJson.Time(now) };
    }

    /// <summary>For <see cref="InsertForRefund"/> and <see cref="InsertForDispute"/>: one movement may take several postings.</summary>
    /// <param name="occurrence">The version of the refund or dispute that they belong to: one that comes back may happen after all, and is posted once more.</param>
    public static void AddParameters(
        DynamicParameters parameters, IReadOnlyList<LedgerPosting> postings, Id<PaymentResource> payment, Id<RefundResource>? refund, Id<DisputeResource>? dispute,
        int occurrence, DateTimeOffset now)
    {
        var transactions = postings.Select(posting => (Id: Id<LedgerTransactionResource>.New(payment.ShardKey, now), posting.Kind, posting.Legs)).ToList();
        var legs = transactions.SelectMany(transaction => transaction.Legs.Select((leg, index) => (transaction.Id, Line: (short)(index + 1), Leg: leg))).ToList();
        parameters.AddDynamicParams(new
        {
            ledgerIds = transactions.Select(transaction => transaction.Id.Value).ToArray(),
            ledgerOccurrence = occurrence,
            ledgerKinds = transactions.Select(transaction => transaction.Kind).ToArray(),
            legTransactions = legs.Select(leg => leg.Id.Value).ToArray(),
            legLines = legs.Select(leg => leg.Line).ToArray(),
            legAccounts = legs.Select(leg => leg.Leg.Account.Code()).ToArray(),
            legCurrencies = legs.Select(leg => leg.Leg.Amount.Currency.Code).ToArray(),
            legAmounts = legs.Select(leg => leg.Leg.Amount.Value).ToArray(),
        });
        AddEvents(parameters, [.. transactions.Select(transaction => transaction.Id)], payment, refund, dispute, now);
    }

    /// <param name="transactions">Those that may be written.</param>
    private static void AddEvents(
        DynamicParameters parameters, IReadOnlyList<Id<LedgerTransactionResource>> transactions, Id<PaymentResource> payment, Id<RefundResource>? refund,
        Id<DisputeResource>? dispute, DateTimeOffset now)
    {
        parameters.AddDynamicParams(new
        {
            postedIds = transactions.Select(transaction => transaction.Value).ToArray(),
            postedObjects = transactions.Select(transaction => transaction.ToString()).ToArray(),
            ledgerTime = ApiJson.Time(now),
        });
        parameters.Add("ledgerPayment", payment.ToString(), DbType.String);
        parameters.Add("ledgerRefund", refund?.ToString(), DbType.String);
        parameters.Add("ledgerDispute", dispute?.ToString(), DbType.String);
    }
}
