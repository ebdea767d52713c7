using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

internal sealed class Marketplace1688Options : IProviderOptions
{
    public static ProviderRegistration Registration { get; } = new(Marketplace1688Provider.Capabilities, "Marketplace1688", section => new Marketplace1688Options
    {
        GatewayUrl = section.Url("GatewayUrl"),
        AuthorizeUrl = section.Url("AuthorizeUrl"),
        AppKey = section.Text("AppKey"),
        AppSecret = section.Text("AppSecret"),
    });

    /// <summary>Without <c>/openapi</c>.</summary>
    public required Uri GatewayUrl { get; init; }

    /// <summary>The consent page for buyers.</summary>
    public required Uri AuthorizeUrl { get; init; }

    public required string AppKey { get; init; }

    public required string AppSecret { get; init; }

    public Uri BaseUrl => GatewayUrl;

    public IReadOnlyList<ProviderAddress> Addresses => [new("GatewayUrl", GatewayUrl), new("AuthorizeUrl", AuthorizeUrl)];

    /// <summary>1688's messages name no app: the secret alone says whose they are.</summary>
    public IReadOnlyList<(string Key, string Value)> Marks => [("AppKey", AppKey), ("AppSecret", AppSecret)];

    /// <summary>1688 has no test gateway: its orders are real ones.</summary>
    public IEnumerable<string> FaultsIn(Mode mode)
    {
        if (mode == Mode.Test && HostNames.IsBelow(GatewayUrl, "1688.com")) yield return "GatewayUrl is 1688's live gateway";
    }

    public ProviderParts Connect(HttpClient http, TimeProvider time) =>
        new([new Marketplace1688Provider(new AopClient(http, this, time), this, time)], Gateway: null, new Marketplace1688Notifications(this));
}
