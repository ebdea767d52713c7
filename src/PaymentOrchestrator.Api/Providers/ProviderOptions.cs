using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>The providers of one mode. A provider without a section is not configured in that mode.</summary>
internal sealed class ProviderOptions
{
    private readonly List<(ProviderRegistration Provider, IProviderOptions Options)> configured;

    private ProviderOptions(List<(ProviderRegistration Provider, IProviderOptions Options)> configured) => this.configured = configured;

    /// <summary>Those that are configured, in the registry's order.</summary>
    public IReadOnlyList<(ProviderRegistration Provider, IProviderOptions Options)> Configured => configured;

    /// <summary>Null where it is not configured.</summary>
    public IProviderOptions? Find(string name) => configured.Find(one => one.Provider.Capabilities.Name == name).Options;

    /// <summary>Reads <c>Providers:Test:*</c> and <c>Providers:Live:*</c>.</summary>
    /// <exception cref="InvalidOperationException">
    /// A section is half filled or holds what cannot be meant; or one mode could reach the other's money. Names the keys, never a value.
    /// </exception>
    public static (ProviderOptions Test, ProviderOptions Live) Read(IConfiguration configuration, IReadOnlyList<ProviderRegistration> registry)
    {
        var test = Read(configuration.GetSection("Providers:Test"), registry, Mode.Test);
        var live = Read(configuration.GetSection("Providers:Live"), registry, Mode.Live);
        ModeSeparation.Check(test, live);
        return (test, live);
    }

    private static ProviderOptions Read(IConfigurationSection providers, IReadOnlyList<ProviderRegistration> registry, Mode mode) => new(
    [
        .. registry.Select(provider => (Provider: provider, Options: ProviderSection.Read(providers, provider.Section, mode, provider.Read)))
            .Where(one => one.Options is not null)
            .Select(one => (one.Provider, one.Options!)),
    ]);
}
