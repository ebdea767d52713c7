using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>A delivery that is due, as a dispatcher finds it.</summary>
internal sealed class DueDelivery
{
    public Guid EventId { get; init; }

    public Guid EndpointId { get; init; }

    public short ShardKey { get; init; }

    public int Claims { get; init; }
}

/// <summary>A delivery that this instance has until the lease ends, with all that it takes to send it.</summary>
internal sealed class ClaimedDelivery
{
    public Guid EventId { get; init; }

    public Guid EndpointId { get; init; }

    public short ShardKey { get; init; }

    /// <summary>What the claim left; results are written on this number only.</summary>
    public int Claims { get; init; }

    /// <summary>Made in this round before this one.</summary>
    public int Attempts { get; init; }

    public string Mode { get; init; } = "";

    public string Type { get; init; } = "";

    public int ObjectVersion { get; init; }

    public string Data { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public bool Enabled { get; init; }

    public string Url { get; init; } = "";

    public string Secret { get; init; } = "";

    public string? PreviousSecret { get; init; }

    public DateTime? PreviousSecretUntil { get; init; }

    public Id<EventResource> Event => new(EventId);

    public byte[] Body() => WebhookMessage.Body(Event, Type, CreatedAt, ObjectVersion, Mode == "live", Data);

    /// <summary>The secrets that sign now, still encrypted.</summary>
    public IEnumerable<string> SecretsAt(DateTimeOffset now) => PreviousSecret is { } previous && PreviousSecretUntil > now.UtcDateTime ? [Secret, previous] : [Secret];
}
