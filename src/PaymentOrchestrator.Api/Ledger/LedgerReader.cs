using Dapper;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

internal sealed class LedgerReader(Db db)
{
    /// <summary>Of the whole marketplace, so over all shards unless a payment is named; the newest transaction first, its lines in order.</summary>
    public async Task<IReadOnlyList<LedgerEntryResource>> ListAsync(
        Caller caller, Id<PaymentResource>? payment, string? account, LedgerCursor? after, int limit, CancellationToken cancellationToken)
    {
        // Only the conditions that were asked for: each combination is a statement of its own, with a plan of its own.
        var sql = "select " + LedgerEntryRow.Columns + """

            from ledger_entries e join ledger_transactions t on t.id = e.transaction_id and t.shard_key = e.shard_key
            where e.marketplace_id = @marketplace and e.mode = @mode
            """
            + (payment is null ? "" : " and t.payment_id = @payment and t.shard_key = @shard")
            + (account is null ? "" : " and e.account = @account")
            + (after is null ? "" : " and e.transaction_id <= @transaction and (e.transaction_id < @transaction or e.line > @line)")
            + " order by e.transaction_id desc, e.line limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<LedgerEntryRow>(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            payment = payment?.Value,
            shard = payment?.ShardKey,
            account,
            transaction = after?.Transaction.Value,
            line = after?.Line,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource())];
    }

    public async Task<IReadOnlyList<LedgerBalanceResource>> BalancesAsync(Caller caller, CancellationToken cancellationToken)
    {
        const string sql = """
            select account, currency, sum(amount)::bigint as balance, count(*) as entries
            from ledger_entries where marketplace_id = @marketplace and mode = @mode
            group by account, currency order by account, currency;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<BalanceRow>(new CommandDefinition(
            sql, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code() }, cancellationToken: cancellationToken));
        return
        [
            .. rows.Select(row => new LedgerBalanceResource
            {
                Account = row.Account,
                Balance = new Money(Currency.Parse(row.Currency), row.Balance),
                Entries = row.Entries,
            }),
        ];
    }

    private sealed class BalanceRow
    {
        public string Account { get; init; } = "";

        public string Currency { get; init; } = "";

        public long Balance { get; init; }

        public long Entries { get; init; }
    }
}

/// <summary>How Dapper reads an entry with its transaction.</summary>
internal sealed class LedgerEntryRow
{
    /// <summary>Of the tables named e and t.</summary>
    public const string Columns = "t.id as transaction_id, t.payment_id, t.cause_id, t.kind, t.created_at, e.line, e.account, e.currency, e.amount";

    public Guid TransactionId { get; init; }

    public Guid PaymentId { get; init; }

    public Guid CauseId { get; init; }

    public string Kind { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public short Line { get; init; }

    public string Account { get; init; } = "";

    public string Currency { get; init; } = "";

    public long Amount { get; init; }

    public Money Money => new(Domain.Currency.Parse(Currency), Amount);

    public Id<RefundResource>? RefundId => CauseId == PaymentId || DisputeId is not null ? null : new Id<RefundResource>(CauseId);

    public Id<DisputeResource>? DisputeId => Kind.StartsWith("dispute_", StringComparison.Ordinal) ? new Id<DisputeResource>(CauseId) : null;

    public LedgerEntryResource ToResource() => new()
    {
        TransactionId = new Id<LedgerTransactionResource>(TransactionId),
        Line = Line,
        Kind = Kind,
        PaymentId = new Id<PaymentResource>(PaymentId),
        RefundId = RefundId,
        DisputeId = DisputeId,
        Account = Account,
        Amount = Money,
        CreatedAt = CreatedAt,
    };

    /// <summary>The rows of several transactions, in their order, as those.</summary>
    public static IEnumerable<LedgerTransactionResource> ToTransactions(IEnumerable<LedgerEntryRow> rows) =>
        rows.GroupBy(row => row.TransactionId).Select(group => new LedgerTransactionResource
        {
            Id = new Id<LedgerTransactionResource>(group.Key),
            Kind = group.First().Kind,
            PaymentId = new Id<PaymentResource>(group.First().PaymentId),
            RefundId = group.First().RefundId,
            DisputeId = group.First().DisputeId,
            Entries = [.. group.OrderBy(row => row.Line).Select(row => new LedgerLegResource { Account = row.Account, Amount = row.Money })],
            CreatedAt = group.First().CreatedAt,
        });
}

/// <summary>The last entry of a page.</summary>
internal sealed record LedgerCursor(Id<LedgerTransactionResource> Transaction, int Line)
{
    public override string ToString() => $"{Transaction}.{Line}";

    public static LedgerCursor? Parse(string? text) =>
        text?.Split('.') is [var transaction, var line]
            && Id<LedgerTransactionResource>.TryParse(transaction, null, out var id)
            && short.TryParse(line, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? new LedgerCursor(id, number)
            : null;
}
