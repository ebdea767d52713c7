using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>
/// Looks again for what parked notifications are about, and follows them when it is there. The payments' own way knows nothing of it. Any number of
/// instances may run it; each notification that is due is claimed by one.
/// </summary>
internal sealed class ParkedNotificationFollower(
    ParkedNotificationStore parked, NotificationHints hints, NotificationLog kept, ParkingSchedule schedule, TimeProvider clock, ILogger<ParkedNotificationFollower> log)
    : Poller(schedule.Interval, clock, log)
{
    private const int Batch = 100;

    /// <summary>Above what asking a provider takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TimeProvider clock = clock;
    private readonly ILogger<ParkedNotificationFollower> log = log;

    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        await ForEachAsync(await parked.FindDueAsync(clock.Now(), Batch, stoppingToken), async (due, cancellationToken) =>
        {
            if (await parked.ClaimAsync(due, clock.Now() + Lease, cancellationToken)) await FollowAsync(due);
        }, stoppingToken);
        foreach (var old in await parked.FindBeyondAsync(schedule.MaxKept, Batch, stoppingToken))
            await GiveUpAsync(old, "there is no room for it");
    }

    private async Task FollowAsync(ParkedNotification claimed)
    {
        if (await hints.TryFollowAsync(claimed))
        {
            // It is part of the payment's story from when it was told, not from when the payment could be seen.
            await kept.KeepAsync(claimed);
            await parked.RemoveAsync(claimed, CancellationToken.None);
        }
        else if (clock.Now() - claimed.ReceivedAt >= schedule.KeepFor) await GiveUpAsync(claimed, "it has not appeared in time");
        else await parked.PostponeAsync(claimed, clock.Now() + schedule.DelayAfter(claimed.Tries + 1), CancellationToken.None);
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
