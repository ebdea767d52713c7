using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>A buyer's browser: it calls with a publishable key and a session's secret, from a page, by way of a proxy.</summary>
internal sealed record Browser(ApiClient Api, string Session, string? Origin = Browser.Shop, string? Address = ApiClient.Outside)
{
    public const string Shop = "https://shop.example";

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<Answer> PostAsync(string path, JsonObject body, string? key = null) =>
        SendAsync(HttpMethod.Post, path, ApiClient.Json(Encoding.UTF8.GetBytes(body.ToJsonString())), key ?? ApiClient.NewKey());

    public Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? key) => Api.SendAsync(method, path, content, key, request =>
    {
        if (Session.Length > 0) request.Headers.Add("Buyer-Session", Session);
        if (Origin is not null) request.Headers.Add("Origin", Origin);
        if (Address is not null) request.Headers.Add("X-Forwarded-For", Address);
    });

    public static JsonObject Check(string buyer, string? order = null, long amount = 12_345_67) =>
        new() { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(order ?? ApiClient.NewOrder(), amount) };

    public static JsonObject Quote(string buyer, string? order = null, long amount = 12_345_67)
    {
        var body = Check(buyer, order, amount);
        body["method"] = "card";
        body["source_currency"] = "USD";
        return body;
    }
}

/// <summary>A marketplace with a publishable key, and an instance of the API behind a proxy that it trusts.</summary>
internal sealed class BrowserLab(Tenant shop, OtherApi instance, ApiClient server, ApiClient publishable) : IAsyncDisposable
{
    public Tenant Shop => shop;

    /// <summary>The marketplace's server, at the instance.</summary>
    public ApiClient Server => server;

    public ApiClient Publishable => publishable;

    public OtherApi Instance => instance;

    public static async Task<BrowserLab> StartAsync(TestSystem system, TimeProvider? clock = null)
    {
        var shop = await system.NewMarketplaceAsync();
        var instance = await system.StartOtherAsync(clock ?? TimeProvider.System, "--Network:TrustedProxies=127.0.0.0/8,::1/128");
        return new BrowserLab(shop, instance, system.ClientWith(shop.TestKey, instance.Url), system.ClientWith(await PublishableKeyAsync(shop.Test), instance.Url));
    }

    public static async Task<string> PublishableKeyAsync(ApiClient api, string origin = Browser.Shop) => (await api.PostAsync("/v1/api-keys", new JsonObject
    {
        ["name"] = "web shop",
        ["kind"] = "publishable",
        ["allowed_origins"] = new JsonArray(origin),
    })).Must(201)["secret"];

    public async Task<Browser> OpenAsync(string buyer, JsonObject? order = null)
    {
        var body = new JsonObject { ["buyer_id"] = buyer };
        if (order is not null) body["order"] = order;
        return new Browser(publishable, (await server.PostAsync("/v1/buyer-sessions", body)).Must(201)["client_secret"]);
    }

    public ValueTask DisposeAsync() => instance.DisposeAsync();
}
