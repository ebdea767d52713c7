using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>
/// Test money never meets a live provider, nor the other way round. Each mode has clients of its own that are pinned to its own hosts;
/// this refuses at start what would make the two sets one.
/// </summary>
internal static class ModeSeparation
{
    /// <exception cref="InvalidOperationException">The sets are not apart. Names keys, never values.</exception>
    public static void Check(ProviderOptions test, ProviderOptions live)
    {
        var faults = FaultsOf(test, Mode.Test).Concat(FaultsOf(live, Mode.Live)).Concat(SharedAddresses(test, live)).Concat(SharedMarks(test, live)).ToList();
        if (faults.Count > 0) throw new InvalidOperationException($"Test and live are not apart: {string.Join("; ", faults)}.");
    }

    /// <summary>The provider's own rules.</summary>
    private static IEnumerable<string> FaultsOf(ProviderOptions options, Mode mode) =>
        options.Configured.SelectMany(one => one.Options.FaultsIn(mode).Select(fault => $"Providers:{mode}:{one.Provider.Section}:{fault}"));

    /// <summary>Any address of any provider counts against any of the other mode: one host serves one mode, but for a provider's own that is known to serve both.</summary>
    private static IEnumerable<string> SharedAddresses(ProviderOptions test, ProviderOptions live) =>
        from tested in AddressesOf(test)
        from lived in AddressesOf(live)
        where Origin(tested.Address.Url) == Origin(lived.Address.Url) && !AreApart(tested.Address, lived.Address)
        select $"Providers:Test:{tested.Section}:{tested.Address.Key} and Providers:Live:{lived.Section}:{lived.Address.Key} are at the same address";

    private static bool AreApart(ProviderAddress test, ProviderAddress live) => (test.Shared, live.Shared) switch
    {
        (SharedHost.ByKey, SharedHost.ByKey) => true,
        (SharedHost.ByPath, SharedHost.ByPath) => Path(test.Url) != Path(live.Url),
        _ => false,
    };

    /// <summary>What is known by one id, or signed with one key, could be taken for the other mode's.</summary>
    private static IEnumerable<string> SharedMarks(ProviderOptions test, ProviderOptions live) =>
        from one in test.Configured
        let other = live.Find(one.Provider.Capabilities.Name)
        where other is not null
        from mark in one.Options.Marks
        where other.Marks.Contains(mark)
        select $"Providers:Test:{one.Provider.Section}:{mark.Key} and Providers:Live:{one.Provider.Section}:{mark.Key} are the same";

    private static IEnumerable<(string Section, ProviderAddress Address)> AddressesOf(ProviderOptions options) =>
        options.Configured.SelectMany(one => one.Options.Addresses.Select(address => (one.Provider.Section, address)));

    /// <summary>Uri has already lowered the host's case and written addresses of machines in their one form; a dot at the end names the same host.</summary>
    private static string Origin(Uri url) => $"{url.Scheme}://{url.IdnHost.TrimEnd('.')}:{url.Port}";

    private static string Path(Uri url) => string.Join('/', Uri.UnescapeDataString(url.AbsolutePath).Split('/', StringSplitOptions.RemoveEmptyEntries));
}
