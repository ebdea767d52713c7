using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>An address of yours that events are sent to.</summary>
public sealed record WebhookEndpointResource : IResource
{
    public static string Prefix => "whe";

    public required Id<WebhookEndpointResource> Id { get; init; }

    /// <summary>Always <c>webhook_endpoint</c>.</summary>
    public string Object { get; init; } = "webhook_endpoint";

    public required string Url { get; init; }

    /// <summary>The types that are sent; <c>*</c> alone for every one.</summary>
    public required IReadOnlyList<string> EventTypes { get; init; }

    /// <summary>False: nothing is sent, and no deliveries are made of what happens.</summary>
    public required bool Enabled { get; init; }

    /// <summary><c>gone</c> when the address answered 410; null when you disabled it, or it is enabled.</summary>
    public required string? DisabledReason { get; init; }

    /// <summary><c>whsec_…</c>, in the answer that made it and nowhere else; null in every other, a replay of that answer included.</summary>
    public string? Secret { get; init; }

    /// <summary>Until when the secret before this one signs as well; null when it does not.</summary>
    public required DateTimeOffset? PreviousSecretUntil { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>Rises with each change; the ETag header has it in quotation marks.</summary>
    public required int Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>All endpoints of the marketplace in this mode, the newest last.</summary>
public sealed record WebhookEndpointList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<WebhookEndpointResource> Data { get; init; }

    /// <summary>Always false: there are at most 50.</summary>
    public bool HasMore { get; init; }
}

/// <summary>What is left of an endpoint that was deleted.</summary>
public sealed record DeletedWebhookEndpoint
{
    public required Id<WebhookEndpointResource> Id { get; init; }

    /// <summary>Always <c>webhook_endpoint</c>.</summary>
    public string Object { get; init; } = "webhook_endpoint";

    /// <summary>Always true.</summary>
    public bool Deleted { get; init; } = true;
}
