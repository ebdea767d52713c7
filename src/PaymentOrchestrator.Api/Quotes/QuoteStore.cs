using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

internal sealed class QuoteStore(Db db)
{
    /// <summary>The columns that <see cref="QuoteRow"/> reads, of the table named q.</summary>
    public const string Columns = """
        q.id, q.buyer_id, q.method, q.order_id, q.supplier_id, q.fixed_side, q.order_amount, q.source_currency, q.source_amount, q.mid, q.customer_rate,
        q.markup_bps, q.markup_amount, q.rate_source, q.rate_as_of, q.rate_stale, q.provider_quote_id, q.fees, q.total, q.fee_refundable, q.fee_schedule_id,
        q.buyer_ip, q.created_at, q.expires_at, q.payment_id, q.rate_id, q.lock, q.session_id
        """;

    private const string NotAsAssumed = "a quote was made of what is not so any more";

    private const string BuyerExists = "exists (select from buyers where id = @scope and marketplace_id = @marketplace and mode = @mode and shard_key = @shard)";

    // By marketplace and mode. Only ever an assumption: the command that stores a quote looks whether it still holds.
    private readonly ConcurrentDictionary<(int Marketplace, Mode Mode), FeeSchedule> lastInForce = new();

    internal sealed record Known(bool BuyerExists, LivePayment? Live, FeeSchedule Schedule, IdempotencyRow? Key, Quote? Earlier);

    /// <summary>All that quoting needs of the database, in one round trip.</summary>
    public async Task<Known> LoadForQuotingAsync(
        Caller caller, Id<BuyerResource> buyer, string orderId, string? key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string present = "select " + BuyerExists + ";" + LivePayment.Find + FeeSchedules.FindInForce;
        // Without a key nothing is looked up: to PostgreSQL a comparison with null is so cheap a plan that it would make a new one each time.
        const string presentAndKey = present + Idempotency.Find + "select " + Columns + """

            from idempotency_keys k join quotes q on q.id = k.resource_id and q.shard_key = k.shard_key
            where k.marketplace_id = @marketplace and k.mode = @mode and k.scope = @scope and k.key = @key and k.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(key is null ? present : presentAndKey, new
        {
            scope = buyer.Value,
            orderId,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            now = now.UtcDateTime,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        var exists = await rows.ReadSingleAsync<bool>();
        var live = await rows.ReadSingleOrDefaultAsync<LivePayment>();
        var schedule = (await rows.ReadSingleAsync<FeeScheduleRow>()).ToSchedule();
        lastInForce[(caller.MarketplaceId, caller.Mode)] = schedule;
        var used = key is null ? null : await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = key is null ? null : (await rows.ReadSingleOrDefaultAsync<QuoteRow>())?.ToQuote(caller);
        return new Known(exists, live, schedule, used, earlier);
    }

    /// <summary>The price list that was in force when a quote was last asked for; null when none was, here.</summary>
    public FeeSchedule? LastInForce(Caller caller) => lastInForce.GetValueOrDefault((caller.MarketplaceId, caller.Mode));

    /// <summary>False when the key was taken; then nothing was written.</summary>
    public Task<bool> TryInsertAsync(Quote quote, KeyedRequest? key, CancellationToken cancellationToken) => TryInsertAsync(quote, key, null, cancellationToken);

    /// <summary>
    /// Stores a quote that was made without a look at the database: in one round trip, and only where the buyer exists, no payment of the order refuses quotes, and the
    /// quote's price list is in force. False when one of these is not so, or the key was taken; then nothing was written.
    /// </summary>
    public Task<bool> TryInsertUnseenAsync(Quote quote, KeyedRequest? key, CancellationToken cancellationToken)
    {
        // A cast that fails ends the transaction that the batch is, with all that it would have written.
        const string sql = "select (case when " + BuyerExists + " and not exists (select " + LivePayment.OfOrder + " and p.status <> 'requires_action') and @schedule = (select id " + FeeSchedules.InForce
            + ") then 'true' else '" + NotAsAssumed + "' end)::boolean";
        return TryInsertAsync(quote, key, new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid>("scope", quote.BuyerId.Value),
                new NpgsqlParameter<int>("marketplace", quote.Owner.MarketplaceId),
                new NpgsqlParameter<string>("mode", quote.Owner.Mode.Code()),
                new NpgsqlParameter<short>("shard", quote.Id.ShardKey),
                new NpgsqlParameter<string>("orderId", quote.OrderId),
                new NpgsqlParameter<string>("schedule", quote.FeeScheduleId),
                new NpgsqlParameter<DateTime>("now", quote.CreatedAt.UtcDateTime),
            },
        }, cancellationToken);
    }

    private async Task<bool> TryInsertAsync(Quote quote, KeyedRequest? key, NpgsqlBatchCommand? condition, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(quote.Owner, cancellationToken);
        await using var batch = connection.CreateBatch();
        if (condition is not null) batch.BatchCommands.Add(condition);
        batch.BatchCommands.TakeKey(key, quote.Owner, quote.BuyerId.Value, quote.Id.Value, quote.Id.ShardKey, quote.CreatedAt);
        batch.BatchCommands.Add(QuoteInsert.Of(quote));
        try
        {
            await connection.ExecuteAsync(batch, cancellationToken);
            Telemetry.Instruments.QuoteGiven(quote.Method, quote.Owner.Mode);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e) || (e.SqlState == PostgresErrorCodes.InvalidTextRepresentation && e.MessageText.Contains(NotAsAssumed, StringComparison.Ordinal)))
        {
            return false;
        }
    }

    public async Task<Quote?> FindAsync(Caller caller, Id<QuoteResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + Columns + """

            from quotes q
            where q.id = @id and q.marketplace_id = @marketplace and q.mode = @mode and q.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<QuoteRow>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        return row?.ToQuote(caller);
    }
}

