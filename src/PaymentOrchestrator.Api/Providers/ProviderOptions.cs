using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

// How each provider is reached in one mode. Classes and not records: a record's ToString would print the keys.

internal sealed class WorldFirstOptions
{
    public required AntParty Party { get; init; }

    /// <summary>The consent page for buyers.</summary>
    public required Uri PortalUrl { get; init; }
}

internal sealed class AlipayOptions
{
    public required AntParty Party { get; init; }

    /// <summary>Where Alipay tells a payment's result; null leaves the address that is set in its console.</summary>
    public required Uri? NotifyUrl { get; init; }
}

internal sealed class Marketplace1688Options
{
    /// <summary>Without <c>/openapi</c>.</summary>
    public required Uri GatewayUrl { get; init; }

    /// <summary>The consent page for buyers.</summary>
    public required Uri AuthorizeUrl { get; init; }

    public required string AppKey { get; init; }

    public required string AppSecret { get; init; }
}

internal sealed class CardOptions
{
    /// <summary>Without <c>/v1</c>.</summary>
    public required Uri BaseUrl { get; init; }

    public required string SecretKey { get; init; }

    public required string WebhookSecret { get; init; }
}

/// <summary>The providers of one mode. A provider without a section is not configured in that mode.</summary>
internal sealed class ProviderOptions
{
    public WorldFirstOptions? WorldFirst { get; private init; }

    public AlipayOptions? Alipay { get; private init; }

    public Marketplace1688Options? Marketplace1688 { get; private init; }

    public CardOptions? Card { get; private init; }

    /// <summary>Reads <c>Providers:Test:*</c> and <c>Providers:Live:*</c>.</summary>
    /// <exception cref="InvalidOperationException">
    /// A section is half filled or holds what cannot be meant; or one mode could reach the other's money. Names the keys, never a value.
    /// </exception>
    public static (ProviderOptions Test, ProviderOptions Live) Read(IConfiguration configuration)
    {
        var test = Read(configuration.GetSection("Providers:Test"), Mode.Test);
        var live = Read(configuration.GetSection("Providers:Live"), Mode.Live);
        ModeSeparation.Check(test, live);
        return (test, live);
    }

    private static ProviderOptions Read(IConfigurationSection providers, Mode mode) => new()
    {
        WorldFirst = ProviderSection.Read(providers, "WorldFirst", mode, section => new WorldFirstOptions
        {
            PortalUrl = section.Url("PortalUrl"),
            Party = section.Party(keyVersion: 2, blanks: true),
        }),
        Alipay = ProviderSection.Read(providers, "Alipay", mode, section => new AlipayOptions
        {
            Party = section.Party(keyVersion: 1, blanks: false),
            NotifyUrl = section.OptionalUrl("NotifyUrl"),
        }),
        Marketplace1688 = ProviderSection.Read(providers, "Marketplace1688", mode, section => new Marketplace1688Options
        {
            GatewayUrl = section.Url("GatewayUrl"),
            AuthorizeUrl = section.Url("AuthorizeUrl"),
            AppKey = section.Text("AppKey"),
            AppSecret = section.Text("AppSecret"),
        }),
        Card = ProviderSection.Read(providers, "Card", mode, section => new CardOptions
        {
            BaseUrl = section.Url("BaseUrl"),
            SecretKey = section.Text("SecretKey"),
            WebhookSecret = section.Text("WebhookSecret"),
        }),
    };
}
