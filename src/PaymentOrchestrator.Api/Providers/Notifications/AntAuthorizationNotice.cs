using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.Api.Providers.Notifications;

/// <summary>notifyAuthorization's body, which WorldFirst and Alipay share. A class and not a record: it holds a code.</summary>
internal sealed class AntAuthorizationNotice
{
    private const string Unreadable = "unreadable";

    public string? AuthorizationNotifyType { get; init; }

    public string? NotifyType { get; init; }

    public string? AuthClientId { get; init; }

    public string? AuthCode { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public string? ReferenceBuyerId { get; init; }

    /// <summary>A verified body as a reading: a new code is passed on, everything else is ignored by its name.</summary>
    /// <param name="body">Verified.</param>
    /// <param name="ourClientId">Whose authorisations are ours.</param>
    /// <param name="read">Names the linking and its parameters; null for a scope that the provider has no linking for.</param>
    public static NotificationReading Read(byte[] body, string ourClientId, Func<AntAuthorizationNotice, string, NotificationReading.AccountAuthorized?> read)
    {
        AntAuthorizationNotice? notice;
        try
        {
            notice = JsonSerializer.Deserialize(body, NoticeJson.Default.AntAuthorizationNotice);
        }
        catch (JsonException)
        {
            return new NotificationReading.Ignored(Unreadable);
        }

        var type = notice?.AuthorizationNotifyType ?? notice?.NotifyType;
        return notice is { AuthorizationNotifyType: "AUTHCODE_CREATED", AuthCode: { Length: > 0 } code, ReferenceBuyerId.Length: > 0 } &&
            notice.AuthClientId == ourClientId && read(notice, code) is { } authorized
            ? authorized
            : new NotificationReading.Ignored(type is null ? Unreadable : ProviderText.Code(type));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AntAuthorizationNotice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
