using PaymentOrchestrator.Api.Providers.Alipay;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Providers.WorldFirst;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Every provider that the house knows. A new one is a folder and a line here.</summary>
internal static class ProviderRegistry
{
    public static IReadOnlyList<ProviderRegistration> All { get; } =
    [
        WorldFirstOptions.Registration,
        AlipayOptions.Registration,
        Marketplace1688Options.Registration,
        CardOptions.Registration,
    ];
}

/// <summary>A provider before it is configured.</summary>
/// <param name="Capabilities">What it declares; <see cref="ProviderCapabilities.Name"/> names it everywhere.</param>
/// <param name="Section">Its configuration: <c>Providers:Test:{Section}</c> and <c>Providers:Live:{Section}</c>.</param>
/// <param name="Read">Reads the section of one mode, which has something in it.</param>
internal sealed record ProviderRegistration(ProviderCapabilities Capabilities, string Section, Func<ProviderSection, IProviderOptions> Read);

/// <summary>How a provider is reached in one mode, and how its adapter is made. Classes and not records: a record's ToString would print the keys.</summary>
internal interface IProviderOptions
{
    /// <summary>What the provider's client is pinned to; nothing else is ever called with it.</summary>
    Uri BaseUrl { get; }

    /// <summary>Every address of the provider, by its configuration key. In the other mode each must be elsewhere.</summary>
    IReadOnlyList<ProviderAddress> Addresses { get; }

    /// <summary>By which the provider and we know which mode it is: our ids there, and what signs notifications. In the other mode each must be another one.</summary>
    IReadOnlyList<(string Key, string Value)> Marks { get; }

    /// <summary>What the provider's own rules say against these options in the mode, each by its configuration key; never with a value.</summary>
    IEnumerable<string> FaultsIn(Mode mode);

    ProviderParts Connect(HttpClient http, TimeProvider time);
}

/// <summary>An adapter's parts, each found by the port that it implements.</summary>
internal sealed record ProviderParts(IReadOnlyList<IAccountLinker> Linkers, IPaymentGateway? Gateway, INotificationReader? Notifications);

/// <summary>An address of a provider.</summary>
internal sealed record ProviderAddress(string Key, Uri Url, SharedHost Shared = SharedHost.No);

/// <summary>Whether the provider itself serves test and live at one host, and what then tells them apart.</summary>
internal enum SharedHost
{
    No,

    ByPath,

    ByKey,
}
