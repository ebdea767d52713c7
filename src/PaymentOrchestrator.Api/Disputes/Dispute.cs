using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>A dispute as it is stored.</summary>
internal sealed record Dispute
{
    public required Id<DisputeResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    public required string Provider { get; init; }

    public required string ProviderReference { get; init; }

    public required Money Amount { get; init; }

    /// <summary>CNY; null where the dispute is in another currency than the payment.</summary>
    public required Money? Order { get; init; }

    public required string Reason { get; init; }

    public required DisputeStatus Status { get; init; }

    public required bool Refundable { get; init; }

    public DateTimeOffset? EvidenceDueBy { get; init; }

    public required DisputeMoney Money { get; init; }

    public required int Version { get; init; }

    /// <summary>How often the provider was asked where it stands.</summary>
    public int Tries { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether the provider has something still to do: to decide, or to give back what was won.</summary>
    public bool IsAwaited => Status.IsOpen() || (Status == DisputeStatus.Won && Money.Reinstated < Money.Withdrawn);

    /// <summary>A dispute that we had not heard of.</summary>
    public static Dispute Of(Payment payment, string provider, ProviderDispute read, DateTimeOffset now) => new()
    {
        Id = Id<DisputeResource>.New(payment.Id.ShardKey, now),
        Owner = payment.Owner,
        BuyerId = payment.BuyerId,
        PaymentId = payment.Id,
        Provider = provider,
        ProviderReference = read.Id,
        Amount = read.Amount,
        Order = DisputeMoney.PartOfOrder(read.Amount, payment.Total, payment.Order),
        Reason = read.Reason,
        Status = read.Status,
        Refundable = read.Refundable,
        EvidenceDueBy = read.EvidenceDueBy,
        Money = read.Money,
        Version = 1,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The next version, after the provider was read; this one where nothing has changed.</summary>
    /// <exception cref="InvalidOperationException">The state graph has no such edge.</exception>
    public Dispute After(ProviderDispute read, DateTimeOffset now)
    {
        var next = this with { Status = read.Status, Refundable = read.Refundable, EvidenceDueBy = read.EvidenceDueBy, Money = read.Money, Reason = read.Reason };
        if (next == this) return this;
        if (Status != read.Status && !DisputeTransitions.Allows(Status, read.Status))
            throw new InvalidOperationException($"A dispute cannot go from {Status.Code()} to {read.Status.Code()}.");
        return next with { Version = Version + 1, UpdatedAt = now };
    }

    public DisputeResource ToResource() => new()
    {
        Id = Id,
        Status = Status.Code(),
        PaymentId = PaymentId,
        Provider = Provider,
        ProviderReference = ProviderReference,
        Amount = Amount,
        OrderAmount = Order is { } order ? (Amount)order : null,
        Reason = Reason,
        EvidenceDueBy = EvidenceDueBy,
        Withdrawn = Money.Withdrawn,
        Reinstated = Money.Reinstated,
        Fee = Money.Fee,
        PaymentRefundable = Status.AllowsRefund(Refundable),
        Version = Version,
        Livemode = Owner.Mode == Mode.Live,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}

/// <summary>How Dapper reads a dispute.</summary>
internal sealed class DisputeRow
{
    /// <summary>Of the table named d.</summary>
    public const string Columns = """
        d.id, d.marketplace_id, d.mode, d.buyer_id, d.payment_id, d.provider, d.provider_reference, d.amount, d.currency, d.order_amount, d.reason, d.status, d.refundable,
        d.evidence_due_by, d.withdrawn_amount, d.reinstated_amount, d.fee_amount, d.fee_currency, d.version, d.tries, d.created_at, d.updated_at
        """;

    public Guid Id { get; init; }

    public int MarketplaceId { get; init; }

    public string Mode { get; init; } = "";

    public Guid BuyerId { get; init; }

    public Guid PaymentId { get; init; }

    public string Provider { get; init; } = "";

    public string ProviderReference { get; init; } = "";

    public long Amount { get; init; }

    public string Currency { get; init; } = "";

    public long? OrderAmount { get; init; }

    public string Reason { get; init; } = "";

    public string Status { get; init; } = "";

    public bool Refundable { get; init; }

    public DateTime? EvidenceDueBy { get; init; }

    public long WithdrawnAmount { get; init; }

    public long ReinstatedAmount { get; init; }

    public long FeeAmount { get; init; }

    public string FeeCurrency { get; init; } = "";

    public int Version { get; init; }

    public int Tries { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public Dispute ToDispute()
    {
        var currency = Domain.Currency.Parse(Currency);
        return new Dispute
        {
            Id = new Id<DisputeResource>(Id),
            Owner = new Caller(MarketplaceId, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test),
            BuyerId = new Id<BuyerResource>(BuyerId),
            PaymentId = new Id<PaymentResource>(PaymentId),
            Provider = Provider,
            ProviderReference = ProviderReference,
            Amount = new Money(currency, Amount),
            Order = OrderAmount is { } order ? new Money(Domain.Currency.Cny, order) : null,
            Reason = Reason,
            Status = DisputeTransitions.FromCode(Status) ?? throw new InvalidOperationException($"Unknown status {Status} in disputes."),
            Refundable = Refundable,
            EvidenceDueBy = EvidenceDueBy,
            Money = new DisputeMoney(
                new Money(currency, WithdrawnAmount), new Money(currency, ReinstatedAmount), new Money(Domain.Currency.Parse(FeeCurrency), FeeAmount)),
            Version = Version,
            Tries = Tries,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
