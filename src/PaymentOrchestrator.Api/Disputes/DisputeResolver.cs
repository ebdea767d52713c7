using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>
/// Asks after every open dispute from time to time, since a notification may never come. Any number of instances may run it; each due dispute is
/// claimed by one.
/// </summary>
internal sealed class DisputeResolver(
    DisputeStore store, DisputeInquiry inquiry, DisputeChanges changes, DisputeSchedule schedule, TimeProvider clock, ILogger<DisputeResolver> log) : BackgroundService
{
    private const int Batch = 100;
    private const int AtOnce = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(schedule.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RunOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what was claimed is due again when its claim runs out.
        }
    }

    private async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            var due = await store.FindDueAsync(clock.Now(), Batch, stoppingToken);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (item, cancellationToken) =>
            {
                if (await store.ClaimAsync(item, clock.Now() + schedule.OwnerGoneAfter, cancellationToken) is { } claimed) await AskAsync(claimed);
            });
        }
        catch (Npgsql.NpgsqlException e)
        {
            log.LogWarning(e, "The database did not answer; disputes that are due are looked for again in {Interval}.", schedule.Interval);
        }
    }

    private async Task AskAsync(Dispute claimed)
    {
        try
        {
            if (await inquiry.AskAsync(claimed.Owner.Mode, claimed.Provider, claimed.ProviderReference) is not DisputeInquiry.Outcome.NoAnswer silence) return;
            log.LogWarning("{DisputeId} could not be read at {Provider}: {Reason}", claimed.Id, claimed.Provider, silence.Reason);
            await changes.PostponeAsync(claimed);
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            // One dispute that cannot be asked after must not keep the others waiting; it is due again when its claim runs out.
            log.LogError(e, "{DisputeId} could not be asked after.", claimed.Id);
        }
    }
}
