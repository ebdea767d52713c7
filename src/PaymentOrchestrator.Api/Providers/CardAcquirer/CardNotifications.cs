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

        return received is { Type: "setup_intent.succeeded", Data.Object: { Id: { Length: > 0 } intent, Metadata: { } metadata } } &&
            metadata.GetValueOrDefault("buyer_id") is { Length: > 0 } buyer
            ? new NotificationReading.AccountAuthorized(buyer, LinkProvider.Card, new Dictionary<string, string> { ["setup_intent"] = intent })
            : new NotificationReading.Ignored(ProviderText.Code(received?.Type));
    }

    public NotificationAcknowledgement Acknowledge(string method, string path) => NotificationAcknowledgement.Empty;
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
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StripeEvent))]
internal sealed partial class StripeEventJson : JsonSerializerContext;
