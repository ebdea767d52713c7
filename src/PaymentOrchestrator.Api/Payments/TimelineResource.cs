using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>A payment's whole story, in order, from what was stored when it happened.</summary>
public sealed record TimelineResource
{
    /// <summary>Always <c>payment_timeline</c>.</summary>
    public string Object { get; init; } = "payment_timeline";

    public required Id<PaymentResource> PaymentId { get; init; }

    public required IReadOnlyList<TimelineEntry> Entries { get; init; }
}

/// <summary>One thing that happened. The field that its kind names holds the rest.</summary>
public sealed record TimelineEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// <c>quote</c>, <c>request</c>, <c>attempt_started</c>, <c>attempt_ended</c>, <c>event</c>, <c>ledger_transaction</c>, <c>refund_started</c>,
    /// <c>refund_heard_of</c> or <c>settlement</c>.
    /// </summary>
    public required string Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteResource? Quote { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineRequest? Request { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineAttempt? Attempt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventResource? Event { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LedgerTransactionResource? LedgerTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineRefund? Refund { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SettlementResource? Settlement { get; init; }
}

/// <summary>A request that had an effect, known by its key.</summary>
public sealed record TimelineRequest
{
    /// <summary>SHA-256 of the Idempotency-Key, hexadecimal: who has the key can find it here.</summary>
    public required string KeySha256 { get; init; }

    /// <summary>SHA-256 over method, path and body by value, hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What it made or changed: the payment or a refund.</summary>
    public required string ResourceId { get; init; }
}

/// <summary>One conversation with a provider, or an operator's word.</summary>
public sealed record TimelineAttempt
{
    public required int Number { get; init; }

    /// <summary><c>worldfirst</c>, <c>alipay</c>, <c>card</c>; <c>operator</c> for a review that a person ended.</summary>
    public required string Provider { get; init; }

    /// <summary>Our idempotency key at the provider: the same however often it was sent.</summary>
    public required string RequestId { get; init; }

    public required Id<LinkedAccountResource> LinkedAccountId { get; init; }

    /// <summary><c>succeeded</c>, <c>refused</c>, <c>pending</c> or <c>unknown</c>; null while nothing was heard.</summary>
    public required string? Outcome { get; init; }

    public required string? Detail { get; init; }

    /// <summary>The provider's own id.</summary>
    public required string? ProviderReference { get; init; }
}

/// <summary>A refund with what only the timeline tells.</summary>
public sealed record TimelineRefund
{
    public required Id<RefundResource> Id { get; init; }

    /// <summary>Our idempotency key at the provider: the same however often it was sent.</summary>
    public required string RequestId { get; init; }

    /// <summary>What goes back to the buyer, fees included.</summary>
    public required Amount Returned { get; init; }

    /// <summary>The last word: <c>succeeded</c>, <c>refused</c>, <c>pending</c> or <c>unknown</c>; null while nothing was heard.</summary>
    public required string? Outcome { get; init; }

    public required string? Detail { get; init; }

    /// <summary>The provider's own id.</summary>
    public required string? ProviderReference { get; init; }

    /// <summary>How often the provider was asked after it.</summary>
    public required int Inquiries { get; init; }

    public required bool ResolvedByOperator { get; init; }
}
