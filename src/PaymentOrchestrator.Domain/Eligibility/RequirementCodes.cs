namespace PaymentOrchestrator.Domain;

/// <summary>The stable spelling of each requirement, and which requirements each method has.</summary>
public static class RequirementCodes
{
    /// <summary>The requirements of a method, in the order in which a buyer would fulfil them.</summary>
    public static IReadOnlyList<RequirementCode> Of(PaymentMethod method) => method switch
    {
        PaymentMethod.WorldPay =>
        [
            RequirementCode.WorldFirstAccount, RequirementCode.WorldFirstIdentity, RequirementCode.AlipayAccount, RequirementCode.AlipayIdentity,
            RequirementCode.MarketplaceAlipayLogin, RequirementCode.WorldFirstMarketplaceLink, RequirementCode.WorldFirstBalance,
        ],
        PaymentMethod.Alipay =>
        [
            RequirementCode.MarketplaceAccount, RequirementCode.AlipayAccount, RequirementCode.AlipayIdentity,
            RequirementCode.AlipayMainlandBankAccount, RequirementCode.AlipayFunding,
        ],
        PaymentMethod.WorldFirstBalance =>
        [
            RequirementCode.NetworkOutsideMainlandChina, RequirementCode.OrderMinimumAmount, RequirementCode.WorldFirstAccount,
            RequirementCode.WorldFirstIdentity, RequirementCode.MarketplaceAccount, RequirementCode.MarketplaceIdentity, RequirementCode.WorldFirstBalance,
        ],
        PaymentMethod.Card =>
        [
            RequirementCode.NetworkOutsideMainlandChina, RequirementCode.MarketplaceAccount, RequirementCode.CardLinked, RequirementCode.CardScheme,
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    public static string Text(this RequirementCode code) => code switch
    {
        RequirementCode.WorldFirstAccount => "worldfirst.account",
        RequirementCode.WorldFirstIdentity => "worldfirst.identity",
        RequirementCode.WorldFirstBalance => "worldfirst.balance",
        RequirementCode.WorldFirstMarketplaceLink => "worldfirst.marketplace_link",
        RequirementCode.AlipayAccount => "alipay.account",
        RequirementCode.AlipayIdentity => "alipay.identity",
        RequirementCode.AlipayMainlandBankAccount => "alipay.mainland_bank_account",
        RequirementCode.AlipayFunding => "alipay.funding",
        RequirementCode.MarketplaceAccount => "marketplace.account",
        RequirementCode.MarketplaceIdentity => "marketplace.identity",
        RequirementCode.MarketplaceAlipayLogin => "marketplace.alipay_login",
        RequirementCode.CardLinked => "card.linked",
        RequirementCode.CardScheme => "card.scheme",
        RequirementCode.NetworkOutsideMainlandChina => "network.outside_mainland_china",
        RequirementCode.OrderMinimumAmount => "order.minimum_amount",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    public static string Text(this RequirementStatus status) => status switch
    {
        RequirementStatus.Met => "met",
        RequirementStatus.Unmet => "unmet",
        RequirementStatus.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
