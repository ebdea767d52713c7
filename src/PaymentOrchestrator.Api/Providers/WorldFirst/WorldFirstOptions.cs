using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

internal sealed class WorldFirstOptions : IProviderOptions
{
    public static ProviderRegistration Registration { get; } = new(WorldFirstProvider.Capabilities, "WorldFirst", section => new WorldFirstOptions
    {
        PortalUrl = section.Url("PortalUrl"),
        Party = section.Party(keyVersion: 2, blanks: true),
    });

    public required AntParty Party { get; init; }

    /// <summary>The consent page for buyers.</summary>
    public required Uri PortalUrl { get; init; }

    public Uri BaseUrl => Party.BaseUrl;

    public IReadOnlyList<ProviderAddress> Addresses => [new("BaseUrl", Party.BaseUrl), new("PortalUrl", PortalUrl)];

    public IReadOnlyList<(string Key, string Value)> Marks => [("ClientId", Party.ClientId)];

    /// <summary>WorldFirst's own gateways move real money.</summary>
    public IEnumerable<string> FaultsIn(Mode mode)
    {
        if (mode == Mode.Test && HostNames.IsBelow(Party.BaseUrl, "worldfirst.com") && !Party.IsSandbox) yield return "BaseUrl is WorldFirst's live gateway";
        if (mode == Mode.Live && Party.IsSandbox) yield return "ClientId is a sandbox client id";
    }

    public ProviderParts Connect(HttpClient http, TimeProvider time)
    {
        var provider = new WorldFirstProvider(new AntClient(http, Party, time), this, time);
        return new ProviderParts([provider], provider, new WorldFirstNotifications(Party, time));
    }
}
