using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Retention;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Webhooks;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Retention;

/// <summary>What ends by age, and what never does; on databases of its own, with a clock of its own.</summary>
public sealed class RetentionTests(WebhookServer server)
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Tables = ["quotes", "eligibility_checks", "payment_options", "events", "webhook_deliveries", "idempotency_keys"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_reached_its_age_ends_and_what_is_younger_used_or_waiting_stays()
    {
        await using var lab = await WebhookLab.EmptyAsync(server);
        var clock = new SettableClock(Now);
        var worker = await StartAsync(lab, clock);
        var (old, young) = (Now.AddDays(-30).AddSeconds(-1), Now.AddDays(-30).AddSeconds(1));
        foreach (var at in new[] { old, young })
        {
            foreach (var used in new[] { false, true }) await QuoteAsync(lab, at, used);
            await AnswerAsync(lab, "eligibility_checks", at);
            await AnswerAsync(lab, "payment_options", at);
            foreach (var dispatched in new[] { true, false }) await EventAsync(lab, at, dispatched, at == old && dispatched ? "pending" : "succeeded");
        }

        await KeyAsync(lab, Now.AddHours(-48).AddSeconds(-1), "key-old");
        await KeyAsync(lab, Now.AddHours(-48).AddSeconds(1), "key-young");
        await KeyAsync(lab, Now.AddHours(-24), "key-of-a-day");

        await worker.RunOnceAsync(Cancellation);

        // Each kind's younger row is left, besides: the used quote, and the event that nobody dispatched.
        Assert.Equal(["quotes 3", "eligibility_checks 1", "payment_options 1", "events 3", "webhook_deliveries 1", "idempotency_keys 2"], await CountsAsync(lab));
        Assert.Equal(["key-of-a-day", "key-young"], await lab.Database.RowsAsync("select key from idempotency_keys order by 1"));
        Assert.Equal(["1"], await lab.Database.RowsAsync("select count(*) from quotes where created_at < $1 and payment_id is not null", young.UtcDateTime));

        // Dispatched at last, the old event ends the next time; a little later the young ones do.
        await lab.Database.ExecuteAsync("update events set dispatched_at = now()");
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(["2"], await lab.Database.RowsAsync("select count(*) from events"));
        clock.Now += TimeSpan.FromMinutes(1);
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(["quotes 2", "eligibility_checks 0", "payment_options 0", "events 0", "webhook_deliveries 0", "idempotency_keys 1"], await CountsAsync(lab));
    }

    [Fact]
    public async Task Batches_are_bounded_progress_is_told_and_many_instances_do_it_once()
    {
        await using var lab = await WebhookLab.EmptyAsync(server);
        var log = new Lines();
        string[] settings = ["--Retention:BatchSize=20", "--Retention:Pause=00:00:00.001"];
        var workers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync(lab, new SettableClock(Now), log, settings)));
        for (var i = 0; i < 2_500; i += 100) await ManyAsync(lab, Now.AddDays(-40).AddMinutes(i));

        await Task.WhenAll(workers.Select(worker => worker.RunOnceAsync(Cancellation)));
        // Who came too late for the keys leaves the rest to a later pass.
        await workers[0].RunOnceAsync(Cancellation);

        Assert.All(await CountsAsync(lab), count => Assert.EndsWith(" 0", count, StringComparison.Ordinal));
        Assert.Contains(log.Texts, line => line.Contains("Retention of idempotency_keys: 2500 of 2500 rows have ended in 125 batches", StringComparison.Ordinal));
        Assert.Contains(log.Texts, line => line.Contains("2000 of 2000 rows have ended so far", StringComparison.Ordinal));
        Assert.Equal(1, log.Texts.Count(line => line.StartsWith("Retention of quotes: 2500 of 2500", StringComparison.Ordinal)));
        Assert.Equal(["6 0"], await lab.Database.RowsAsync("select count(*), count(claimed_until) from retention_marks"));
    }

    [Fact]
    public async Task An_instance_that_died_in_the_middle_is_taken_over_where_it_left_off()
    {
        await using var lab = await WebhookLab.EmptyAsync(server);
        var clock = new SettableClock(Now);
        var worker = await StartAsync(lab, clock);
        await KeyAsync(lab, Now.AddDays(-3), "key-1");
        await lab.Database.ExecuteAsync("insert into retention_marks (name, upto, claimed_until) values ('idempotency_keys', $1, $2)", Now.AddDays(-10).UtcDateTime, Now.AddMinutes(5).UtcDateTime);
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(["1"], await lab.Database.RowsAsync("select count(*) from idempotency_keys"));
        clock.Now += TimeSpan.FromMinutes(5);
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(["0"], await lab.Database.RowsAsync("select count(*) from idempotency_keys"));

        // A clock that is set back ends nothing that the mark has passed, and moves no mark back.
        var mark = await lab.Database.RowsAsync("select extract(epoch from upto)::bigint from retention_marks where name = 'idempotency_keys'");
        clock.Now -= TimeSpan.FromDays(5);
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(mark, await lab.Database.RowsAsync("select extract(epoch from upto)::bigint from retention_marks where name = 'idempotency_keys'"));
    }

    [Theory]
    [InlineData("payments")]
    [InlineData("attempts")]
    [InlineData("live_payments")]
    [InlineData("refunds")]
    [InlineData("ledger_transactions")]
    [InlineData("ledger_entries")]
    [InlineData("provider_notifications")]
    [InlineData("buyers")]
    [InlineData("linked_accounts")]
    public async Task The_workers_role_may_delete_nothing_of_payments_and_their_books(string table)
    {
        await using var lab = await WebhookLab.EmptyAsync(server);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(lab.ConnectionString) { Options = "-c role=po_worker" }.ConnectionString);
        await using var delete = source.CreateCommand($"delete from {table}");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => delete.ExecuteNonQueryAsync(Cancellation))).SqlState);
    }

    [Theory]
    [InlineData("IdempotencyKeys", "23:59:59", "must be at least")]
    [InlineData("Quotes", "1.00:00:00", "must not be shorter")]
    [InlineData("Events", "29.00:00:00", "must be at least")]
    [InlineData("BatchSize", "0", "must be 1 to")]
    public void Ages_that_break_a_promise_are_refused(string name, string value, string reason)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create($"Retention:{name}", (string?)value)]).Build();
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => new RetentionSettings(configuration)).Message, StringComparison.Ordinal);
    }

    private static async Task<RetentionWorker> StartAsync(WebhookLab lab, TimeProvider clock, Lines? log = null, params string[] settings)
    {
        var instance = await lab.StartInstanceAsync(
            clock, services => services.AddLogging(logging => logging.AddProvider(log ?? new Lines())),
            ["--Webhooks:Dispatch=false", "--Retention:Run=false", "--Logging:LogLevel:PaymentOrchestrator.Api.Retention=Information", .. settings]);
        return instance.Services.GetRequiredService<RetentionWorker>();
    }

    private static async Task<IReadOnlyList<string>> CountsAsync(WebhookLab lab)
    {
        var counts = new List<string>();
        foreach (var table in Tables) counts.Add($"{table} {(await lab.Database.RowsAsync($"select count(*) from {table}"))[0]}");
        return counts;
    }

    private static Guid NewId(DateTimeOffset at) => Id<EventResource>.New((short)Random.Shared.Next(short.MinValue, short.MaxValue + 1), at).Value;

    private static short Shard(Guid id) => new Id<EventResource>(id).ShardKey;

    private static Task QuoteAsync(WebhookLab lab, DateTimeOffset at, bool used)
    {
        var id = NewId(at);
        return lab.Database.ExecuteAsync(
            """
            insert into quotes (
                id, marketplace_id, mode, buyer_id, method, order_id, fixed_side, order_amount, source_currency, source_amount, markup_bps, markup_amount, rate_stale, fees, total,
                fee_refundable, fee_schedule_id, created_at, expires_at, payment_id, shard_key)
            values ($1, 1, 'test', $1, 'card', 'order-1', 'order', 1, 'CNY', 1, 0, 0, false, '[]', 1, true, 'fee_default_1', $2, $3, case when $4 then $1 end, $5)
            """, id, at.UtcDateTime, at.AddMinutes(15).UtcDateTime, used, Shard(id));
    }

    private static Task AnswerAsync(WebhookLab lab, string table, DateTimeOffset at)
    {
        var id = NewId(at);
        return lab.Database.ExecuteAsync($"insert into {table} (id, marketplace_id, mode, buyer_id, answer, created_at, shard_key) values ($1, 1, 'test', $1, '[]', $2, $3)", id, at.UtcDateTime, Shard(id));
    }

    private static async Task EventAsync(WebhookLab lab, DateTimeOffset at, bool dispatched, string delivery)
    {
        var id = NewId(at);
        await lab.Database.ExecuteAsync(
            """
            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
            values ($1, 1, 'test', 'payment.failed', 'pay_1', 1, '[]', $2, case when $3 then $2 end, $4)
            """, id, at.UtcDateTime, dispatched, Shard(id));
        if (!dispatched) return;
        await lab.Database.ExecuteAsync(
            """
            insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, created_at, shard_key)
            values ($1, $1, 1, 'test', 'payment.failed', $2, 0, 0, $3, $4)
            """, id, delivery, at.UtcDateTime, Shard(id));
    }

    private static Task KeyAsync(WebhookLab lab, DateTimeOffset at, string key)
    {
        var id = NewId(at);
        return lab.Database.ExecuteAsync(
            "insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key) values (1, 'test', $1, $2, '', $1, $3, $4)",
            id, key, at.UtcDateTime, Shard(id));
    }

    /// <summary>A hundred rows of each kind, a second apart.</summary>
    private static async Task ManyAsync(WebhookLab lab, DateTimeOffset from)
    {
        for (var i = 0; i < 100; i++)
        {
            var at = from.AddSeconds(i);
            await Task.WhenAll(
                QuoteAsync(lab, at, used: false), AnswerAsync(lab, "eligibility_checks", at), AnswerAsync(lab, "payment_options", at), EventAsync(lab, at, true, "exhausted"),
                KeyAsync(lab, at, $"key-{at:O}"));
        }
    }

    /// <summary>What was logged.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Texts.Enqueue(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
