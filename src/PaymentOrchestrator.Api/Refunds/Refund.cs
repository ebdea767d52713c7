using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>A refund as it is stored.</summary>
internal sealed record Refund
{
    public required Id<RefundResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    public required RefundParts Parts { get; init; }

    public required RefundStatus Status { get; init; }

    public required int Version { get; init; }

    public RefundFailure? Failure { get; init; }

    public string? Reason { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public string? ProviderReference { get; init; }

    /// <summary>What lies in suspense for it.</summary>
    public Money? Suspended { get; init; }

    /// <summary>How often the provider was asked what became of it.</summary>
    public int Tries { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The provider's idempotency key, for ever the same.</summary>
    public string RequestId => Id.ToString();

    /// <summary>The intent to give a part of a payment back, before the provider has heard of it.</summary>
    public static Refund Of(Payment payment, RefundParts parts, string? reason, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now) => new()
    {
        Id = Id<RefundResource>.New(payment.Id.ShardKey, now),
        Owner = payment.Owner,
        BuyerId = payment.BuyerId,
        PaymentId = payment.Id,
        Parts = parts,
        Status = RefundStatus.Pending,
        Version = 1,
        Reason = reason,
        Metadata = metadata,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The next version after a decision.</summary>
    /// <exception cref="InvalidOperationException">The state graph has no such edge.</exception>
    public Refund After(RefundDecision decision, string? providerReference, DateTimeOffset now)
    {
        var status = decision.Status ?? throw new InvalidOperationException("The refund stays where it is.");
        if (!RefundTransitions.Allows(Status, status)) throw new InvalidOperationException($"A refund cannot go from {Status.Code()} to {status.Code()}.");
        return this with
        {
            Status = status,
            Version = Version + 1,
            Failure = decision.Failure,
            Suspended = decision.Suspended,
            ProviderReference = providerReference ?? ProviderReference,
            UpdatedAt = now,
        };
    }

    public RefundResource ToResource() => new()
    {
        Id = Id,
        Status = Status.Code(),
        PaymentId = PaymentId,
        OrderAmount = Parts.Order,
        SourceAmount = Parts.Source,
        FeeAmount = Parts.Fee,
        Failure = Failure is null ? null : new RefundFailureResource { Code = Failure.Code, Message = Failure.Message },
        Reason = Reason,
        Metadata = Metadata,
        Livemode = Owner.Mode == Mode.Live,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}
