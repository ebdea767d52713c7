using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>1688's pushed messages: a form with the message as JSON text and its signature. The authorisation message is modelled.</summary>
internal sealed class Marketplace1688Notifications(Marketplace1688Options options) : INotificationReader
{
    public string Provider => Marketplace1688Provider.Name;

    public NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body)
    {
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        if (form.GetValueOrDefault("message") is not [{ } message] || form.GetValueOrDefault(AopSignature.Parameter) is not [{ } signature] ||
            !AopSignature.VerifyMessage(options.AppSecret, message, signature))
            return new NotificationReading.BadSignature();

        AopEnvelope? envelope;
        try
        {
            envelope = JsonSerializer.Deserialize(message, AopEnvelopeJson.Default.AopEnvelope);
        }
        catch (JsonException)
        {
            return new NotificationReading.Ignored("unreadable");
        }

        if (envelope?.Type != "MEMBER_AUTHORIZED") return new NotificationReading.Ignored(ProviderText.Code(envelope?.Type));
        if (envelope.Data is not { Code: { Length: > 0 } code, Reference: { Length: > 0 } buyer }) return new NotificationReading.Ignored("unreadable");
        var parameters = new Dictionary<string, string> { ["code"] = code };
        if (envelope.Data.Login is { } login) parameters["login"] = login;
        return new NotificationReading.AccountAuthorized(buyer, LinkProvider.Marketplace1688, parameters);
    }

    public NotificationAcknowledgement Acknowledge(string method, string path) => NotificationAcknowledgement.Empty;
}

internal sealed class AopEnvelope
{
    public string? Type { get; init; }

    public AopAuthorization? Data { get; init; }
}

/// <summary>The fields that an authorisation has; other messages' data have others, which are not read.</summary>
internal sealed class AopAuthorization
{
    public string? Code { get; init; }

    public string? Login { get; init; }

    public string? Reference { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AopEnvelope))]
internal sealed partial class AopEnvelopeJson : JsonSerializerContext;
