using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>Rates as callers read and decide on them: reference tables, the same for every marketplace.</summary>
internal sealed class RateReader(Db db, ReferenceRates rates)
{
    private const string Select = """
        select r.id, r.source, r.base, r.mid, r.as_of, r.fetched_at, r.jump, r.compared_with, d.outcome, d.decided_by, d.reason, d.decided_at
        from exchange_rates r left join exchange_rate_decisions d on d.rate_id = r.id

        """;

    /// <param name="Base">Null for every currency.</param>
    /// <param name="Source">Null for every source.</param>
    /// <param name="From">Fixed at or after this.</param>
    /// <param name="Before">Fixed before this.</param>
    /// <param name="Status">Null for every one.</param>
    internal sealed record Filter(Currency? Base, string? Source, DateTimeOffset? From, DateTimeOffset? Before, string? Status);

    /// <summary>The newest first.</summary>
    /// <param name="cursor">The last id of the page before.</param>
    public async Task<IReadOnlyList<ExchangeRateResource>> HistoryAsync(Filter filter, Guid? cursor, int count, CancellationToken cancellationToken)
    {
        const string sql = Select + """
            where (@base::text is null or r.base = @base) and (@source::text is null or r.source = @source)
                and (@from::timestamptz is null or r.as_of >= @from) and (@before::timestamptz is null or r.as_of < @before)
                and (@status::text is null or @status = case when r.jump is null then 'accepted' else coalesce(d.outcome, 'held') end)
                and (@cursor::uuid is null or (r.as_of, r.id) < (select c.as_of, c.id from exchange_rates c where c.id = @cursor))
            order by r.as_of desc, r.id desc
            limit @count;
            """;
        await using var connection = await db.OpenSharedAsync(cancellationToken);
        return await ReadAsync(connection, sql, new
        {
            @base = filter.Base?.Code,
            source = filter.Source,
            from = filter.From?.UtcDateTime,
            before = filter.Before?.UtcDateTime,
            status = filter.Status,
            cursor,
            count,
        }, cancellationToken);
    }

    public async Task<ExchangeRateResource?> FindAsync(Id<ExchangeRateResource> id, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenSharedAsync(cancellationToken);
        return (await ReadAsync(connection, Select + "where r.id = @id;", new { id = id.Value }, cancellationToken)).SingleOrDefault();
    }

    public async Task<(IReadOnlyList<ExchangeRateResource> Held, IReadOnlyList<RateSourceStatus> Sources)> StandingAsync(CancellationToken cancellationToken)
    {
        const string held = Select + "where r.jump is not null and d.rate_id is null order by r.as_of desc, r.id desc limit 100;";
        const string sources = "select source, error, checked_at, succeeded_at from rate_sources order by source;";
        await using var connection = await db.OpenSharedAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(held + sources, cancellationToken: cancellationToken));
        IReadOnlyList<ExchangeRateResource> waiting = [.. (await rows.ReadAsync<Row>()).Select(Resource)];
        return (waiting, [.. (await rows.ReadAsync<SourceRow>()).Select(row => new RateSourceStatus
        {
            Source = row.Source,
            Status = row.CheckedAt is null ? "not_checked" : row.Error is null ? "ok" : "failing",
            Error = row.Error,
            CheckedAt = row.CheckedAt,
            SucceededAt = row.SucceededAt,
        })]);
    }

    /// <summary>What an earlier request with the key left; null when there was none.</summary>
    public Task<IdempotencyRow?> FindKeyAsync(Caller caller, string key, CancellationToken cancellationToken) => db.FindKeyAsync(caller, key, cancellationToken);

    /// <summary>With the key's row, in one commit. False when the key was taken, or another decision was first; then nothing was written.</summary>
    public async Task<bool> TryDecideAsync(
        Caller caller, Id<ExchangeRateResource> id, string outcome, string decidedBy, string? reason, KeyedRequest key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.TakeKey(key, caller, Guid.Empty, id.Value, ShardKey.OfIdempotencyKey(caller, key.Key!), now);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into exchange_rate_decisions (rate_id, outcome, marketplace_id, decided_by, reason, decided_at)
            values (@id, @outcome, @marketplace, @decidedBy, @reason, @now)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid>("id", id.Value),
                new NpgsqlParameter<string>("outcome", outcome),
                new NpgsqlParameter<int>("marketplace", caller.MarketplaceId),
                new NpgsqlParameter<string>("decidedBy", decidedBy),
                new NpgsqlParameter("reason", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)reason ?? DBNull.Value },
                new NpgsqlParameter<DateTime>("now", now.UtcDateTime),
            },
        });
        batch.BatchCommands.Add(AuditEntry.Of(caller, id.ToString(), id.ShardKey, now).ToBatchCommand());
        try
        {
            await connection.ExecuteAsync(batch, cancellationToken);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e) || Idempotency.Violates(e, "exchange_rate_decisions_pkey"))
        {
            return false;
        }
    }

    private async Task<IReadOnlyList<ExchangeRateResource>> ReadAsync(NpgsqlConnection connection, string sql, object parameters, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).Select(Resource)];

    private ExchangeRateResource Resource(Row row) => new()
    {
        Id = new Id<ExchangeRateResource>(row.Id),
        Base = Currency.Parse(row.Base),
        Counter = Currency.Cny,
        Mid = ExchangeRate.Format(row.Mid),
        Source = row.Source,
        AsOf = row.AsOf,
        Stale = rates.IsStale(row.AsOf),
        Status = row.Jump is null ? "accepted" : row.Outcome ?? "held",
        FetchedAt = row.FetchedAt,
        Jump = row.Jump is { } jump
            ? new RateJump { Share = jump.ToString("0.##########", System.Globalization.CultureInfo.InvariantCulture), ComparedWith = new Id<ExchangeRateResource>(row.ComparedWith!.Value) }
            : null,
        Decision = row.Outcome is null ? null : new RateDecision { Outcome = row.Outcome, DecidedBy = row.DecidedBy!, Reason = row.Reason, DecidedAt = row.DecidedAt!.Value },
    };

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Source { get; init; } = "";

        public string Base { get; init; } = "";

        public decimal Mid { get; init; }

        public DateTime AsOf { get; init; }

        public DateTime FetchedAt { get; init; }

        public decimal? Jump { get; init; }

        public Guid? ComparedWith { get; init; }

        public string? Outcome { get; init; }

        public string? DecidedBy { get; init; }

        public string? Reason { get; init; }

        public DateTime? DecidedAt { get; init; }
    }

    private sealed class SourceRow
    {
        public string Source { get; init; } = "";

        public string? Error { get; init; }

        public DateTime? CheckedAt { get; init; }

        public DateTime? SucceededAt { get; init; }
    }
}
