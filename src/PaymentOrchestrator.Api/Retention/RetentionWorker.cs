using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Retention;

/// <summary>
/// Ends what has reached its age. Any number of instances may run it: each table is claimed by one at a time, a mark says how far it is cleared, and
/// two that cleared the same would do no harm. One that dies leaves the mark where its last batch ended.
/// </summary>
internal sealed class RetentionWorker(RetentionStore store, RetentionSettings settings, TimeProvider clock, ILogger<RetentionWorker> log)
    : Poller(settings.Interval, clock, log, settings.Run)
{
    private const string Keys = "idempotency_keys";

    private readonly IReadOnlyList<EndingRows> tables = EndingRows.Of(settings);

    private readonly TimeProvider clock = clock;
    private readonly ILogger<RetentionWorker> log = log;

    /// <summary>Clears every table that nobody else is clearing, as far as its age allows today.</summary>
    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        // What keys stand for comes after them: a key that is there answers with what it made.
        if (!await ClearKeysAsync(stoppingToken)) return;
        foreach (var table in tables) await ClearAsync(table, stoppingToken);
    }

    private Task<bool> ClearKeysAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? position = null;
        return ClearAsync(Keys, settings.IdempotencyKeys, async (mark, cutoff) =>
        {
            // From the mark on, the mark's own millisecond included.
            var batch = await store.ClearKeysAsync(position ?? mark.AddMilliseconds(-1), cutoff, settings.BatchSize, stoppingToken);
            position = batch.Upto;
            return batch;
        }, stoppingToken);
    }

    private Task<bool> ClearAsync(EndingRows table, CancellationToken stoppingToken)
    {
        Guid? position = null;
        return ClearAsync(table.Name, table.Age, async (mark, cutoff) =>
        {
            var batch = await store.ClearAsync(table, position ?? UuidTime.Floor(mark), cutoff, settings.BatchSize, clock.Now(), stoppingToken);
            position = batch.Last;
            return batch;
        }, stoppingToken);
    }

    /// <summary>False when someone else is clearing the table.</summary>
    private async Task<bool> ClearAsync(string name, TimeSpan age, Func<DateTimeOffset, DateTimeOffset, Task<RetentionStore.Batch>> clearNext, CancellationToken stoppingToken)
    {
        var now = clock.Now();
        var claimed = now + settings.Lease;
        if (await store.ClaimAsync(name, now, claimed, stoppingToken) is not { } mark) return false;

        var cutoff = now - age;
        var (batches, looked, ended) = (0, 0, 0);
        DateTimeOffset? later = null;
        while (mark < cutoff && await clearNext(mark, cutoff) is { Upto: { } upto } batch)
        {
            batches++;
            looked += batch.Looked;
            ended += batch.Ended;
            later ??= batch.Later;
            var until = clock.Now() + settings.Lease;
            if (!await store.AdvanceAsync(name, claimed, later ?? upto, until, stoppingToken)) return false;
            claimed = until;
            if (batches % 100 == 0) log.LogInformation("Retention of {Table}: {Ended} of {Looked} rows have ended so far, up to {Upto}.", name, ended, looked, upto);
            await Task.Delay(settings.Pause, TimeProvider.System, stoppingToken);
        }

        // Whatever may go another time is looked at again from there on; a clock that was set back moves no mark back.
        await store.AdvanceAsync(name, claimed, later ?? (cutoff > mark ? cutoff : mark), null, stoppingToken);
        if (looked > 0) log.LogInformation("Retention of {Table}: {Ended} of {Looked} rows have ended in {Batches} batches, up to {Cutoff}.", name, ended, looked, batches, cutoff);
        return true;
    }
}
