using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>A payment's whole story, in order, from what was stored when it happened.</summary>
public sealed record TimelineResource
{
    /// <summary>Always <c>payment_timeline</c>.</summary>
    public string Object { get; init; } = "payment_timeline";

    public required Id<PaymentResource> PaymentId { get; init; }

    public required IReadOnlyList<TimelineEntry> Entries { get; init; }

    /// <summary>True where a payment has more of one kind, 1,000 refunds for example, than a timeline tells; then their later ones are left out.</summary>
    public required bool Truncated { get; init; }
}

/// <summary>One thing that happened. The field that its kind names holds the rest.</summary>
public sealed record TimelineEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// <c>quote</c>, <c>request</c>, <c>eligibility</c>, <c>attempt_started</c>, <c>attempt_ended</c>, <c>provider_notification</c>, <c>event</c>,
    /// <c>webhook_delivery</c>, <c>ledger_transaction</c>, <c>refund_started</c>, <c>refund_heard_of</c>, <c>dispute</c> or <c>settlement</c>.
    /// </summary>
    public required string Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteResource? Quote { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineRequest? Request { get; init; }

    /// <summary>The verdict that let the payment pass, on facts that were asked for at that moment. Payments from before verdicts were kept have none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PaymentVerdict? Eligibility { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineAttempt? Attempt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineNotification? ProviderNotification { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventResource? Event { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineDelivery? WebhookDelivery { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LedgerTransactionResource? LedgerTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineRefund? Refund { get; init; }

    /// <summary>Told when it was first heard of, as it stands now; its events and ledger transactions tell the way there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DisputeResource? Dispute { get; init; }

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

/// <summary>A provider told us something of its own accord, and its signature was right. What it says is asked for again, never believed.</summary>
public sealed record TimelineNotification
{
    /// <summary><c>worldfirst</c>, <c>alipay</c>, <c>card</c> or <c>marketplace_1688</c>.</summary>
    public required string Provider { get; init; }

    /// <summary><c>payment_changed</c>, <c>refund_changed</c> or <c>order_changed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>SHA-256 of its body, hexadecimal.</summary>
    public required string BodySha256 { get; init; }
}

/// <summary>One of the events, sent to one of your endpoints: what its last attempt came to.</summary>
public sealed record TimelineDelivery
{
    public required Id<EventResource> EventId { get; init; }

    public required Id<WebhookEndpointResource> EndpointId { get; init; }

    /// <summary><c>pending</c>, <c>succeeded</c> or <c>exhausted</c>.</summary>
    public required string Status { get; init; }

    /// <summary>How many were made since it began, or since it was last redelivered.</summary>
    public required int Attempts { get; init; }

    /// <summary>The HTTP status of the last answer; null when there was none.</summary>
    public required int? ResponseStatus { get; init; }

    /// <summary>When it was made; <c>at</c> is its last attempt, or this while there was none.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
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