/// <summary>How Dapper reads a quote.</summary>
internal class QuoteRow
{
    public Guid Id { get; init; }

    public Guid BuyerId { get; init; }

    public string Method { get; init; } = "";

    public string OrderId { get; init; } = "";

    public string? SupplierId { get; init; }

    public string FixedSide { get; init; } = "";

    public long OrderAmount { get; init; }

    public string SourceCurrency { get; init; } = "";

    public long SourceAmount { get; init; }

    public decimal? Mid { get; init; }

    public decimal? CustomerRate { get; init; }

    public int MarkupBps { get; init; }

    public long MarkupAmount { get; init; }

    public string? RateSource { get; init; }

    public DateTime? RateAsOf { get; init; }

    public bool RateStale { get; init; }

    public string? ProviderQuoteId { get; init; }

    public string Fees { get; init; } = "";

    public long Total { get; init; }

    public bool FeeRefundable { get; init; }

    public string FeeScheduleId { get; init; } = "";

    public string? BuyerIp { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime ExpiresAt { get; init; }

    public Guid? PaymentId { get; init; }

    public Guid? RateId { get; init; }

    public string? Lock { get; init; }

    public Guid? SessionId { get; init; }

    public Quote ToQuote(Caller owner)
    {
        var source = Currency.Parse(SourceCurrency);
        var mid = Mid is not { } rate ? null : new MidRate(
            new ExchangeRate(source, Currency.Cny, rate), RateSource!, RateAsOf!.Value, RateStale, ProviderQuoteId, RateId: RateId);
        return new Quote
        {
            Id = new Id<QuoteResource>(Id),
            Owner = owner,
            BuyerId = new Id<BuyerResource>(BuyerId),
            Method = PaymentMethods.FromCode(Method) ?? throw new InvalidOperationException($"Unknown method {Method} in quotes."),
            OrderId = OrderId,
            SupplierId = SupplierId,
            FixedSide = FixedSide,
            Price = new Price(
                new Money(Currency.Cny, OrderAmount), new Money(source, SourceAmount), mid,
                CustomerRate is { } customer ? new ExchangeRate(source, Currency.Cny, customer) : null, MarkupBps, new Money(source, MarkupAmount),
                QuoteFees.ToDomain(ApiJson.Read<IReadOnlyList<QuoteFee>>(Fees)), new Money(source, Total), FeeRefundable),
            FeeScheduleId = FeeScheduleId,
            BuyerIp = BuyerIp,
            Lock = QuoteLocks.FromCode(Lock),
            SessionId = SessionId,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            PaymentId = PaymentId is { } payment ? new Id<PaymentResource>(payment) : null,
        };
    }
}
