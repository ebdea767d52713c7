using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>An event as it goes over the wire, by the Standard Webhooks specification.</summary>
internal static class WebhookMessage
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    // The object's JSON was read by PostgreSQL and is written as it stands; nobody puts it into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body. It is made from what is stored and nothing else, so every attempt has the same bytes.</summary>
    /// <param name="data">The object as it then was, JSON.</param>
    public static byte[] Body(Id<EventResource> id, string type, DateTimeOffset createdAt, int objectVersion, bool livemode, string data)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        using (var document = JsonDocument.Parse(data))
        {
            json.WriteStartObject();
            json.WriteString("id", id.ToString());
            json.WriteString("object", "event");
            json.WriteString("type", type);
            json.WriteString("api_version", EventResource.CurrentApiVersion);
            json.WriteString("created_at", ApiJson.Time(createdAt));
            json.WriteNumber("object_version", objectVersion);
            json.WriteBoolean("livemode", livemode);
            json.WriteStartObject("data");
            json.WritePropertyName("object");
            document.RootElement.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>One <c>v1,…</c> per key with blanks between: while a secret is being rotated, receivers may verify with either.</summary>
    public static string Sign(IEnumerable<byte[]> keys, string id, DateTimeOffset timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{Seconds(timestamp)}."), .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    /// <summary>The time of the attempt in whole seconds, as header and signature carry it.</summary>
    public static string Seconds(DateTimeOffset timestamp) => timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
