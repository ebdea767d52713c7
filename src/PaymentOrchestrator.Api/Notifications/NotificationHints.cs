using System.Text;
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
/// notification that is repeated, late, early or out of order does no harm. One about a payment or refund that is not here is parked, and followed
/// when that appears: to this instance's eyes the record may lie behind what the provider already knows.
/// </summary>
internal sealed class NotificationHints(
    OpenPaymentStore open, PaymentInquiry inquiry, PaymentSettlement settlement, ResolverSchedule schedule, ParkedNotificationStore parked, ParkingSchedule parking, ISender sender,
    TimeProvider clock, ILogger<NotificationHints> log)
{
    /// <summary>The one provider that has disputes.</summary>
    private const string CardDisputes = "card";

    /// <summary>Providers are told nothing longer, so a longer one is none of ours.</summary>
    private const int MaxReference = 64;

    /// <param name="provider">Who speaks.</param>
    /// <param name="mode">By which mode's signature.</param>
    /// <param name="reading">What it says.</param>
    /// <param name="digest">SHA-256 of its body.</param>
    /// <returns>Why the provider should send it again; null when it has had its effect, or none is due.</returns>
    public async Task<Problem?> FollowAsync(string provider, Mode mode, NotificationReading reading, byte[] digest)
    {
        switch (reading)
        {
            case NotificationReading.PaymentChanged changed:
                await FollowOrParkAsync<PaymentResource>(provider, mode, ParkedNotification.Payment, changed.RequestId, changed.PaymentId, digest);
                return null;
            case NotificationReading.RefundChanged changed:
                await FollowOrParkAsync<RefundResource>(provider, mode, ParkedNotification.Refund, changed.RequestId, changed.RefundId, digest);
                return null;
            case NotificationReading.DisputeChanged changed:
                // A dispute that we have never read is nowhere but at the provider: until it could be read, the notification is to come again.
                return (await sender.Send(new NoticeDispute(mode, CardDisputes, changed.DisputeId), CancellationToken.None)).Problem;
            case NotificationReading.OrderChanged changed:
                // One that comes before the payment has succeeded is not missed: from then on the order is read again and again until it is paid.
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

    /// <summary>Follows what a notification says of a payment or refund, if that is here.</summary>
    /// <returns>False when it is not: look again later.</returns>
    public Task<bool> TryFollowAsync(ParkedNotification told) => told.Kind switch
    {
        ParkedNotification.Payment => TryAskAsync(told.Mode, told.Reference, Id<PaymentResource>.ParseOrNone(told.ObjectId)),
        // Whatever comes of asking: what is still open is asked after again, so that the notification need not come again.
        ParkedNotification.Refund => TryNoticeAsync(told.Mode, told.ObjectId),
        _ => throw new ArgumentOutOfRangeException(nameof(told)),
    };

    private async Task FollowOrParkAsync<T>(string provider, Mode mode, string kind, string reference, string objectId, byte[] digest)
        where T : IResource
    {
        if (!Id<T>.TryParse(objectId, null, out var id) || reference.Length > MaxReference || !Ascii.IsValid(reference) || reference.Any(char.IsControl))
        {
            // Nothing of ours will ever have this id.
            log.LogWarning("{Provider} speaks of a {Kind} that is none of ours in {Mode} mode.", provider, kind, mode);
            return;
        }

        var now = clock.Now();
        var told = new ParkedNotification(provider, mode, kind, reference, id.ToString(), id.ShardKey, now, digest);
        if (await TryFollowAsync(told)) return;
        log.LogWarning("{Provider} speaks of request {Reference} in {Mode} mode, which is not here; the notification is kept.", provider, reference, mode);
        await parked.ParkAsync(told, now + parking.FirstDelay, CancellationToken.None);
    }

    private async Task<bool> TryNoticeAsync(Mode mode, string refund) =>
        (await sender.Send(new NoticeRefund(mode, refund), CancellationToken.None)).Problem?.Type != ProblemType.NotFound;

    private async Task<bool> TryAskAsync(Mode mode, string requestId, Id<PaymentResource> id)
    {
        if (await open.FindAsync(id, CancellationToken.None) is not { } subject) return false;
        var payment = subject.Payment;
        if (payment.Owner.Mode != mode || subject.Attempt.RequestId != requestId)
        {
            log.LogWarning("A provider speaks of request {RequestId} in {Mode} mode; the payment is here, and that is not its request.", requestId, mode);
            return true;
        }

        if (payment.Status == PaymentStatus.Succeeded) return true;
        // Whoever made the payment is still waiting for the provider's own answer, and will write it down. Should it die, the resolver asks.
        if (payment.Status == PaymentStatus.Processing && subject.Tries == 0 && clock.Now() < schedule.OwnerGoneAt(payment.CreatedAt)) return true;
        await inquiry.AskAsync(subject);
        return true;
    }
}
