using System.Net;
using System.Net.Sockets;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// Where a request comes from: the other end of its connection, or, behind the proxies of <c>Network:TrustedProxies</c> (CIDR blocks), what the nearest of them
/// wrote into X-Forwarded-For. Anyone can write that header, so it is read from its end, and only as far as trusted proxies wrote it.
/// </summary>
internal sealed class ClientAddress
{
    private readonly IPNetwork[] trusted;

    public ClientAddress(IConfiguration configuration)
    {
        var blocks = configuration.GetSection("Network:TrustedProxies").Get<string[]>() ?? configuration["Network:TrustedProxies"]?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        trusted = [.. blocks.Where(block => block.Length > 0).Select(block => IPNetwork.TryParse(block, out var network) ? network
            : IPAddress.TryParse(block, out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8)
            : throw new InvalidOperationException($"Network:TrustedProxies: {block} is neither an address nor a block of addresses like 10.0.0.0/8."))];
    }

    /// <summary>Null where it is not known: no address, or a trusted proxy that does not say for whom it calls.</summary>
    public string? Of(HttpContext context) => Of(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"].ToString());

    public string? Of(IPAddress? connection, string forwardedFor)
    {
        if (connection is null) return null;
        var address = Plain(connection);
        if (!IsTrusted(address)) return address.ToString();
        foreach (var hop in forwardedFor.Split(',').Reverse())
        {
            if (Parse(hop.Trim()) is not { } said) return null;
            address = said;
            if (!IsTrusted(address)) return address.ToString();
        }

        return null;
    }

    private bool IsTrusted(IPAddress address) => trusted.Any(block => block.Contains(address));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    /// <summary>An address as proxies write it: plain, in brackets, or with a port.</summary>
    private static IPAddress? Parse(string text)
    {
        if (IPEndPoint.TryParse(text, out var endpoint)) return Plain(endpoint.Address);
        return IPAddress.TryParse(text, out var address) ? Plain(address) : null;
    }
}
