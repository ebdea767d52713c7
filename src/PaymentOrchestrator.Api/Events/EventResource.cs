using System.Text.Json;
using System.Text.Json.Serialization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Events;

/// <summary>Something that happened to an object.</summary>
public sealed record EventResource : IResource
{
    /// <summary>The form of <c>data.object</c>; a change that breaks readers gets another.</summary>
    public const string CurrentApiVersion = "v1";

    [JsonIgnore]
    public static string Prefix => "evt";

    public required Id<EventResource> Id { get; init; }

    /// <summary>Always <c>event</c>.</summary>
    public string Object { get; init; } = "event";

    /// <summary><c>payment.succeeded</c>, <c>refund.created</c>, <c>linked_account.active</c> …</summary>
    public required string Type { get; init; }

    /// <summary>The version of the contract that <c>data.object</c> follows.</summary>
    public required string ApiVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Rises by one with each event of the object: what arrives out of order, or is missing, can be told.</summary>
    public required int ObjectVersion { get; init; }

    public required bool Livemode { get; init; }

    public required EventData Data { get; init; }
}

/// <summary>What the event is about.</summary>
public sealed record EventData
{
    /// <summary>The object as it was then, in its own form.</summary>
    public required JsonElement Object { get; init; }
}

/// <summary>A page of events, the newest first.</summary>
public sealed record EventList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<EventResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
