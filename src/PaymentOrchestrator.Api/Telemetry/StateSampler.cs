using Dapper;
using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Rates;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// Reads the gauges that only the database knows, off every request's path: each <c>Telemetry:SampleInterval</c> from what small indexes hold, and
/// each <c>Telemetry:ReviewInterval</c> the payments that wait for a person, for which there is no index.
/// </summary>
internal sealed class StateSampler(Db db, ReferenceRates rates, ResolverSchedule schedule, IConfiguration configuration, TimeProvider clock, ILogger<StateSampler> log)
    : Poller(configuration.GetValue<TimeSpan?>("Telemetry:SampleInterval") ?? TimeSpan.FromSeconds(15), clock, log, firstAfter: TimeSpan.Zero)
{
    // More than this is no other alarm than this.
    private const int CountTo = 10_000;
    private const int TimeoutSeconds = 10;
    private const int ReviewTimeoutSeconds = 60;

    private static readonly string[] Modes = ["test", "live"];
    private static readonly string[] OpenStatuses = ["processing", "requires_action"];

    private readonly TimeProvider clock = clock;
    private readonly TimeSpan reviewInterval = configuration.GetValue<TimeSpan?>("Telemetry:ReviewInterval") ?? TimeSpan.FromMinutes(5);
    private DateTimeOffset reviewsDueAt = DateTimeOffset.MinValue;

    /// <summary>Where the database does not answer, the gauges keep their last values; their timestamp tells how old those are.</summary>
    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        var now = clock.Now();
        if (rates.AsOf is { } asOf) Instruments.RateAge.Record((now - asOf).TotalSeconds);
        await SampleQueuesAsync(now, stoppingToken);
        await SampleOpenPaymentsAsync(now, stoppingToken);
        if (now >= reviewsDueAt)
        {
            await SampleReviewsAsync(stoppingToken);
            reviewsDueAt = now + reviewInterval;
        }

        Instruments.SampleTime.Record(now.ToUnixTimeMilliseconds() / 1000d);
    }

    /// <summary>What background work has before it, of all marketplaces and shards, each from its own partial or due index.</summary>
    private async Task SampleQueuesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select count(*), min(u.created_at) from (select e.created_at from events e where e.dispatched_at is null order by e.id limit @limit) u;
            select count(*), min(d.next_at) from (select next_at from webhook_deliveries where next_at is not null order by next_at limit @limit) d;
            select count(*), min(i.next_at) from (select next_at from inquiries where next_at <= @now order by next_at limit @limit) i;
            select count(*), min(r.next_inquiry_at) from (select next_inquiry_at from refunds where next_inquiry_at <= @now order by next_inquiry_at limit @limit) r;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            sql, new { limit = CountTo, now = now.UtcDateTime }, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken));
        Record(await rows.ReadSingleAsync<(long, DateTime?)>(), Instruments.OutboxEvents, Instruments.OutboxLag);
        Record(await rows.ReadSingleAsync<(long, DateTime?)>(), Instruments.DeliveriesPending, Instruments.DeliveryLag);
        Record(await rows.ReadSingleAsync<(long, DateTime?)>(), Instruments.InquiriesDue, Instruments.ResolverLag, KeyValuePair.Create("subject", (object?)"payment"));
        Record(await rows.ReadSingleAsync<(long, DateTime?)>(), Instruments.InquiriesDue, Instruments.ResolverLag, KeyValuePair.Create("subject", (object?)"refund"));

        void Record(
            (long Count, DateTime? Oldest) found, System.Diagnostics.Metrics.Gauge<long> count, System.Diagnostics.Metrics.Gauge<double> lag, params KeyValuePair<string, object?>[] tags)
        {
            count.Record(found.Count, tags);
            lag.Record(found.Oldest is { } oldest ? Math.Max(0, (now.UtcDateTime - oldest).TotalSeconds) : 0, tags);
        }
    }

    /// <summary>By way of what is to be asked after: a small table that holds every payment which has not ended.</summary>
    private async Task SampleOpenPaymentsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select p.mode, p.status, count(*) as open,
                count(*) filter (where p.created_at < @abandoned and exists (
                    select from attempts a
                    where a.payment_id = p.id and a.shard_key = p.shard_key and (a.outcome is null or a.outcome = 'unknown'))) as unknown
            from (select payment_id, shard_key from inquiries limit @limit) i join payments p on p.id = i.payment_id and p.shard_key = i.shard_key
            where p.status in ('processing', 'requires_action')
            group by p.mode, p.status;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var found = (await connection.QueryAsync<(string Mode, string Status, long Open, long Unknown)>(new CommandDefinition(
            sql, new { limit = CountTo, abandoned = schedule.AbandonedBefore(now).UtcDateTime }, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken))).ToList();
        foreach (var mode in Modes)
        {
            Instruments.UnknownOutcomes.Record(found.Where(row => row.Mode == mode).Sum(row => row.Unknown), new KeyValuePair<string, object?>("mode", mode));
            foreach (var status in OpenStatuses)
                Instruments.OpenPayments.Record(found.Where(row => row.Mode == mode && row.Status == status).Sum(row => row.Open), new("mode", mode), new("status", status));
        }
    }

    private async Task SampleReviewsAsync(CancellationToken cancellationToken)
    {
        const string sql = "select mode, count(*) from payments where status = 'under_review' group by mode;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var found = (await connection.QueryAsync<(string Mode, long Count)>(new CommandDefinition(sql, commandTimeout: ReviewTimeoutSeconds, cancellationToken: cancellationToken))).ToList();
        foreach (var mode in Modes)
            Instruments.UnderReview.Record(found.Where(row => row.Mode == mode).Sum(row => row.Count), new KeyValuePair<string, object?>("mode", mode));
    }
}
