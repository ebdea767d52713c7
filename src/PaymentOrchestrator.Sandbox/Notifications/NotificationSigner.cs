using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Marketplace1688;

namespace PaymentOrchestrator.Sandbox.Notifications;

/// <summary>Puts a notification on the wire as its provider does, with its signature, and knows which answer its provider takes for "received".</summary>
internal sealed class NotificationSigner(
    SandboxOptions options, [FromKeyedServices(Providers.WorldFirst)] AntParty worldFirst,
    [FromKeyedServices(Providers.Alipay)] AntParty alipay, TimeProvider clock)
{
    public HttpRequestMessage Sign(string provider, string body)
    {
        var url = new Uri($"{options.ApiUrl.AbsoluteUri.TrimEnd('/')}/v1/provider-notifications/{provider}");
        var request = new HttpRequestMessage(HttpMethod.Post, url);
        var bytes = Encoding.UTF8.GetBytes(body);
        switch (provider)
        {
            case Providers.WorldFirst:
                SignAnt(request, worldFirst, bytes);
                break;
            case Providers.Alipay:
                SignAnt(request, alipay, bytes);
                break;
            case Providers.Marketplace1688:
                var signature = GatewaySignature.Make("", [new("message", body)], options.MarketplaceAppSecret);
                request.Content = new FormUrlEncodedContent([new("message", body), new(GatewaySignature.Parameter, signature)]);
                break;
            case Providers.Card:
                SignCard(request, bytes);
                break;
            default:
                throw new InvalidOperationException($"No form for notifications of {provider}.");
        }

        return request;
    }

    /// <summary>Null if the answer is the provider's "received", else what is wrong with it.</summary>
    public string? Objection(string provider, HttpRequestMessage request, HttpResponseMessage response, byte[] body)
    {
        if (!response.IsSuccessStatusCode)
            return $"it was answered with HTTP {(int)response.StatusCode}.";
        if (provider is not (Providers.WorldFirst or Providers.Alipay))
            return null;
        if (!SaysReceived(body))
            return "the answer does not say result S.";
        // Antom's may go unsigned, WorldFirst's may not.
        return provider == Providers.Alipay || IsSigned(request, response, body) ? null : "the acknowledgement is not signed by the platform.";
    }

    private bool IsSigned(HttpRequestMessage request, HttpResponseMessage response, byte[] body)
    {
        string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";
        return Header("Client-Id") == worldFirst.ClientId
            && worldFirst.Verify(
                "POST", request.RequestUri!.PathAndQuery, worldFirst.ClientId, Header("Response-Time"), body, Header("Signature"));
    }

    private static bool SaysReceived(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object
                && result.TryGetProperty("resultStatus", out var status) && status.ValueEquals("S");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void SignAnt(HttpRequestMessage request, AntParty party, byte[] body)
    {
        var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        request.Content = Json(body);
        request.Headers.Add("Client-Id", party.ClientId);
        request.Headers.Add("Request-Time", time);
        request.Headers.TryAddWithoutValidation("Signature", party.SignatureHeader("POST", request.RequestUri!.PathAndQuery, time, body));
    }

    private void SignCard(HttpRequestMessage request, byte[] body)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{now}.").Concat(body).ToArray();
        var v1 = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.CardWebhookSecret), signed));
        request.Content = Json(body);
        request.Headers.Add("Stripe-Signature", $"t={now},v1={v1}");
    }

    private static ByteArrayContent Json(byte[] body) => new(body)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "UTF-8" } },
    };
}
