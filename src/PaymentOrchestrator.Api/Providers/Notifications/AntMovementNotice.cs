using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.Api.Providers.Notifications;

/// <summary>
/// notifyPayment, notifyRefund and WorldFirst's notifyTransfer. Only our own ids are read: amounts and states are asked for again, since a
/// notification may be late, double, early, or overtaken.
/// </summary>
internal sealed class AntMovementNotice
{
    public string? NotifyType { get; init; }

    public string? PaymentRequestId { get; init; }

    public string? TransferRequestId { get; init; }

    public string? RefundRequestId { get; init; }

    /// <summary>A verified body as a reading; null if it is no notification of a movement.</summary>
    public static NotificationReading? Read(byte[] body)
    {
        AntMovementNotice? notice;
        try
        {
            notice = JsonSerializer.Deserialize(body, MovementJson.Default.AntMovementNotice);
        }
        catch (JsonException)
        {
            return null;
        }

        // Antom's refund names the payment as well; the refund comes first.
        return notice switch
        {
            { RefundRequestId: { Length: > 0 } refund } => new NotificationReading.RefundChanged(refund, RequestIds.Owner(refund)),
            { NotifyType: null } => null,
            { PaymentRequestId: { Length: > 0 } payment } => new NotificationReading.PaymentChanged(payment, RequestIds.Owner(payment)),
            { TransferRequestId: { Length: > 0 } transfer } => new NotificationReading.PaymentChanged(transfer, RequestIds.Owner(transfer)),
            _ => null,
        };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AntMovementNotice))]
internal sealed partial class MovementJson : JsonSerializerContext;
