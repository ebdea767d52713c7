using Dapper;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>Rates and what is known of their sources, as background work reads and writes them.</summary>
internal sealed class RateStore(Db db)
{
    private static readonly string[] Codes = [.. Currency.All.Select(currency => currency.Code)];

    /// <summary>Of each currency the newest rate that was not held back, or was accepted. Parameters: source, codes.</summary>
    private const string InForceSql = """
        select r.id, r.source, r.base, r.mid, r.as_of
        from unnest(@codes) c cross join lateral (
            select e.id, e.source, e.base, e.mid, e.as_of
            from exchange_rates e left join exchange_rate_decisions d on d.rate_id = e.id
            where e.source = @source and e.base = c and (e.jump is null or d.outcome = 'accepted')
            order by e.as_of desc, e.fetched_at desc, e.id
            limit 1) r;
        """;

    public async Task<IReadOnlyDictionary<Currency, StoredRate>> InForceAsync(string source, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(InForceSql, new { source, codes = Codes }, cancellationToken: cancellationToken));
        return rows.Select(row => new StoredRate(row.Id, row.Source, Currency.Parse(row.Base), row.Mid, row.AsOf)).ToDictionary(rate => rate.Base);
    }

    /// <summary>The right to ask the source now, with what it said last; null when it is not due, or another instance has it.</summary>
    public async Task<FeedMark?> ClaimAsync(string source, DateTimeOffset now, DateTimeOffset lease, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into rate_sources (source, next_at) values (@source, @now) on conflict do nothing;
            update rate_sources set next_at = @lease where source = @source and next_at <= @now returning etag, last_modified;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<MarkRow>(new CommandDefinition(
            sql, new { source, now = now.UtcDateTime, lease = lease.UtcDateTime }, cancellationToken: cancellationToken)) is { } row
            ? new FeedMark(row.Etag, row.LastModified)
            : null;
    }

    /// <summary>What a look at the source came to. Rates that are known already stay as they are; the ids of those held back just now are returned.</summary>
    /// <param name="rates">Null when there were none to read.</param>
    /// <param name="error">Null when the source answered.</param>
    public async Task<IReadOnlyList<Guid>> RecordAsync(
        string source, IReadOnlyList<NewRate> rates, FeedMark? mark, string? error, DateTimeOffset now, DateTimeOffset next, CancellationToken cancellationToken)
    {
        const string insert = """
            insert into exchange_rates (id, source, base, mid, as_of, fetched_at, jump, compared_with)
            select * from unnest(@ids, @sources, @bases, @mids, @asOfs, @fetched, @jumps, @compared) on conflict do nothing
            returning id;
            """;
        const string look = """
            insert into rate_sources as s (source, next_at, etag, last_modified, checked_at, succeeded_at, error)
            values (@source, @next, @etag, @lastModified, @now, @succeeded, @error)
            on conflict (source) do update set
                next_at = excluded.next_at, checked_at = excluded.checked_at, error = excluded.error,
                succeeded_at = coalesce(excluded.succeeded_at, s.succeeded_at),
                etag = case when @marked then excluded.etag else s.etag end,
                last_modified = case when @marked then excluded.last_modified else s.last_modified end;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var written = await connection.QueryAsync<Guid>(new CommandDefinition(insert, new
        {
            ids = rates.Select(rate => rate.Rate.Id).ToArray(),
            sources = rates.Select(rate => rate.Rate.Source).ToArray(),
            bases = rates.Select(rate => rate.Rate.Base.Code).ToArray(),
            mids = rates.Select(rate => rate.Rate.Mid).ToArray(),
            asOfs = rates.Select(rate => rate.Rate.AsOf.UtcDateTime).ToArray(),
            fetched = rates.Select(_ => now.UtcDateTime).ToArray(),
            jumps = rates.Select(rate => rate.Held?.Jump).ToArray(),
            compared = rates.Select(rate => rate.Held?.ComparedWith).ToArray(),
        }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(look, new
        {
            source,
            next = next.UtcDateTime,
            etag = mark?.ETag,
            lastModified = mark?.LastModified,
            marked = mark is not null,
            now = now.UtcDateTime,
            succeeded = error is null ? now.UtcDateTime : (DateTime?)null,
            error,
        }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(CancellationToken.None);
        return [.. written.Intersect(rates.Where(rate => rate.Held is not null).Select(rate => rate.Rate.Id))];
    }

    /// <summary>A price that a provider guaranteed, for the history.</summary>
    public async Task NoteAsync(FeedRate rate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into exchange_rates (id, source, base, mid, as_of, fetched_at) values (@id, @source, @base, @mid, @asOf, @now) on conflict do nothing;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, new
        {
            id = rate.Id,
            source = rate.Source,
            @base = rate.Base.Code,
            mid = rate.Mid,
            asOf = rate.AsOf.UtcDateTime,
            now = now.UtcDateTime,
        }, cancellationToken: cancellationToken));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Source { get; init; } = "";

        public string Base { get; init; } = "";

        public decimal Mid { get; init; }

        public DateTime AsOf { get; init; }
    }

    private sealed class MarkRow
    {
        public string? Etag { get; init; }

        public string? LastModified { get; init; }
    }
}

/// <summary>A rate to be stored.</summary>
/// <param name="Held">Why it is held back; null when it is in force at once.</param>
internal sealed record NewRate(FeedRate Rate, HeldBack? Held);

/// <param name="Jump">By which share it differs …</param>
/// <param name="ComparedWith">… from this rate, the one in force.</param>
internal sealed record HeldBack(decimal Jump, Guid ComparedWith);
