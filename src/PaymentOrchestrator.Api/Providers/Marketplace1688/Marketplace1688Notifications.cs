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
    private const int MaxOrderId = 256;

    /// <summary>1688 pays at most 30 orders at once.</summary>
    private const int MaxBatch = 100;

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

        if (Orders(envelope) is { Count: > 0 } orders) return new NotificationReading.OrderChanged(orders) { MemberId = envelope!.UserInfo };
        if (envelope?.Type != "MEMBER_AUTHORIZED") return new NotificationReading.Ignored(ProviderText.Code(envelope?.Type));
        if (envelope.Data is not { Code: { Length: > 0 } code, Reference: { Length: > 0 } buyer }) return new NotificationReading.Ignored("unreadable");
        var parameters = new Dictionary<string, string> { ["code"] = code };
        if (envelope.Data.Login is "alipay" or "password") parameters["login"] = envelope.Data.Login;
        return new NotificationReading.AccountAuthorized(buyer, LinkProvider.Marketplace1688, parameters);
    }

    public NotificationAcknowledgement Acknowledge(string method, string path) => NotificationAcknowledgement.Empty;

    /// <summary>The orders of which a message says that money moved, or that they ended without it.</summary>
    private static List<string> Orders(AopEnvelope? envelope) => envelope switch
    {
        { Type: "ORDER_BUYER_VIEW_ORDER_PAY" or "ORDER_BUYER_VIEW_BUYER_CLOSE" or "ORDER_BUYER_VIEW_SELLER_CLOSE", Data.OrderId: { } id } when CanBeOurs(id) => [id],
        // Whatever each one's status says: a batch's word for failure changes nothing at 1688, and the order itself is read.
        { Type: "ORDER_BATCH_PAY", Data.BatchPay: { } batch } => [.. batch.Select(order => order?.OrderId).OfType<string>().Where(CanBeOurs).Distinct().Take(MaxBatch)],
        _ => [],
    };

    private static bool CanBeOurs(string orderId) => orderId.Length is > 0 and <= MaxOrderId && !orderId.Any(char.IsControl);
}

internal sealed class AopEnvelope
{
    public string? Type { get; init; }

    /// <summary>The member's id.</summary>
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? UserInfo { get; init; }

    public AopMessageData? Data { get; init; }
}

/// <summary>The fields of the messages that are acted on; other messages' data have others, which are not read.</summary>
internal sealed class AopMessageData
{
    /// <summary>A number or text.</summary>
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? OrderId { get; init; }

    public IReadOnlyList<AopBatchOrder?>? BatchPay { get; init; }

    public string? Code { get; init; }

    public string? Login { get; init; }

    public string? Reference { get; init; }
}

internal sealed class AopBatchOrder
{
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? OrderId { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AopEnvelope))]
internal sealed partial class AopEnvelopeJson : JsonSerializerContext;
