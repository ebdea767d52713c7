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
