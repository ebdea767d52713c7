using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>
/// Ends every refund that nobody is ending: its owner has died, or the provider's answer was unknown or pending. Any number of instances may run
/// it; each due refund is claimed by one.
/// </summary>
internal sealed class RefundResolver(RefundStore store, RefundInquiry inquiry, RefundSchedule schedule, TimeProvider clock, ILogger<RefundResolver> log) : BackgroundService
{
    private const int Batch = 100;
    private const int AtOnce = 8;

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

    /// <summary>One look at what is due.</summary>
    internal async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            var due = await store.FindDueAsync(clock.Now(), Batch, stoppingToken);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (item, cancellationToken) =>
            {
                // Asking and sending again may each take as long as an owner has.
                if (await store.ClaimAsync(item, clock.Now() + (2 * schedule.OwnerGoneAfter), cancellationToken) is { } claimed) await EndAsync(claimed);
            });
        }
        catch (Npgsql.NpgsqlException e)
        {
            log.LogWarning(e, "The database did not answer; refunds that are due are looked for again in {Interval}.", schedule.Interval);
        }
    }

    private async Task EndAsync(OpenRefund claimed)
    {
        try
        {
            await inquiry.AskAsync(claimed);
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            // One refund that cannot be asked after must not keep the others waiting; it is due again when its claim runs out.
            log.LogError(e, "{RefundId} could not be asked after.", claimed.Refund.Id);
        }
    }
}
