using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Network;

/// <summary>
/// The blocks that the regional registries delegated to mainland China (CC0, 2025-09-04), found by binary search. An allocation is not a
/// location: expect 95–99 % at country level; a MaxMind-format file takes its place by configuration.
/// </summary>
internal sealed class RegistryBlocks : IIpCountry
{
    private static readonly NetworkFacts Mainland = new(true, false, "CN");
    private static readonly NetworkFacts Outside = new(true, true, "outside_mainland_china");

    private readonly (UInt128 First, UInt128 Last)[] v4 = Load("cn-ipv4.cidr", 32);
    private readonly (UInt128 First, UInt128 Last)[] v6 = Load("cn-ipv6.cidr", 128);

    public NetworkFacts Locate(IPAddress address) =>
        Holds(address.AddressFamily == AddressFamily.InterNetwork ? v4 : v6, Number(address)) ? Mainland : Outside;

    private static bool Holds((UInt128 First, UInt128 Last)[] blocks, UInt128 number)
    {
        int low = 0, high = blocks.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (number < blocks[middle].First) high = middle - 1;
            else if (number > blocks[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }

    private static (UInt128 First, UInt128 Last)[] Load(string resource, int bits)
    {
        using var reader = new StreamReader(typeof(RegistryBlocks).Assembly.GetManifestResourceStream(resource)!);
        var blocks = new List<(UInt128 First, UInt128 Last)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var slash = line.IndexOf('/', StringComparison.Ordinal);
            var first = Number(IPAddress.Parse(line[..slash]));
            var hostBits = bits - int.Parse(line.AsSpan(slash + 1), CultureInfo.InvariantCulture);
            blocks.Add((first, first + ((UInt128.One << hostBits) - 1)));
        }

        return [.. blocks.OrderBy(block => block.First)];
    }

    private static UInt128 Number(IPAddress address)
    {
        UInt128 number = 0;
        foreach (var octet in address.GetAddressBytes()) number = (number << 8) | octet;
        return number;
    }
}
