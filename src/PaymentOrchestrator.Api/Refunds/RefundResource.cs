using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>Money given back, at the payment's own rate.</summary>
public sealed record RefundResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "ref";

    public required Id<RefundResource> Id { get; init; }

    /// <summary>Always <c>refund</c>.</summary>
    public string Object { get; init; } = "refund";

    /// <summary><c>pending</c>, <c>succeeded</c>, <c>failed</c> (the amount can be refunded again) or <c>under_review</c>.</summary>
    public required string Status { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    /// <summary>The part of the order that is refunded, CNY.</summary>
    public required Amount OrderAmount { get; init; }

    /// <summary>What goes back of the converted order, in the currency that was debited.</summary>
    public required Amount SourceAmount { get; init; }

    /// <summary>What goes back of the fees, besides source_amount.</summary>
    public required Amount FeeAmount { get; init; }

    /// <summary>Why it failed or is under review; null otherwise.</summary>
    public required RefundFailureResource? Failure { get; init; }

    /// <summary>Yours, as it was given.</summary>
    public required string? Reason { get; init; }

    /// <summary>Yours, as it was given.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Why a refund failed.</summary>
public sealed record RefundFailureResource
{
    /// <summary>A stable failure code.</summary>
    public required string Code { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }
}

/// <summary>A page of refunds, the newest first.</summary>
public sealed record RefundList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<RefundResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
