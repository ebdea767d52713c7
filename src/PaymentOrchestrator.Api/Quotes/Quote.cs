using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

/// <summary>A quote as it is stored.</summary>
internal sealed record Quote
{
    public const string FixedOrder = "order";
    public const string FixedSource = "source";

    public required Id<QuoteResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required PaymentMethod Method { get; init; }

    public required string OrderId { get; init; }

    public required string? SupplierId { get; init; }

    public required string FixedSide { get; init; }

    public required Price Price { get; init; }

    public required string FeeScheduleId { get; init; }

    public required string? BuyerIp { get; init; }

    /// <summary>How long the price was asked to hold; null for as long as is usual.</summary>
    public required QuoteLock? Lock { get; init; }

    /// <summary>The buyer session that asked for it; null when the marketplace's server did.</summary>
    public Guid? SessionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public Id<PaymentResource>? PaymentId { get; init; }

    /// <summary>A quote from a fixed source amount informs only: its order amount is not the order's.</summary>
    public bool Indicative => FixedSide == FixedSource;

    /// <summary>A browser sees and pays the quotes of its own session alone.</summary>
    public bool IsOpenTo(Caller caller) => caller.Session is null || caller.Session.Id == SessionId;

    public bool HasExpired(DateTimeOffset now) => now >= ExpiresAt;

    public QuoteResource ToResource(DateTimeOffset now) => new()
    {
        Id = Id,
        Status = PaymentId is not null ? "consumed" : HasExpired(now) ? "expired" : "open",
        BuyerId = BuyerId,
        Method = Method,
        Order = new OrderBody { Id = OrderId, Amount = Price.Order, SupplierId = SupplierId },
        FixedSide = FixedSide,
        ExchangeRate = Price.Mid is not { } mid ? null : new QuoteRate
        {
            Base = mid.Rate.Base,
            Counter = mid.Rate.Counter,
            Mid = mid.Rate.ToRateString(),
            MarkupBps = Price.MarkupBps,
            Customer = Price.Customer!.ToRateString(),
            MarkupAmount = Price.Markup,
            Source = mid.Source,
            AsOf = mid.AsOf,
            Stale = mid.Stale,
            RateId = mid.RateId is { } rate ? new Id<ExchangeRateResource>(rate) : null,
        },
        OrderAmount = Price.Order,
        SourceAmount = Price.Source,
        Fees = QuoteFees.Of(Price.Fees),
        Total = Price.Total,
        FeeScheduleId = FeeScheduleId,
        Lock = Lock?.Code(),
        Indicative = Indicative,
        PaymentId = PaymentId,
        Livemode = Owner.Mode == Mode.Live,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
    };
}

internal static class QuoteFees
{
    public static IReadOnlyList<QuoteFee> Of(IEnumerable<PriceFee> fees) =>
    [
        .. fees.Select(fee => new QuoteFee
        {
            Code = fee.Code,
            Amount = fee.Amount,
            Basis = FeeBasis.From(fee.Reckoning),
        }),
    ];

    public static IReadOnlyList<PriceFee> ToDomain(IEnumerable<QuoteFee> fees) =>
        [.. fees.Select(fee => new PriceFee(fee.Code, fee.Amount.ToMoney(), fee.Basis.ToReckoning()))];

    /// <summary><c>computed</c>, <c>zero</c> or <c>not_applicable</c>.</summary>
    public static string StatusOf(IReadOnlyList<QuoteFee> fees) =>
        (fees.Count == 0 ? FeeStatus.NotApplicable : fees.Max(fee => fee.Basis.ToReckoning().Status)).Code();
}
