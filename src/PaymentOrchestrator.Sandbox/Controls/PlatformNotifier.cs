using System.Net.Sockets;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Card;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>Tells the platform of authorisations at once, while the control waits for the outcome.</summary>
internal sealed class PlatformNotifier(
    NotificationSigner signer, [FromKeyedServices(Providers.WorldFirst)] AntParty worldFirst,
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
        using var request = announcement switch
        {
            Announcement.AntCode code => signer.Sign(code.Provider, AntBody(code).ToJsonString()),
            Announcement.MarketplaceMember member => signer.Sign(Providers.Marketplace1688, MarketplaceMessage(member).ToJsonString()),
            Announcement.CardSetup setup => signer.Sign(
                Providers.Card, CardEvents.Event("setup_intent.succeeded", setup.SetupIntent, clock.GetUtcNow()).ToJsonString()),
            _ => throw new InvalidOperationException($"No form for {announcement.Name}."),
        };
        try
        {
            using var response = await _http.SendAsync(request);
            return response.IsSuccessStatusCode ? null : $"it was answered with HTTP {(int)response.StatusCode}.";
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return "no connection.";
        }
        catch (TaskCanceledException)
        {
            return "no answer within 10 s.";
        }
    }

    private JsonObject AntBody(Announcement.AntCode announcement) => new()
    {
        ["authorizationNotifyType"] = "AUTHCODE_CREATED",
        ["authClientId"] = (announcement.Provider == Providers.WorldFirst ? worldFirst : alipay).ClientId,
        ["authCode"] = announcement.Code,
        ["scopes"] = new JsonArray(announcement.Scope),
        ["referenceBuyerId"] = announcement.BuyerId,
    };

    private JsonObject MarketplaceMessage(Announcement.MarketplaceMember announcement) => new()
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
    };
}
