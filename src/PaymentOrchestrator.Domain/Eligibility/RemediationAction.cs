namespace PaymentOrchestrator.Domain;

/// <summary>The things a buyer or a caller can do about a requirement that is not met. Stable codes of the contract.</summary>
public static class RemediationAction
{
    public const string LinkAccount = "link_account";
    public const string VerifyIdentity = "verify_identity";
    public const string TopUp = "top_up";
    public const string LinkMarketplace = "link_marketplace";
    public const string LogInWithAlipay = "log_in_with_alipay";
    public const string LinkMainlandBank = "link_mainland_bank";
    public const string UseSupportedCard = "use_supported_card";
    public const string ChangeNetwork = "change_network";
    public const string SendBuyerIp = "send_buyer_ip";
    public const string IncreaseOrder = "increase_order";
    public const string TryAgainLater = "try_again_later";

    /// <summary>What to do about a requirement whose verdict came from a provider's fact.</summary>
    internal static Remediation For(RequirementCode code) => code switch
    {
        RequirementCode.WorldFirstAccount => new(LinkAccount, "Link an active WorldFirst account: create a linked account with provider worldfirst and send the buyer to its page."),
        RequirementCode.WorldFirstIdentity => new(VerifyIdentity, "Complete identity verification at WorldFirst."),
        RequirementCode.WorldFirstMarketplaceLink => new(LinkMarketplace, "Link the buyer's 1688 id to the WorldFirst account: create a marketplace link on it."),
        RequirementCode.AlipayAccount => new(LinkAccount, "Link an active Alipay account: create a linked account with provider alipay and send the buyer to its page."),
        RequirementCode.AlipayIdentity => new(VerifyIdentity, "Complete identity verification at Alipay."),
        RequirementCode.AlipayMainlandBankAccount => new(LinkMainlandBank, "Open a bank account in mainland China and link it: create a linked account with provider mainland_bank."),
        RequirementCode.AlipayFunding => new(TopUp, "Link a mainland bank account to Alipay, or top up the Alipay balance."),
        RequirementCode.MarketplaceAccount => new(LinkAccount, "Link an enabled 1688 account: create a linked account with provider marketplace_1688 and send the buyer to its page."),
        RequirementCode.MarketplaceIdentity => new(VerifyIdentity, "Complete identity verification at 1688."),
        RequirementCode.MarketplaceAlipayLogin => new(LogInWithAlipay, "Log in to 1688 with Alipay: create a linked account with provider marketplace_1688 and login alipay."),
        RequirementCode.CardLinked => new(LinkAccount, "Link a Visa or Mastercard card: create a linked account with provider card."),
        RequirementCode.CardScheme => new(UseSupportedCard, "Link a card whose scheme is Visa or Mastercard."),
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    internal static Remediation AskAgain { get; } =
        new(TryAgainLater, "The provider did not answer in time. Ask again; nothing is known to be wrong.");
}
