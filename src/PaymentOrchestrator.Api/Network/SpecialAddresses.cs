using System.Net;
using System.Net.Sockets;

namespace PaymentOrchestrator.Api.Network;

/// <summary>Addresses that belong to no country: IANA's special-purpose registries for IPv4 and IPv6.</summary>
internal static class SpecialAddresses
{
    private static readonly IPNetwork[] V4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // Global unicast is 2000::/3; within it, these are set aside. NAT64 and 6to4 carry an IPv4 address that we do not look into.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] V6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? V4.Any(block => block.Contains(address))
        // Asked first: IPNetwork looks into a mapped address, and then finds some of them in IPv6 blocks that they are not in.
        : address.IsIPv4MappedToIPv6 || !GlobalUnicast.Contains(address) || V6.Any(block => block.Contains(address));
}
