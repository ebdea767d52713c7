using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Notifications;

/// <summary>Verifies and reads what one provider sends us unasked. Pure: it calls nobody and keeps nothing.</summary>
internal interface INotificationReader
{
    /// <summary>The provider's code in the address of its notifications.</summary>
    string Provider { get; }

    /// <param name="method">As received.</param>
    /// <param name="path">As received, with the query string if there was one: it is signed literally.</param>
    /// <param name="headers">As received.</param>
    /// <param name="body">The exact bytes.</param>
    NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body);

    /// <summary>What the provider takes for "received"; without it, it sends again. Method and path as in the notification.</summary>
    NotificationAcknowledgement Acknowledge(string method, string path);
}

/// <summary>What a notification says.</summary>
internal abstract record NotificationReading
{
    private NotificationReading() { }

    /// <summary>Not the provider's, or not provably so: nothing of it may be used, and it is not acknowledged.</summary>
    public sealed record BadSignature : NotificationReading;

    /// <summary>The provider's, and nothing that is acted on. Acknowledged all the same, or it would come again.</summary>
    /// <param name="Type">As the provider names it, or <c>unreadable</c>; for logs.</param>
    public sealed record Ignored(string Type) : NotificationReading;

    /// <summary>A payment's state may have changed. A hint: ask the provider again, and believe nothing else of the notification.</summary>
    /// <param name="RequestId">The debit's.</param>
    /// <param name="PaymentId">Our payment, as the provider was told it. May be none of ours.</param>
    public sealed record PaymentChanged(string RequestId, string PaymentId) : NotificationReading;

    /// <summary>A refund's state may have changed. A hint, as <see cref="PaymentChanged"/>.</summary>
    /// <param name="RequestId">The refund's.</param>
    /// <param name="RefundId">Our refund, as the provider was told it. May be none of ours.</param>
    public sealed record RefundChanged(string RequestId, string RefundId) : NotificationReading;

    /// <summary>Orders may have been paid, or closed. A hint: read them again.</summary>
    /// <param name="OrderIds">As the marketplace and 1688 name them.</param>
    public sealed record OrderChanged(IReadOnlyList<string> OrderIds) : NotificationReading
    {
        /// <summary>Whose they are at 1688, where the message says so.</summary>
        public string? MemberId { get; init; }
    }

    /// <summary>A cardholder disputes a payment, or a dispute has moved on. A hint, as <see cref="PaymentChanged"/>.</summary>
    /// <param name="DisputeId">The acquirer's.</param>
    /// <param name="PaymentReference">The acquirer's id of the debit.</param>
    public sealed record DisputeChanged(string DisputeId, string PaymentReference) : NotificationReading;

    /// <summary>A buyer has let us use an account. The code in it works once, so a repeated notification does no harm.</summary>
    /// <param name="BuyerId">The reference that we gave the provider.</param>
    /// <param name="Provider">Which linking it completes.</param>
    /// <param name="Parameters">What <see cref="LinkCompletion.Parameters"/> takes. Hold a code: not for logs.</param>
    public sealed record AccountAuthorized(string BuyerId, LinkProvider Provider, IReadOnlyDictionary<string, string> Parameters) : NotificationReading;
}

/// <summary>The answer to a notification, to be written as it is.</summary>
internal sealed record NotificationAcknowledgement(byte[] Body, string? ContentType, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>200 without a body.</summary>
    public static NotificationAcknowledgement Empty { get; } = new([], null, new Dictionary<string, string>());
}
