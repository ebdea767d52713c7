using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>
/// Asks a provider what became of a refund, and applies the answer. Used by the resolver and by notifications, which are hints. It never uses
/// another request id, so that asking and sending again are both harmless.
/// </summary>
internal sealed class RefundInquiry(RefundChanges changes, ProviderDirectory providers, Secrets secrets, RefundSchedule schedule, TimeProvider clock)
{
    /// <returns>The refund's present state.</returns>
    public async Task<Refund> AskAsync(OpenRefund subject)
    {
        var refund = subject.Refund;
        var gateway = providers.For(refund.Owner.Mode).RefundGateway(subject.Debit.Method)
            ?? throw new InvalidOperationException($"{refund.Id} was begun with a provider that is not configured any more.");
        var request = subject.ToRequest(secrets);
        var outcome = await gateway.InquireRefundAsync(request, CancellationToken.None);
        var late = clock.Now() - refund.CreatedAt > schedule.GiveUpAfter;
        // It never arrived. Sent again it has the same request id: should the first one be on its way still, the provider sees one.
        if (outcome is RefundOutcome.NotFound && refund.Status == RefundStatus.Pending && !late) outcome = await gateway.RefundAsync(request, CancellationToken.None);

        var now = await changes.ApplyAsync(refund, outcome, clock.Now() + schedule.DelayAfter(refund.Tries));
        return late && now.Status == RefundStatus.Pending ? await changes.GiveUpAsync(now) : now;
    }
}
