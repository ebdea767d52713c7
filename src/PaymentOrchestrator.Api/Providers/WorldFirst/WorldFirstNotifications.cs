using System.Globalization;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>WorldFirst's notifications. Unlike Antom, it wants our acknowledgement signed.</summary>
internal sealed class WorldFirstNotifications(AntParty party, TimeProvider time) : INotificationReader
{
    public string Provider => WorldFirstProvider.Name;

    public NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body)
    {
        if (!AntSignature.VerifyNotification(party.ProviderKey, party.ClientId, method, path, headers, body)) return new NotificationReading.BadSignature();
        return AntMovementNotice.Read(body) ?? AntAuthorizationNotice.Read(body, party.ClientId, (notice, code) => new NotificationReading.AccountAuthorized(
            notice.ReferenceBuyerId!, LinkProvider.WorldFirst, new Dictionary<string, string> { ["authResult"] = "SUCCESS", ["code"] = code }));
    }

    public NotificationAcknowledgement Acknowledge(string method, string path)
    {
        var body = AntAcknowledgement.Body();
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var signature = AntSignature.Sign(party.PrivateKey, method, path, party.ClientId, now, body);
        return new NotificationAcknowledgement(body, AntAcknowledgement.ContentType, new Dictionary<string, string>
        {
            ["Client-Id"] = party.ClientId,
            ["Response-Time"] = now,
            ["Signature"] = AntSignature.Header(signature, party.KeyVersion, party.Blanks),
        });
    }
}
