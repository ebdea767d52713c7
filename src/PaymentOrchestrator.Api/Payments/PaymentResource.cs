using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The execution of one quote.</summary>
public sealed record PaymentResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "pay";

    public required Id<PaymentResource> Id { get; init; }

    /// <summary>Always <c>payment</c>.</summary>
    public string Object { get; init; } = "payment";

    /// <summary><c>requires_action</c>, <c>processing</c>, <c>succeeded</c> (the buyer's debit is final), <c>failed</c>, <c>canceled</c> or <c>under_review</c>.</summary>
    public required string Status { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required Id<QuoteResource> QuoteId { get; init; }

    public required PaymentMethod Method { get; init; }

    /// <summary>The marketplace's order.</summary>
    public required string OrderId { get; init; }

    /// <summary>What the supplier gets, CNY.</summary>
    public required Amount OrderAmount { get; init; }

    /// <summary>The converted order, before fees.</summary>
    public required Amount SourceAmount { get; init; }

    public required IReadOnlyList<QuoteFee> Fees { get; init; }

    /// <summary><c>computed</c>; <c>zero</c>: the price list says that it is free; <c>not_applicable</c>: the method has no fee, and fees is empty.</summary>
    public string FeeStatus => QuoteFees.StatusOf(Fees);

    /// <summary>What leaves the buyer.</summary>
    public required Amount Total { get; init; }

    /// <summary>How much of the order was refunded, CNY.</summary>
    public required Amount AmountRefunded { get; init; }

    /// <summary>What the buyer has to do at the provider; null when there is nothing.</summary>
    public required NextAction? NextAction { get; init; }

    /// <summary>Why it failed or is under review; null otherwise.</summary>
    public required PaymentFailureResource? Failure { get; init; }

    /// <summary>The supplier's side; null until the payment has succeeded.</summary>
    public required SettlementResource? Settlement { get; init; }

    /// <summary>Yours, as it was given.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Why a payment failed.</summary>
public sealed record PaymentFailureResource
{
    /// <summary>A stable failure code: <c>insufficient_balance</c>, <c>card_declined</c> …</summary>
    public required string Code { get; init; }

    /// <summary>One sentence for the buyer.</summary>
    public required string Message { get; init; }

    /// <summary>Whether a new payment with a new quote could succeed without anything else changing.</summary>
    public required bool Retryable { get; init; }
}

/// <summary>The supplier's RMB.</summary>
public sealed record SettlementResource
{
    public required Amount Amount { get; init; }

    /// <summary><c>pending</c> or <c>settled</c>.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset? SettledAt { get; init; }

    /// <summary>The 1688 order's status that proved it; null while pending.</summary>
    public required string? Evidence { get; init; }
}

/// <summary>A page of payments, the newest first.</summary>
public sealed record PaymentList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<PaymentResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
