using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>A cardholder who wants a payment back from the bank. The acquirer decides; this follows it.</summary>
public sealed record DisputeResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "dsp";

    public required Id<DisputeResource> Id { get; init; }

    /// <summary>Always <c>dispute</c>.</summary>
    public string Object { get; init; } = "dispute";

    /// <summary>
    /// <c>needs_response</c>, <c>under_review</c>, <c>won</c> or <c>lost</c>; while the bank only asks and takes nothing:
    /// <c>warning_needs_response</c>, <c>warning_under_review</c> or <c>warning_closed</c>.
    /// </summary>
    public required string Status { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    /// <summary>The acquirer that runs it.</summary>
    public required string Provider { get; init; }

    /// <summary>The acquirer's own id of it.</summary>
    public required string ProviderReference { get; init; }

    /// <summary>What the cardholder wants back, in the currency of the charge.</summary>
    public required Amount Amount { get; init; }

    /// <summary>The part of the order that this is, CNY, rounded down; null if the dispute is not in the currency that was paid.</summary>
    public required Amount? OrderAmount { get; init; }

    /// <summary>The acquirer's word for why: <c>fraudulent</c>, <c>product_not_received</c> …</summary>
    public required string Reason { get; init; }

    /// <summary>Until when the acquirer takes evidence; null where it takes none.</summary>
    public required DateTimeOffset? EvidenceDueBy { get; init; }

    /// <summary>What the acquirer has withdrawn from the platform over it.</summary>
    public required Amount Withdrawn { get; init; }

    /// <summary>What the acquirer has given back of that.</summary>
    public required Amount Reinstated { get; init; }

    /// <summary>What the acquirer keeps as its fee.</summary>
    public required Amount Fee { get; init; }

    /// <summary>Whether the payment can be refunded all the same.</summary>
    public required bool PaymentRefundable { get; init; }

    /// <summary>Rises by one with each event of the dispute.</summary>
    public required int Version { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A page of disputes, the newest first.</summary>
public sealed record DisputeList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<DisputeResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
