using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

internal sealed class AlipayOptions : IProviderOptions
{
    private const string Antom = "alipay.com";

    public static ProviderRegistration Registration { get; } = new(AlipayProvider.Capabilities, "Alipay", section => new AlipayOptions
    {
        Party = section.Party(keyVersion: 1, blanks: false),
        NotifyUrl = section.OptionalUrl("NotifyUrl"),
    });

    public required AntParty Party { get; init; }

    /// <summary>Where Alipay tells a payment's result; null leaves the address that is set in its console.</summary>
    public required Uri? NotifyUrl { get; init; }

    public Uri BaseUrl => Party.BaseUrl;

    /// <summary>Antom serves its sandbox at its live hosts, below another path and to other client ids.</summary>
    public IReadOnlyList<ProviderAddress> Addresses =>
        [new("BaseUrl", Party.BaseUrl, HostNames.IsBelow(Party.BaseUrl, Antom) ? SharedHost.ByPath : SharedHost.No)];

    public IReadOnlyList<(string Key, string Value)> Marks => [("ClientId", Party.ClientId)];

    public IEnumerable<string> FaultsIn(Mode mode)
    {
        if (mode == Mode.Test && HostNames.IsBelow(Party.BaseUrl, Antom) && !Party.IsSandbox) yield return "ClientId is a live client id";
        if (mode == Mode.Live && Party.IsSandbox) yield return "ClientId is a sandbox client id";
    }

    public ProviderParts Connect(HttpClient http, TimeProvider time)
    {
        var client = new AntClient(http, Party, time);
        var consents = new AlipayConsents(client);
        var provider = new AlipayProvider(client, consents, this);
        return new ProviderParts([provider, new AlipayBankCardLinker(consents)], provider, new AlipayNotifications(Party));
    }
}
