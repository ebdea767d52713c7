using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// Ends every payment that nobody is ending: its owner has died, or the provider's answer was unknown or pending; then follows it until the supplier
/// has the money. Any number of instances may run it; each due payment is claimed by one.
/// </summary>
internal sealed class PaymentResolver(OpenPaymentStore open, PaymentInquiry inquiry, PaymentSettlement settlement, ResolverSchedule schedule, TimeProvider clock,
    ILogger<PaymentResolver> log) : Poller(schedule.Interval, clock, log)
{
    private const int Batch = 100;

    private readonly TimeProvider clock = clock;

    protected override async Task RunOnceAsync(CancellationToken stoppingToken) =>
        await ForEachAsync(await open.FindDueAsync(clock.Now(), Batch, stoppingToken), EndAsync, stoppingToken);

    private async Task EndAsync(OpenPaymentStore.Due due, CancellationToken cancellationToken)
    {
        if (await open.ClaimAsync(due, schedule.OwnerGoneAt(clock.Now()), cancellationToken) is not { } claimed) return;
        if (claimed.Payment.Status == PaymentStatus.Succeeded) await settlement.AskAsync(claimed);
        else await inquiry.AskAsync(claimed);
    }
}
