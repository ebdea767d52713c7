namespace PaymentOrchestrator.Api.Providers;

/// <summary>Whose host an address names.</summary>
internal static class HostNames
{
    public static bool Is(Uri url, string host) => url.IdnHost.TrimEnd('.').Equals(host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The domain itself, or anything below it.</summary>
    public static bool IsBelow(Uri url, string domain) => Is(url, domain) || url.IdnHost.TrimEnd('.').EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}
