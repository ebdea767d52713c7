namespace PaymentOrchestrator.Sandbox.Buyers;

/// <summary>What can be true of a buyer at the providers, by the platform's requirement codes.</summary>
internal static class Facts
{
    public const string WorldFirstAccount = "worldfirst.account";
    public const string WorldFirstIdentity = "worldfirst.identity";

    /// <summary>False = the wallet's money is frozen.</summary>
    public const string WorldFirstBalance = "worldfirst.balance";
    public const string WorldFirstMarketplaceLink = "worldfirst.marketplace_link";
    public const string AlipayAccount = "alipay.account";
    public const string AlipayIdentity = "alipay.identity";
    public const string AlipayMainlandBankAccount = "alipay.mainland_bank_account";

    /// <summary>True = the bank card is linked to Alipay, which then funds every payment.</summary>
    public const string AlipayFunding = "alipay.funding";
    public const string MarketplaceAccount = "marketplace.account";
    public const string MarketplaceIdentity = "marketplace.identity";
    public const string MarketplaceAlipayLogin = "marketplace.alipay_login";
    public const string CardLinked = "card.linked";

    /// <summary>True = Visa or Mastercard.</summary>
    public const string CardScheme = "card.scheme";

    public static readonly IReadOnlyList<string> All =
    [
        WorldFirstAccount, WorldFirstIdentity, WorldFirstBalance, WorldFirstMarketplaceLink,
        AlipayAccount, AlipayIdentity, AlipayMainlandBankAccount, AlipayFunding,
        MarketplaceAccount, MarketplaceIdentity, MarketplaceAlipayLogin,
        CardLinked, CardScheme,
    ];
}
