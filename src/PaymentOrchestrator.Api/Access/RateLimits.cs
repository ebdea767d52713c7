using System.Net;
using System.Net.Sockets;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>Metadata of what is never limited: a probe that is refused would end a healthy instance.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnlimitedAttribute : Attribute;

/// <summary>
/// How much each caller may ask of this instance, in memory and so of this instance alone: each key and each marketplace, reads and writes apart, so that
/// neither starves the other; each buyer session; and each address of those who have no key. Asked before anything but the remembered keys.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private readonly bool enabled;
    private readonly HashSet<int> unlimited;
    private readonly RateLimitPolicy<Guid> keyReads;
    private readonly RateLimitPolicy<Guid> keyWrites;
    private readonly RateLimitPolicy<(int, Mode)> marketplaceReads;
    private readonly RateLimitPolicy<(int, Mode)> marketplaceWrites;
    private readonly RateLimitPolicy<Guid> sessions;
    private readonly RateLimitPolicy<string> addresses;

    public RateLimits(IConfiguration configuration)
    {
        var section = configuration.GetSection("RateLimits");
        enabled = section.GetValue<bool>("Enabled", true);
        unlimited = [.. (section["UnlimitedMarketplaces"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Marketplace)];
        keyReads = new("key-reads", Rate("KeyReads", section.GetValue<int>("KeyReads", 200)));
        keyWrites = new("key-writes", Rate("KeyWrites", section.GetValue<int>("KeyWrites", 100)));
        marketplaceReads = new("marketplace-reads", Rate("MarketplaceReads", section.GetValue<int>("MarketplaceReads", 400)));
        marketplaceWrites = new("marketplace-writes", Rate("MarketplaceWrites", section.GetValue<int>("MarketplaceWrites", 200)));
        sessions = new("session", Rate("Session", section.GetValue<int>("Session", 5)));
        addresses = new("address", Rate("Address", section.GetValue<int>("Address", 100)));
    }

    /// <summary>Whether this address has already asked too often without a key that is known.</summary>
    public bool IsSpent(string? address) => enabled && addresses.IsSpent(Network(address));

    /// <summary>The refusal of one more request without a key that is known; null to go on.</summary>
    public Problem? Refuse(HttpContext context, string? address) =>
        enabled ? Answer(context, addresses.Take(Network(address)), null) : null;

    /// <summary>The refusal of one more request with this key; null to go on.</summary>
    public Problem? Refuse(HttpContext context, FoundKey key)
    {
        if (!enabled || unlimited.Contains(key.MarketplaceId)) return null;
        var isRead = HttpMethods.IsGet(context.Request.Method);
        // All buyers' browsers share the publishable key: what one of them does counts for its own session.
        var own = key.Session is { } session ? sessions.Take(session.Id) : (isRead ? keyReads : keyWrites).Take(key.Id);
        // A key that is past its own limit takes nothing from the marketplace's other keys.
        return Answer(context, own, own.Passes ? (isRead ? marketplaceReads : marketplaceWrites).Take((key.MarketplaceId, key.Mode)) : null);
    }

    public void Dispose()
    {
        keyReads.Dispose();
        keyWrites.Dispose();
        marketplaceReads.Dispose();
        marketplaceWrites.Dispose();
        sessions.Dispose();
        addresses.Dispose();
    }

    private static Problem? Answer(HttpContext context, RateLimitStand first, RateLimitStand? second)
    {
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = second is { } other ? $"{first.Policy}, {other.Policy}" : first.Policy;
        headers["RateLimit"] = second is { } same ? $"{first.Limit}, {same.Limit}" : first.Limit;
        var broken = first.Passes ? second : first;
        return broken is null or { Passes: true }
            ? null
            : new Problem(ProblemType.RateLimited, "Nothing was done. Wait as many seconds as Retry-After says and repeat the request with the same Idempotency-Key; RateLimit-Policy says how many requests there may be, RateLimit how many are left.")
            {
                RetryAfter = broken.Value.RetryAfter,
            };
    }

    /// <summary>A whole /64 of IPv6 is one customer's; who cannot be told apart shares.</summary>
    private static string Network(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip)) return "unknown";
        return ip.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(ip.GetAddressBytes().AsSpan(0, 8)) : ip.ToString();
    }

    private static int Rate(string name, int perSecond) => perSecond is > 0 and <= 1_000_000
        ? perSecond
        : throw new InvalidOperationException($"RateLimits:{name} must be a number of requests a second from 1 to 1000000; to limit nothing, set RateLimits:Enabled to false.");

    private static int Marketplace(string text) => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new InvalidOperationException("RateLimits:UnlimitedMarketplaces must be the numbers of marketplaces, divided by commas.");
}
