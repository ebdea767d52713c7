namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>What an endpoint can ask for: the catalogue of events. What each means and carries is in <see cref="EventCatalogue"/>.</summary>
internal static class EventTypes
{
    /// <summary>Every type, those to come included.</summary>
    public const string Every = "*";

    /// <summary>Sent on request to one endpoint alone, whatever it asked for.</summary>
    public const string Test = "webhook_endpoint.test";

    public static IReadOnlyList<string> All { get; } =
    [
        "quote.consumed",
        "payment.created", "payment.requires_action", "payment.processing", "payment.succeeded", "payment.failed", "payment.canceled", "payment.under_review",
        "payment.settled",
        "refund.created", "refund.succeeded", "refund.failed", "refund.under_review",
        "linked_account.pending", "linked_account.active", "linked_account.failed", "linked_account.revoked",
        "dispute.created", "dispute.updated", "dispute.closed",
        "ledger.transaction_posted",
        "reconciliation.difference_found",
    ];
}
