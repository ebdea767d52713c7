using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using PaymentOrchestrator.Api.Network;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>
/// Which addresses an endpoint may have. A marketplace names the address and we call it from inside our network, so nothing of ours may be
/// within reach. Text is checked when it is given, and again before each call; what it resolves to is checked when connecting.
/// </summary>
internal static class WebhookUrl
{
    public const int MaxLength = 2048;

    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    // The rest of the clouds' own services lies in blocks that are special anyway; this one looks public.
    private static readonly IPAddress AzurePlatform = IPAddress.Parse("168.63.129.16");

    // Names that mean something inside a network, or nothing.
    private static readonly string[] InsideNames = [".localhost", ".local", ".internal", ".home.arpa"];

    // Where an IPv6-only network reaches IPv4: as good as the address inside.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>What is wrong with the text, for its giver; null when nothing is.</summary>
    public static string? Fault(string text, bool allowLoopbackHttp) => Parse(text, allowLoopbackHttp, out _);

    /// <summary>The address to call; null when it is not acceptable, or not any more.</summary>
    public static Uri? Accept(string text, bool allowLoopbackHttp) => Parse(text, allowLoopbackHttp, out var uri) is null ? uri : null;

    /// <summary>Whether a connection to what a name resolved to may be made.</summary>
    public static bool MayConnect(Uri uri, IPAddress address) => uri.Scheme == Uri.UriSchemeHttp ? IsLoopback(address) : !IsForbidden(address);

    public static bool IsForbidden(IPAddress address) =>
        !address.IsIPv4MappedToIPv6 && Nat64.Contains(address) ? IsForbidden(new IPAddress(address.GetAddressBytes().AsSpan(12))) : SpecialAddresses.Contains(address) || address.Equals(AzurePlatform);

    private static string? Parse(string text, bool allowLoopbackHttp, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        if (text.Length > MaxLength) return $"url may hold at most {MaxLength} characters.";
        // Other letters and digits can become dots and digits on their way to a resolver; a name that has them is given as xn--….
        if (!text.All(character => character is > ' ' and <= '~')) return "url must be plain ASCII without blanks; give an international name in its xn-- form.";
        // A backslash is a slash to some and a letter to others, and what is before an @ fools the eye.
        if (text.Contains('\\', StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.Host.Length == 0)
            return "url must be an absolute https address.";
        if (Authority(text).Contains('@', StringComparison.Ordinal)) return "url must not hold user information.";
        // Encoded letters, and the interface of a scoped IPv6 address.
        if (Authority(text).Contains('%', StringComparison.Ordinal)) return "url must spell its host out, without %.";
        if (parsed.Fragment.Length > 0) return "url must not have a fragment.";
        if (parsed.Scheme == Uri.UriSchemeHttp && allowLoopbackHttp && IsThisMachine(parsed))
        {
            uri = parsed;
            return null;
        }

        if (parsed.Scheme != Uri.UriSchemeHttps) return allowLoopbackHttp ? "url must begin with https://, or with http:// for this machine." : "url must begin with https://.";
        if (parsed.Port != 443) return "url must use port 443.";
        if (IsClosed(parsed)) return "url must name a host on the public internet.";
        uri = parsed;
        return null;
    }

    private static string Authority(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? text[start..] : text.Substring(start, end);
    }

    /// <summary>An address that is not public, in any notation (Uri has read decimal, hex, octal and short forms), or a name that never is.</summary>
    private static bool IsClosed(Uri uri)
    {
        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out var address)) return IsForbidden(address);
        // A scoped IPv6 address, and a last label of digits, which some resolvers take for an address.
        if (uri.HostNameType != UriHostNameType.Dns || char.IsAsciiDigit(host[(host.LastIndexOf('.') + 1)..].FirstOrDefault('0'))) return true;
        return !host.Contains('.', StringComparison.Ordinal)
            || InsideNames.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsThisMachine(Uri uri) =>
        string.Equals(uri.IdnHost, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(uri.IdnHost, out var address) && IsLoopback(address));

    private static bool IsLoopback(IPAddress address) =>
        (address.AddressFamily != AddressFamily.InterNetworkV6 || (address.ScopeId == 0 && !address.IsIPv4MappedToIPv6)) && Loopback.Any(block => block.Contains(address));
}
