using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

/// <summary>
/// A price for one buyer, order, method and currency. Immutable, good for one payment, until it expires. Everything needed to recompute it is shown.
/// </summary>
public sealed record QuoteResource : IResource
{
    public static string Prefix => "quo";

    public required Id<QuoteResource> Id { get; init; }

    /// <summary>Always <c>quote</c>.</summary>
    public string Object { get; init; } = "quote";

    /// <summary><c>open</c>, <c>consumed</c> (a payment was made of it) or <c>expired</c>.</summary>
    public required string Status { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required PaymentMethod Method { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary><c>order</c>: the order is given and the buyer's side is rounded up; <c>source</c>: the buyer's side is given and the order is rounded down.</summary>
    public required string FixedSide { get; init; }

    /// <summary>How the order is converted; null when the buyer pays in CNY.</summary>
    public required QuoteRate? ExchangeRate { get; init; }

    /// <summary>What the supplier gets, CNY.</summary>
    public required Amount OrderAmount { get; init; }

    /// <summary>The converted order, before fees.</summary>
    public required Amount SourceAmount { get; init; }

    /// <summary>Fees on top of source_amount; a fee of zero is a line of zero.</summary>
    public required IReadOnlyList<QuoteFee> Fees { get; init; }

    /// <summary><c>computed</c>; <c>zero</c>: the price list says that it is free; <c>not_applicable</c>: the method has no fee, and fees is empty.</summary>
    public string FeeStatus => QuoteFees.StatusOf(Fees);

    /// <summary>What leaves the buyer: source_amount and all fees.</summary>
    public required Amount Total { get; init; }

    /// <summary>The price list that it was made with.</summary>
    public required string FeeScheduleId { get; init; }

    /// <summary>How long the price was asked to hold; null for as long as is usual.</summary>
    public string? Lock { get; init; }

    /// <summary>True when it only informs and cannot be paid.</summary>
    public required bool Indicative { get; init; }

    /// <summary>The payment that used it; null while it is open.</summary>
    public required Id<PaymentResource>? PaymentId { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From this instant on it cannot be paid: the end of our lock, or of the provider's guarantee if that is earlier.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>How an order was converted. Rates are CNY per one unit of the source currency, ten significant digits.</summary>
public sealed record QuoteRate
{
    /// <summary>The source currency.</summary>
    public required Currency Base { get; init; }

    /// <summary>Always CNY.</summary>
    public required Currency Counter { get; init; }

    /// <summary>The mid rate, half to even: the ECB's, or the price that WorldFirst guaranteed.</summary>
    public required string Mid { get; init; }

    /// <summary>Basis points taken off the mid rate.</summary>
    public required int MarkupBps { get; init; }

    /// <summary>mid × (1 − markup), rounded down. source_amount = order_amount ÷ customer, rounded up to the minor unit.</summary>
    public required string Customer { get; init; }

    /// <summary>source_amount − ⌈order_amount ÷ mid⌉: what the markup comes to.</summary>
    public required Amount MarkupAmount { get; init; }

    /// <summary><c>ecb</c>, <c>worldfirst</c>, or <c>par</c> (CNH settles 1:1).</summary>
    public required string Source { get; init; }

    /// <summary>When the source fixed the rate.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The rate was older than the configured age.</summary>
    public required bool Stale { get; init; }

    /// <summary>The stored rate; null where the provider guaranteed the price for this order alone, and for par.</summary>
    public Id<ExchangeRateResource>? RateId { get; init; }
}

/// <summary>One fee line.</summary>
public sealed record QuoteFee
{
    /// <summary>The fee's code in the fee schedule.</summary>
    public required string Code { get; init; }

    public required Amount Amount { get; init; }

    public required FeeBasis Basis { get; init; }
}

/// <summary>What a fee was computed from.</summary>
public sealed record FeeBasis
{
    /// <summary><c>computed</c>, or <c>zero</c> where the schedule says that the method is free.</summary>
    public required string Kind { get; init; }

    /// <summary>Per cent, as a decimal.</summary>
    public required string Percentage { get; init; }

    /// <summary>On top of it; null for none.</summary>
    public Amount? Fixed { get; init; }

    /// <summary>Where the price list's tier begins that the order fell into; null below the first.</summary>
    public Amount? TierFrom { get; init; }

    /// <summary>The fee is never less; null for no such limit.</summary>
    public Amount? Minimum { get; init; }

    /// <summary>The fee is never more; null for no such limit.</summary>
    public Amount? Maximum { get; init; }

    /// <summary><c>minimum</c> or <c>maximum</c> where that decided; null otherwise.</summary>
    public string? Limit { get; init; }

    /// <summary>What the percentage is of. Always <c>source_amount</c>: the converted order alone. The fee is rounded once, half away from zero.</summary>
    public string Of { get; init; } = "source_amount";

    private const string AtLeast = "minimum";
    private const string AtMost = "maximum";

    internal static FeeBasis From(FeeReckoning reckoning) => new()
    {
        Kind = reckoning.Status.Code(),
        Percentage = reckoning.Percentage,
        Fixed = reckoning.Fixed is { } extra ? extra : null,
        TierFrom = reckoning.TierFrom is { } from ? from : null,
        Minimum = reckoning.Minimum is { } least ? least : null,
        Maximum = reckoning.Maximum is { } most ? most : null,
        Limit = reckoning.Limit switch { FeeLimit.Minimum => AtLeast, FeeLimit.Maximum => AtMost, _ => null },
    };

    internal FeeReckoning ToReckoning() => new(
        Kind == FeeStatus.Zero.Code() ? FeeStatus.Zero : FeeStatus.Computed, Percentage, Fixed?.ToMoney(), TierFrom?.ToMoney(), Minimum?.ToMoney(), Maximum?.ToMoney(),
        Limit switch { AtLeast => FeeLimit.Minimum, AtMost => FeeLimit.Maximum, _ => null });
}
