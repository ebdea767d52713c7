using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>A payment as it is stored.</summary>
internal sealed record Payment
{
    public required Id<PaymentResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required Id<QuoteResource> QuoteId { get; init; }

    public required PaymentMethod Method { get; init; }

    public required string OrderId { get; init; }

    public required Money Order { get; init; }

    public required Money Source { get; init; }

    public required Money Markup { get; init; }

    public required IReadOnlyList<PriceFee> Fees { get; init; }

    public required Money Total { get; init; }

    /// <summary>CNY minor units.</summary>
    public long Refunded { get; init; }

    public required PaymentStatus Status { get; init; }

    public required int Version { get; init; }

    public string? NextActionUrl { get; init; }

    public string? ReturnUrl { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public PaymentFailure? Failure { get; init; }

    public string? ProviderReference { get; init; }

    public PaymentAmounts Amounts => new(Order, Source, Markup, Total);

    public bool Settled => SettledAt is not null;

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>The 1688 order's status that proved it.</summary>
    public string? SettlementEvidence { get; init; }

    /// <summary>Until when somebody else may still have the provider end it; null for whoever that is.</summary>
    public DateTimeOffset? CancelUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The intent to pay a quote, before any provider has heard of it.</summary>
    public static Payment Of(Quote quote, string? returnUrl, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now) => new()
    {
        Id = Id<PaymentResource>.New(quote.Id.ShardKey, now),
        Owner = quote.Owner,
        BuyerId = quote.BuyerId,
        QuoteId = quote.Id,
        Method = quote.Method,
        OrderId = quote.OrderId,
        Order = quote.Price.Order,
        Source = quote.Price.Source,
        Markup = quote.Price.Markup,
        Fees = quote.Price.Fees,
        Total = quote.Price.Total,
        Status = PaymentStatus.Processing,
        Version = 1,
        ReturnUrl = returnUrl,
        Metadata = metadata,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The next version after a provider's word.</summary>
    /// <exception cref="InvalidOperationException">The state graph has no such edge.</exception>
    public Payment After(OutcomeDecision decision, string? providerReference, DateTimeOffset now)
    {
        var status = decision.Status ?? throw new InvalidOperationException("The payment stays where it is.");
        if (!PaymentTransitions.Allows(Status, status)) throw new InvalidOperationException($"A payment cannot go from {Status.Code()} to {status.Code()}.");
        return this with
        {
            Status = status,
            Version = Version + 1,
            NextActionUrl = decision.NextActionUrl?.AbsoluteUri,
            Failure = decision.Failure,
            ProviderReference = providerReference ?? ProviderReference,
            UpdatedAt = now,
        };
    }

    public PaymentResource ToResource() => new()
    {
        Id = Id,
        Status = Status.Code(),
        BuyerId = BuyerId,
        QuoteId = QuoteId,
        Method = Method,
        OrderId = OrderId,
        OrderAmount = Order,
        SourceAmount = Source,
        Fees = QuoteFees.Of(Fees),
        Total = Total,
        AmountRefunded = new Money(Currency.Cny, Refunded),
        NextAction = NextActionUrl is null ? null : new NextAction { Url = NextActionUrl },
        Failure = Failure is null ? null : new PaymentFailureResource { Code = Failure.Code, Message = Failure.Message, Retryable = Failure.Retryable },
        Settlement = Status != PaymentStatus.Succeeded ? null : new SettlementResource
        {
            Amount = Order,
            Status = Settled ? "settled" : "pending",
            SettledAt = SettledAt,
            Evidence = SettlementEvidence,
        },
        Metadata = Metadata,
        Livemode = Owner.Mode == Mode.Live,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}
