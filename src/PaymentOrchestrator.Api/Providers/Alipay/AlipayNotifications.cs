using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>Alipay's notifications.</summary>
internal sealed class AlipayNotifications(AntParty party) : INotificationReader
{
    public string Provider => AlipayProvider.Name;

    public NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body)
    {
        if (!AntSignature.VerifyNotification(party.ProviderKey, party.ClientId, method, path, headers, body)) return new NotificationReading.BadSignature();
        return AntMovementNotice.Read(body) ?? AntAuthorizationNotice.Read(body, party.ClientId, (notice, code) => Linking(notice.Scopes) is { } linking
            ? new NotificationReading.AccountAuthorized(notice.ReferenceBuyerId!, linking, new Dictionary<string, string> { ["authCode"] = code })
            : null);
    }

    public NotificationAcknowledgement Acknowledge(string method, string path) =>
        new(AntAcknowledgement.Body(), AntAcknowledgement.ContentType, new Dictionary<string, string>());

    private static LinkProvider? Linking(IReadOnlyList<string>? scopes) => scopes switch
    {
        ["AGREEMENT_PAY"] => LinkProvider.Alipay,
        ["BIND_BANK_CARD"] => LinkProvider.MainlandBank,
        _ => null,
    };
}
