using System.Net;
using MaxMind.Db;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Network;

/// <summary>A country database in MaxMind's format, from <c>Network:CountryDatabase</c>: <c>country.iso_code</c> or <c>country_code</c>.</summary>
internal sealed class MaxMindCountries(string path) : IIpCountry, IDisposable
{
    private readonly Reader reader = new(path, FileAccessMode.Memory);

    public NetworkFacts Locate(IPAddress address)
    {
        var record = reader.Find<Dictionary<string, object>>(address);
        var code = record?.GetValueOrDefault("country") is Dictionary<string, object> country ? country.GetValueOrDefault("iso_code") as string
            : record?.GetValueOrDefault("country_code") as string;
        return code is null
            ? new NetworkFacts(true, false, "country_unknown")
            : new NetworkFacts(true, code != "CN", code);
    }

    public void Dispose() => reader.Dispose();
}
