using System.Data;
using Dapper;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>
/// Our side of a statement: what the books say that a provider moved in a time, and whatever its lines name besides. Reads a whole marketplace and
/// mode, so over all shards; a named exception, and nobody's request waits for it but the operator's own.
/// </summary>
internal sealed class BooksReader(Db db, TimeProvider clock, ResolverSchedule schedule)
{
    // Everything of a time is read: more than a request usually may take.
    private const int TimeoutSeconds = 300;

    /// <param name="Movements">Each once.</param>
    /// <param name="Late">Late settlements of payments begun in the time.</param>
    /// <param name="Statuses">Of the payments and refunds that lines name, by id.</param>
    /// <param name="Foreign">Payments and refunds that lines name and that are another marketplace's: nothing but that is known of them here.</param>
    internal sealed record Books(
        IReadOnlyList<Movement> Movements, IReadOnlyList<LateSettlement> Late, IReadOnlyDictionary<string, string> Statuses, IReadOnlySet<string> Foreign);

    public async Task<Books> ReadAsync(Caller caller, Statement statement, CancellationToken cancellationToken)
    {
        var payments = new HashSet<Id<PaymentResource>>();
        var refunds = new HashSet<Id<RefundResource>>();
        foreach (var line in statement.Lines)
        {
            foreach (var text in new[] { line.PaymentId, line.RequestId is null ? null : RequestIds.Owner(line.RequestId) })
            {
                if (Id<PaymentResource>.TryParse(text, null, out var payment)) payments.Add(payment);
                else if (Id<RefundResource>.TryParse(text, null, out var refund)) refunds.Add(refund);
            }
        }

        var disputes = statement.Lines.Where(line => line.Type is MovementType.Dispute or MovementType.DisputeReversal).Select(line => line.ProviderReference).Distinct().ToArray();
        var late = schedule.SettlementLateAfter;
        var parameters = new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            provider = statement.Provider,
            methods = PaymentMethods.All.Where(method => method.PaidThrough().Code() == statement.Provider).Select(method => method.Code()).ToArray(),
            from = statement.From.UtcDateTime,
            to = statement.To.UtcDateTime,
            // Ids begin with their time: the first that could be made at a moment.
            fromId = FirstIdAt(statement.From),
            toId = FirstIdAt(statement.To),
            payments = payments.Select(id => id.Value).ToArray(),
            paymentShards = payments.Select(id => id.ShardKey).ToArray(),
            refunds = refunds.Select(id => id.Value).ToArray(),
            refundShards = refunds.Select(id => id.ShardKey).ToArray(),
            disputes,
            late,
            lateBefore = (clock.Now() - late).UtcDateTime,
        };
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        // All of it as of one moment: what commits meanwhile is the next statement's.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        async Task<IReadOnlyList<T>> Read<T>(string sql) =>
            [.. await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, snapshot, TimeoutSeconds, cancellationToken: cancellationToken))];

        var movements = new List<Movement>();
        foreach (var row in await Read<MovementRow>(PaymentsAndRefunds)) movements.Add(row.ToMovement(statement));
        foreach (var row in await Read<DisputeRow>(Disputes)) movements.AddRange(Of(row.ToDispute(), statement));
        var settlements = (await Read<LateRow>(LateSettlements))
            .Select(row => new LateSettlement(new Id<PaymentResource>(row.Id).ToString(), new Money(Currency.Cny, row.OrderAmount), row.SettledAt)).ToList();
        var statuses = (await Read<(Guid Id, bool IsRefund, string Status)>(NamedStatuses)).ToDictionary(row => Name(row.Id, row.IsRefund), row => row.Status);
        // Whose a payment is never changes: this needs no snapshot, and no connection of this marketplace could tell it.
        await using var worker = await db.OpenWorkerAsync(cancellationToken);
        var foreign = (await worker.QueryAsync<(Guid Id, bool IsRefund)>(new CommandDefinition(OfOthers, parameters, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken)))
            .Select(row => Name(row.Id, row.IsRefund)).ToHashSet(StringComparer.Ordinal);
        return new Books(movements, settlements, statuses, foreign);
    }

    /// <summary>Which payments: those with an entry in the time, and those that a line names.</summary>
    private const string Touched = """
        with touched as (
            select t.payment_id, t.shard_key
            from ledger_transactions t where t.marketplace_id = @marketplace and t.mode = @mode and t.id >= @fromId and t.id < @toId
            union
            select named.id, named.shard_key from unnest(@payments, @paymentShards) as named (id, shard_key)
            union
            select r.payment_id, r.shard_key
            from unnest(@refunds, @refundShards) as named (id, shard_key) join refunds r on r.id = named.id and r.shard_key = named.shard_key
            where r.marketplace_id = @marketplace and r.mode = @mode
            union
            select d.payment_id, d.shard_key
            from disputes d where d.provider = @provider and d.provider_reference = any (@disputes) and d.marketplace_id = @marketplace and d.mode = @mode)

        """;

    /// <summary>
    /// From the books themselves: what left or came back to the buyer's funds, with what lies in suspense for it. A refund that came back is two
    /// movements, and so is one that was given back after all.
    /// </summary>
    private const string PaymentsAndRefunds = Touched + """
        select t.cause_id, t.payment_id, t.cause_id <> t.payment_id as is_refund, t.kind = 'refund_reversal' as is_reversal, e.currency, abs(sum(e.amount))::bigint as amount,
            min(t.created_at) as posted_at, min(coalesce(r.provider_reference, case when t.cause_id = t.payment_id then p.provider_reference end)) as provider_reference
        from touched x
            join payments p on p.id = x.payment_id and p.shard_key = x.shard_key and p.marketplace_id = @marketplace and p.mode = @mode and p.method = any (@methods)
            join ledger_transactions t on t.payment_id = p.id and t.shard_key = p.shard_key and t.kind in ('payment', 'refund', 'refund_reversal', 'suspense', 'suspense_reversal')
            join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key and e.account = 'buyer_funds'
            left join refunds r on r.id = t.cause_id and r.shard_key = t.shard_key
        group by t.cause_id, t.payment_id, t.shard_key, is_refund, is_reversal, e.currency having sum(e.amount) <> 0;
        """;

    private const string Disputes = Touched + "select " + DisputeRow.Columns + """

        from touched x join disputes d on d.payment_id = x.payment_id and d.shard_key = x.shard_key
        where d.provider = @provider and d.marketplace_id = @marketplace and d.mode = @mode;
        """;

    private const string LateSettlements = """
        select p.id, p.order_amount, p.settled_at
        from payments p
        where p.marketplace_id = @marketplace and p.mode = @mode and p.method = any (@methods) and p.id >= @fromId and p.id < @toId and p.status = 'succeeded'
            and ((p.settlement_status = 'pending' and p.created_at < @lateBefore) or p.settled_at - p.created_at > @late);
        """;

    private const string NamedStatuses = """
        select p.id, false as is_refund, p.status
        from unnest(@payments, @paymentShards) as named (id, shard_key) join payments p on p.id = named.id and p.shard_key = named.shard_key
        where p.marketplace_id = @marketplace and p.mode = @mode
        union all
        select r.id, true, r.status
        from unnest(@refunds, @refundShards) as named (id, shard_key) join refunds r on r.id = named.id and r.shard_key = named.shard_key
        where r.marketplace_id = @marketplace and r.mode = @mode;
        """;

    /// <summary>The one look past the marketplace: the provider knows the platform alone, and its statement is of all of them. It tells no more than whose a line is not.</summary>
    private const string OfOthers = """
        select p.id, false as is_refund
        from unnest(@payments, @paymentShards) as named (id, shard_key) join payments p on p.id = named.id and p.shard_key = named.shard_key
        where p.marketplace_id <> @marketplace
        union all
        select r.id, true
        from unnest(@refunds, @refundShards) as named (id, shard_key) join refunds r on r.id = named.id and r.shard_key = named.shard_key
        where r.marketplace_id <> @marketplace;
        """;

    private static IEnumerable<Movement> Of(Dispute dispute, Statement statement)
    {
        Movement One(MovementType type, Money amount, DateTimeOffset at) =>
            new(type, dispute.Id.ToString(), dispute.PaymentId.ToString(), dispute.ProviderReference, amount, at >= statement.From && at < statement.To);
        if (!dispute.Money.Withdrawn.IsZero) yield return One(MovementType.Dispute, dispute.Money.Withdrawn, dispute.CreatedAt);
        if (!dispute.Money.Reinstated.IsZero) yield return One(MovementType.DisputeReversal, dispute.Money.Reinstated, dispute.UpdatedAt);
    }

    private static string Name(Guid id, bool isRefund) => isRefund ? new Id<RefundResource>(id).ToString() : new Id<PaymentResource>(id).ToString();

    private static Guid FirstIdAt(DateTimeOffset at)
    {
        // The first 48 bits of a UUIDv7 are its milliseconds; with nothing behind them it comes before every id of that moment.
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private sealed class MovementRow
    {
        public Guid CauseId { get; init; }

        public Guid PaymentId { get; init; }

        public bool IsRefund { get; init; }

        public bool IsReversal { get; init; }

        public string Currency { get; init; } = "";

        public long Amount { get; init; }

        public DateTime PostedAt { get; init; }

        public string? ProviderReference { get; init; }

        public Movement ToMovement(Statement statement) => new(
            IsReversal ? MovementType.RefundReversal : IsRefund ? MovementType.Refund : MovementType.Payment,
            Name(CauseId, IsRefund), new Id<PaymentResource>(PaymentId).ToString(), ProviderReference, new Money(Domain.Currency.Parse(Currency), Amount),
            PostedAt >= statement.From.UtcDateTime && PostedAt < statement.To.UtcDateTime);
    }

    private sealed class LateRow
    {
        public Guid Id { get; init; }

        public long OrderAmount { get; init; }

        public DateTime? SettledAt { get; init; }
    }
}
