using Mediator;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>
/// Follows what providers say of their own accord about money. A notification is a hint: it says whom to ask, and the answer is what counts. So a
/// notification that is repeated, late, early or out of order does no harm.
/// </summary>
internal sealed class NotificationHints(
    OpenPaymentStore open, PaymentInquiry inquiry, PaymentSettlement settlement, ResolverSchedule schedule, ISender sender, TimeProvider clock,
    ILogger<NotificationHints> log)
{
    /// <summary>The one provider that has disputes.</summary>
    private const string CardDisputes = "card";

    /// <returns>Why the provider should send it again; null when it has had its effect, or none is due.</returns>
    public async Task<Problem?> FollowAsync(Mode mode, NotificationReading reading)
    {
        switch (reading)
        {
            case NotificationReading.PaymentChanged changed:
                await AskAsync(mode, changed);
                return null;
            case NotificationReading.RefundChanged changed:
                // Whatever came of asking: what is still open is asked after again, so that the notification need not come again.
                await sender.Send(new NoticeRefund(mode, changed.RefundId), CancellationToken.None);
                return null;
            case NotificationReading.DisputeChanged changed:
                // A dispute that we have never read is nowhere but at the provider: until it could be read, the notification is to come again.
                return (await sender.Send(new NoticeDispute(mode, CardDisputes, changed.DisputeId), CancellationToken.None)).Problem;
            case NotificationReading.OrderChanged changed:
                foreach (var id in await open.FindUnsettledAsync(mode, changed.OrderIds, CancellationToken.None))
                    if (await open.FindAsync(id, CancellationToken.None) is { } subject) await settlement.AskAsync(subject);
                return null;
            case NotificationReading.Ignored ignored:
                log.LogInformation("A notification of type {Type} was acknowledged and has no effect.", ignored.Type);
                return null;
            default:
                log.LogWarning("A notification of kind {Kind} was acknowledged; nothing here acts on it.", reading.GetType().Name);
                return null;
        }
    }

    private async Task AskAsync(Mode mode, NotificationReading.PaymentChanged changed)
    {
        var id = Id<PaymentResource>.ParseOrNone(changed.PaymentId);
        if (await open.FindAsync(id, CancellationToken.None) is not { } subject || subject.Payment.Owner.Mode != mode || subject.Attempt.RequestId != changed.RequestId)
        {
            // Intent is committed before a provider hears of it, so a payment that is not here is none of ours.
            log.LogWarning("A provider speaks of request {RequestId}, which is none of ours in {Mode} mode.", changed.RequestId, mode);
            return;
        }

        var payment = subject.Payment;
        if (payment.Status == PaymentStatus.Succeeded) return;
        // Whoever made the payment is still waiting for the provider's own answer, and will write it down. Should it die, the resolver asks.
        if (payment.Status == PaymentStatus.Processing && subject.Tries == 0 && clock.Now() < schedule.OwnerGoneAt(payment.CreatedAt)) return;
        await inquiry.AskAsync(subject);
    }
}
