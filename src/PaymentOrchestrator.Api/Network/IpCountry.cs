using System.Net;
using System.Net.Sockets;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Network;

/// <summary>Tells whether an address is known to be outside mainland China.</summary>
internal interface IIpCountry
{
    /// <param name="address">A public address; IPv4-mapped ones are unmapped already.</param>
    NetworkFacts Locate(IPAddress address);
}

/// <summary>The one way in: text of an address, to what is known of it.</summary>
internal sealed class BuyerNetwork(IIpCountry countries)
{
    /// <summary>Null when the text is not an IP address in its usual notation.</summary>
    public static IPAddress? Parse(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return null;
        // "1", "0x7f.1" and zone ids parse too; nobody's address is written so.
        var usual = address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.Contains('%', StringComparison.Ordinal) && !text.StartsWith('[');
        return usual ? address : null;
    }

    public NetworkFacts Locate(string? text)
    {
        if (text is null) return NetworkFacts.NotGiven;
        var address = Parse(text) ?? throw new ArgumentException("Validate the address first.", nameof(text));
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return SpecialAddresses.Contains(address) ? new NetworkFacts(true, false, "not_a_public_address") : countries.Locate(address);
    }
}
