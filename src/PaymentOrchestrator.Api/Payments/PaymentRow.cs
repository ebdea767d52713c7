using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>How Dapper reads a payment.</summary>
internal sealed class PaymentRow
{
    /// <summary>Of the table named p.</summary>
    public const string Columns = """
        p.id, p.marketplace_id, p.mode, p.buyer_id, p.quote_id, p.method, p.order_id, p.order_amount, p.source_currency, p.source_amount, p.markup_amount, p.fees,
        p.total, p.amount_refunded, p.status, p.version, p.next_action_url, p.return_url, p.metadata, p.failure_code, p.failure_message, p.failure_retryable,
        p.provider_reference, p.settled_at, p.settlement_evidence, p.cancel_until, p.created_at, p.updated_at
        """;

    public Guid Id { get; init; }

    public int MarketplaceId { get; init; }

    public string Mode { get; init; } = "";

    public Guid BuyerId { get; init; }

    public Guid QuoteId { get; init; }

    public string Method { get; init; } = "";

    public string OrderId { get; init; } = "";

    public long OrderAmount { get; init; }

    public string SourceCurrency { get; init; } = "";

    public long SourceAmount { get; init; }

    public long MarkupAmount { get; init; }

    public string Fees { get; init; } = "";

    public long Total { get; init; }

    public long AmountRefunded { get; init; }

    public string Status { get; init; } = "";

    public int Version { get; init; }

    public string? NextActionUrl { get; init; }

    public string? ReturnUrl { get; init; }

    public string Metadata { get; init; } = "";

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public bool? FailureRetryable { get; init; }

    public string? ProviderReference { get; init; }

    public DateTime? SettledAt { get; init; }

    public string? SettlementEvidence { get; init; }

    public DateTime? CancelUntil { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public Payment ToPayment()
    {
        var source = Currency.Parse(SourceCurrency);
        return new Payment
        {
            Id = new Id<PaymentResource>(Id),
            Owner = new Caller(MarketplaceId, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test),
            BuyerId = new Id<BuyerResource>(BuyerId),
            QuoteId = new Id<QuoteResource>(QuoteId),
            Method = PaymentMethods.FromCode(Method) ?? throw new InvalidOperationException($"Unknown method {Method} in payments."),
            OrderId = OrderId,
            Order = new Money(Currency.Cny, OrderAmount),
            Source = new Money(source, SourceAmount),
            Markup = new Money(source, MarkupAmount),
            Fees = QuoteFees.ToDomain(ApiJson.Read<IReadOnlyList<QuoteFee>>(Fees)),
            Total = new Money(source, Total),
            Refunded = AmountRefunded,
            Status = PaymentTransitions.FromCode(Status) ?? throw new InvalidOperationException($"Unknown status {Status} in payments."),
            Version = Version,
            NextActionUrl = NextActionUrl,
            ReturnUrl = ReturnUrl,
            Metadata = ApiJson.Read<IReadOnlyDictionary<string, string>>(Metadata),
            Failure = FailureCode is null ? null : new PaymentFailure(FailureCode, FailureMessage!, FailureRetryable ?? false),
            ProviderReference = ProviderReference,
            SettledAt = SettledAt,
            SettlementEvidence = SettlementEvidence,
            CancelUntil = CancelUntil,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
