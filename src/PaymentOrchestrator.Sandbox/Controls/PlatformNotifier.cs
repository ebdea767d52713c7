using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Marketplace1688;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>Tells the platform, each provider in its own form and with its own signature.</summary>
internal sealed class PlatformNotifier(
    SandboxOptions options, [FromKeyedServices(Providers.WorldFirst)] AntParty worldFirst,
    [FromKeyedServices(Providers.Alipay)] AntParty alipay, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Null if the platform took it, else why not.</summary>
    public async Task<string?> Send(Announcement announcement)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(options.ApiUrl.AbsoluteUri.TrimEnd('/') + announcement.Path));
        switch (announcement)
        {
            case Announcement.AntCode code:
                WriteAnt(request, code.Provider == Providers.WorldFirst ? worldFirst : alipay, code);
                break;
            case Announcement.MarketplaceMember member:
                WriteMarketplace(request, member);
                break;
            case Announcement.CardSetup setup:
                WriteCard(request, setup);
                break;
            default:
                throw new InvalidOperationException($"No form for {announcement.Name}.");
        }

        try
        {
            using var response = await _http.SendAsync(request);
            return response.IsSuccessStatusCode ? null : $"it was answered with HTTP {(int)response.StatusCode}.";
        }
        catch (HttpRequestException)
        {
            return "no connection.";
        }
        catch (TaskCanceledException)
        {
            return "no answer within 10 s.";
        }
    }

    private void WriteAnt(HttpRequestMessage request, AntParty party, Announcement.AntCode announcement)
    {
        var body = Bytes(new JsonObject
        {
            ["authorizationNotifyType"] = "AUTHCODE_CREATED",
            ["authClientId"] = party.ClientId,
            ["authCode"] = announcement.Code,
            ["scopes"] = new JsonArray(announcement.Scope),
            ["referenceBuyerId"] = announcement.BuyerId,
        });
        var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        request.Content = Json(body);
        request.Headers.Add("Client-Id", party.ClientId);
        request.Headers.Add("Request-Time", time);
        request.Headers.TryAddWithoutValidation("Signature", party.SignatureHeader("POST", request.RequestUri!.PathAndQuery, time, body));
    }

    private void WriteMarketplace(HttpRequestMessage request, Announcement.MarketplaceMember announcement)
    {
        var message = new JsonObject
        {
            ["msgId"] = Ids.New("", 20),
            ["gmtBorn"] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["type"] = "MEMBER_AUTHORIZED",
            ["userInfo"] = announcement.MemberId,
            ["bizKey"] = announcement.MemberId,
            ["data"] = new JsonObject
            {
                ["code"] = announcement.Code,
                ["login"] = announcement.Login,
                ["reference"] = announcement.BuyerId,
            },
        }.ToJsonString();
        var signature = GatewaySignature.Make("", [new("message", message)], options.MarketplaceAppSecret);
        request.Content = new FormUrlEncodedContent([new("message", message), new(GatewaySignature.Parameter, signature)]);
    }

    private void WriteCard(HttpRequestMessage request, Announcement.CardSetup announcement)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var body = Bytes(new JsonObject
        {
            ["id"] = Ids.New("evt_"),
            ["object"] = "event",
            ["api_version"] = "2026-10-28.endive",
            ["created"] = now,
            ["data"] = new JsonObject { ["object"] = announcement.SetupIntent.DeepClone() },
            ["livemode"] = false,
            ["pending_webhooks"] = 1,
            ["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = null },
            ["type"] = "setup_intent.succeeded",
        });
        var signed = Encoding.UTF8.GetBytes($"{now.ToString(CultureInfo.InvariantCulture)}.").Concat(body).ToArray();
        var v1 = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.CardWebhookSecret), signed));
        request.Content = Json(body);
        request.Headers.Add("Stripe-Signature", $"t={now.ToString(CultureInfo.InvariantCulture)},v1={v1}");
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static ByteArrayContent Json(byte[] body) => new(body)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "UTF-8" } },
    };
}
