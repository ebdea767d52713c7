using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// Ends every payment that nobody is ending: its owner has died, or the provider's answer was unknown or pending; then follows it until the supplier
/// has the money. Any number of instances may run it; each due payment is claimed by one.
/// </summary>
internal sealed class PaymentResolver(OpenPaymentStore open, PaymentInquiry inquiry, PaymentSettlement settlement, ResolverSchedule schedule, TimeProvider clock,
    ILogger<PaymentResolver> log) : BackgroundService
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
            var due = await open.FindDueAsync(clock.Now(), Batch, stoppingToken);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (item, cancellationToken) =>
            {
                if (await open.ClaimAsync(item, schedule.OwnerGoneAt(clock.Now()), cancellationToken) is { } claimed) await AskAsync(claimed);
            });
        }
        catch (Npgsql.NpgsqlException e)
        {
            log.LogWarning(e, "The database did not answer; payments that are due are looked for again in {Interval}.", schedule.Interval);
        }
    }

    private async Task AskAsync(OpenPayment claimed)
    {
        try
        {
            if (claimed.Payment.Status == PaymentStatus.Succeeded) await settlement.AskAsync(claimed);
            else await inquiry.AskAsync(claimed);
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            // One payment that cannot be asked after must not keep the others waiting; it is due again when its claim runs out.
            log.LogError(e, "{PaymentId} could not be asked after.", claimed.Payment.Id);
        }
    }
}
