using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>
/// Of a notification's body nothing is kept but the ids and codes that its reading names. One that names a card number instead is taken for nothing that we act on: it
/// is acknowledged, or it would come for days, and what it hinted at is found by asking.
/// </summary>
internal static class NotificationCardData
{
    public static NotificationReading WithoutCardData(this NotificationReading reading) => HoldsCardData(reading) ? new NotificationReading.Ignored("card_data") : reading;

    private static bool HoldsCardData(NotificationReading reading) => reading switch
    {
        NotificationReading.PaymentChanged changed => Any(changed.RequestId, changed.PaymentId),
        NotificationReading.RefundChanged changed => Any(changed.RequestId, changed.RefundId),
        // 1688's order numbers are as long as some card numbers, and so are its members' ids, which are not kept.
        NotificationReading.OrderChanged changed => changed.OrderIds.Any(id => CardNumbers.Contains(id, orderNumbersPass: true)),
        NotificationReading.DisputeChanged changed => Any(changed.DisputeId, changed.PaymentReference),
        // Its codes are used up at once and kept nowhere.
        NotificationReading.AccountAuthorized authorized => Any(authorized.BuyerId),
        NotificationReading.Ignored ignored => Any(ignored.Type),
        _ => false,
    };

    private static bool Any(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
            if (value is not null && CardNumbers.Contains(value)) return true;
        return false;
    }
}
