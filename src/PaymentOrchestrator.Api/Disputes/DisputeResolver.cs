using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>
/// Asks after every open dispute from time to time, since a notification may never come. Any number of instances may run it; each due dispute is
/// claimed by one.
/// </summary>
internal sealed class DisputeResolver(
    DisputeStore store, DisputeInquiry inquiry, DisputeChanges changes, DisputeSchedule schedule, TimeProvider clock, ILogger<DisputeResolver> log)
    : Poller(schedule.Interval, clock, log)
{
    private const int Batch = 100;

    private readonly TimeProvider clock = clock;
    private readonly ILogger<DisputeResolver> log = log;

    internal override async Task RunOnceAsync(CancellationToken stoppingToken) =>
        await ForEachAsync(await store.FindDueAsync(clock.Now(), Batch, stoppingToken), async (item, cancellationToken) =>
        {
            if (await store.ClaimAsync(item, clock.Now() + schedule.OwnerGoneAfter, cancellationToken) is { } claimed) await AskAsync(claimed);
        }, stoppingToken);

    private async Task AskAsync(Dispute claimed)
    {
        if (await inquiry.AskAsync(claimed.Owner.Mode, claimed.Provider, claimed.ProviderReference) is not DisputeInquiry.Outcome.NoAnswer silence) return;
        log.LogWarning("{DisputeId} could not be read at {Provider}: {Reason}", claimed.Id, claimed.Provider, silence.Reason);
        await changes.PostponeAsync(claimed);
    }
}
