using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>One event for one endpoint, with what its last attempt came to.</summary>
public sealed record WebhookDeliveryResource : IResource
{
    public static string Prefix => "whd";

    /// <summary>The event's, with a prefix of its own: an endpoint has one delivery of an event.</summary>
    public required Id<WebhookDeliveryResource> Id { get; init; }

    /// <summary>Always <c>webhook_delivery</c>.</summary>
    public string Object { get; init; } = "webhook_delivery";

    /// <summary>Also the <c>webhook-id</c> of every attempt: what a receiver tells repetitions by.</summary>
    public required Id<EventResource> EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary><c>pending</c>, <c>succeeded</c>, or <c>exhausted</c>: no attempt is left. Every one can be redelivered.</summary>
    public required string Status { get; init; }

    /// <summary>How many were made since it began, or since it was last redelivered.</summary>
    public required int Attempts { get; init; }

    /// <summary>Null when there is none, or the endpoint is disabled.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Of the last attempt, in milliseconds.</summary>
    public required int? DurationMs { get; init; }

    /// <summary>The HTTP status of the last answer; null when there was none.</summary>
    public required int? ResponseStatus { get; init; }

    /// <summary>The first 256 bytes of the last answer.</summary>
    public required string? ResponseBody { get; init; }

    /// <summary>Why there was no answer.</summary>
    public required string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page of deliveries, those of the newest events first.</summary>
public sealed record WebhookDeliveryList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<WebhookDeliveryResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>How much is sent again.</summary>
public sealed record RedeliveryResource
{
    /// <summary>Always <c>webhook_redelivery</c>.</summary>
    public string Object { get; init; } = "webhook_redelivery";

    public required DateTimeOffset Since { get; init; }

    /// <summary>Deliveries that are due now because of this request.</summary>
    public required int Deliveries { get; init; }
}
