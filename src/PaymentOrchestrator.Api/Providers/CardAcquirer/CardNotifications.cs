using System.Text.Json;
using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>
/// Stripe's events. Only the object's id and our own metadata are read: the object itself is asked for again, since events come late,
/// twice and in any order.
/// </summary>
internal sealed class CardNotifications(CardOptions options, TimeProvider time) : INotificationReader
{
    public string Provider => CardProvider.Name;

    public NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body)
    {
        if (!StripeSignature.Verify(options.WebhookSecret, headers["Stripe-Signature"], body, time.GetUtcNow())) return new NotificationReading.BadSignature();

        StripeEvent? received;
        try
        {
            received = JsonSerializer.Deserialize(body, StripeEventJson.Default.StripeEvent);
        }
        catch (JsonException)
        {
            return new NotificationReading.Ignored("unreadable");
        }

        return received is { Type: { } type, Data.Object: { Id: { Length: > 0 } } subject } && Reading(type, subject) is { } reading
            ? reading
            : new NotificationReading.Ignored(ProviderText.Code(received?.Type));
    }

    public NotificationAcknowledgement Acknowledge(string method, string path) => NotificationAcknowledgement.Empty;

    /// <summary>By our own metadata, which a payment's charge carries too. Null for what is nobody's of ours.</summary>
    private static NotificationReading? Reading(string type, StripeEventObject subject)
    {
        string? Ours(string key) => subject.Metadata?.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;
        return type switch
        {
            "setup_intent.succeeded" when Ours("buyer_id") is { } buyer =>
                new NotificationReading.AccountAuthorized(buyer, LinkProvider.Card, new Dictionary<string, string> { ["setup_intent"] = subject.Id! }),
            "refund.created" or "refund.updated" or "refund.failed" or "charge.refund.updated"
                when (Ours("request_id"), Ours("refund_id")) is ({ } request, { } refund) => new NotificationReading.RefundChanged(request, refund),
            "charge.dispute.created" or "charge.dispute.updated" or "charge.dispute.closed" or "charge.dispute.funds_withdrawn" or "charge.dispute.funds_reinstated"
                when subject.PaymentIntent is { Length: > 0 } intent => new NotificationReading.DisputeChanged(subject.Id!, intent),
            "charge.refunded" or "payment_intent.succeeded" or "payment_intent.payment_failed" or "payment_intent.processing" or
                "payment_intent.requires_action" or "payment_intent.canceled"
                when (Ours("request_id"), Ours("payment_id")) is ({ } request, { } payment) => new NotificationReading.PaymentChanged(request, payment),
            _ => null,
        };
    }
}

internal sealed class StripeEvent
{
    public string? Type { get; init; }

    public StripeEventData? Data { get; init; }
}

internal sealed class StripeEventData
{
    public StripeEventObject? Object { get; init; }
}

internal sealed class StripeEventObject
{
    public string? Id { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>A dispute's; an id, as nothing is expanded in events.</summary>
    [JsonPropertyName("payment_intent")]
    public string? PaymentIntent { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StripeEvent))]
internal sealed partial class StripeEventJson : JsonSerializerContext;
