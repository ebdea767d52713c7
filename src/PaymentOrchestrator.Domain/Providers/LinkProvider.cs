namespace PaymentOrchestrator.Domain;

/// <summary>Where a buyer's account can be linked.</summary>
public enum LinkProvider
{
    WorldFirst,
    Alipay,
    Marketplace1688,

    /// <summary>A mainland bank account that is bound to an Alipay account; linked through Alipay.</summary>
    MainlandBank,

    Card,
}

public static class LinkProviders
{
    public static string Code(this LinkProvider provider) => provider switch
    {
        LinkProvider.WorldFirst => "worldfirst",
        LinkProvider.Alipay => "alipay",
        LinkProvider.Marketplace1688 => "marketplace_1688",
        LinkProvider.MainlandBank => "mainland_bank",
        LinkProvider.Card => "card",
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };

    public static LinkProvider? FromCode(string? code)
    {
        foreach (var provider in Enum.GetValues<LinkProvider>())
            if (provider.Code() == code) return provider;
        return null;
    }
}
