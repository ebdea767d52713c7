using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>
/// Looks again for what parked notifications are about, and follows them when it is there. The payments' own way knows nothing of it. Any number of
/// instances may run it; each notification that is due is claimed by one.
/// </summary>
internal sealed class ParkedNotificationFollower(
    ParkedNotificationStore parked, NotificationHints hints, ParkingSchedule schedule, TimeProvider clock, ILogger<ParkedNotificationFollower> log) : BackgroundService
{
    private const int Batch = 100;

    /// <summary>Above what asking a provider takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

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
            foreach (var due in await parked.FindDueAsync(clock.Now(), Batch, stoppingToken))
                if (await parked.ClaimAsync(due, clock.Now() + Lease, stoppingToken)) await FollowAsync(due);
            foreach (var old in await parked.FindBeyondAsync(schedule.MaxKept, Batch, stoppingToken))
                await GiveUpAsync(old, "there is no room for it");
        }
        catch (Npgsql.NpgsqlException e)
        {
            log.LogWarning(e, "The database did not answer; parked notifications are looked at again in {Interval}.", schedule.Interval);
        }
    }

    private async Task FollowAsync(ParkedNotification claimed)
    {
        try
        {
            if (await hints.TryFollowAsync(claimed)) await parked.RemoveAsync(claimed, CancellationToken.None);
            else if (clock.Now() - claimed.ReceivedAt >= schedule.KeepFor) await GiveUpAsync(claimed, "it has not appeared in time");
            else await parked.PostponeAsync(claimed, clock.Now() + schedule.DelayAfter(claimed.Tries + 1), CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException and not Npgsql.NpgsqlException)
        {
            // One that cannot be followed must not keep the others waiting; it is due again when its claim runs out.
            log.LogError(e, "The parked notification of {Reference} could not be followed.", claimed.Reference);
        }
    }

    private async Task GiveUpAsync(ParkedNotification old, string reason)
    {
        // Money may have moved of which we know nothing: reconciliation with the provider's own list will show it, and this says where to look.
        log.LogError(
            "{Provider} speaks of request {Reference} in {Mode} mode, told first at {ReceivedAt}; it is none of ours, or its record is lost: {Reason}.",
            old.Provider, old.Reference, old.Mode, old.ReceivedAt, reason);
        await parked.RemoveAsync(old, CancellationToken.None);
    }
}
