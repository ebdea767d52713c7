using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>How Dapper reads a refund.</summary>
internal sealed class RefundRow
{
    /// <summary>Of the table named r.</summary>
    public const string Columns = """
        r.id, r.marketplace_id, r.mode, r.buyer_id, r.payment_id, r.order_amount, r.source_currency, r.source_amount, r.markup_amount, r.fee_amount, r.status, r.version,
        r.failure_code, r.failure_message, r.reason, r.metadata, r.provider_reference, r.suspended_amount, r.suspended_currency, r.tries, r.created_at, r.updated_at
        """;

    public Guid Id { get; init; }

    public int MarketplaceId { get; init; }

    public string Mode { get; init; } = "";

    public Guid BuyerId { get; init; }

    public Guid PaymentId { get; init; }

    public long OrderAmount { get; init; }

    public string SourceCurrency { get; init; } = "";

    public long SourceAmount { get; init; }

    public long MarkupAmount { get; init; }

    public long FeeAmount { get; init; }

    public string Status { get; init; } = "";

    public int Version { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public string? Reason { get; init; }

    public string Metadata { get; init; } = "";

    public string? ProviderReference { get; init; }

    public long? SuspendedAmount { get; init; }

    public string? SuspendedCurrency { get; init; }

    public int Tries { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public Refund ToRefund()
    {
        var source = Currency.Parse(SourceCurrency);
        return new Refund
        {
            Id = new Id<RefundResource>(Id),
            Owner = new Caller(MarketplaceId, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test),
            BuyerId = new Id<BuyerResource>(BuyerId),
            PaymentId = new Id<PaymentResource>(PaymentId),
            Parts = new RefundParts(new Money(Currency.Cny, OrderAmount), new Money(source, SourceAmount), new Money(source, MarkupAmount), new Money(source, FeeAmount)),
            Status = RefundTransitions.FromCode(Status) ?? throw new InvalidOperationException($"Unknown status {Status} in refunds."),
            Version = Version,
            Failure = FailureCode is null ? null : new RefundFailure(FailureCode, FailureMessage!),
            Reason = Reason,
            Metadata = ApiJson.Read<IReadOnlyDictionary<string, string>>(Metadata),
            ProviderReference = ProviderReference,
            Suspended = SuspendedAmount is { } amount ? new Money(Currency.Parse(SuspendedCurrency!), amount) : null,
            Tries = Tries,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
