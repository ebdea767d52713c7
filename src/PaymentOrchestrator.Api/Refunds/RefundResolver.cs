using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>
/// Ends every refund that nobody is ending: its owner has died, or the provider's answer was unknown or pending. Any number of instances may run
/// it; each due refund is claimed by one.
/// </summary>
internal sealed class RefundResolver(OpenRefundStore open, RefundInquiry inquiry, RefundSchedule schedule, TimeProvider clock, ILogger<RefundResolver> log)
    : Poller(schedule.Interval, clock, log)
{
    private const int Batch = 100;

    private readonly TimeProvider clock = clock;

    internal override async Task RunOnceAsync(CancellationToken stoppingToken) =>
        await ForEachAsync(await open.FindDueAsync(clock.Now(), Batch, stoppingToken), EndAsync, stoppingToken);

    private async Task EndAsync(OpenRefundStore.Due due, CancellationToken cancellationToken)
    {
        // Asking and sending again may each take as long as an owner has.
        if (await open.ClaimAsync(due, clock.Now() + (2 * schedule.OwnerGoneAfter), cancellationToken) is not { } claimed) return;
        Telemetry.Instruments.Inquired("refund");
        await inquiry.AskAsync(claimed);
    }
}
