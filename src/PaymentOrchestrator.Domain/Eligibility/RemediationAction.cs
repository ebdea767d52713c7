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
    internal static Remediation For(RequirementCode code) => new(ActionFor(code), code.Text());

    internal static Remediation AskAgain { get; } = new(TryAgainLater, TryAgainLater);

    private static string ActionFor(RequirementCode code) => code switch
    {
        RequirementCode.WorldFirstAccount => LinkAccount,
        RequirementCode.WorldFirstIdentity => VerifyIdentity,
        RequirementCode.WorldFirstBalance => TopUp,
        RequirementCode.WorldFirstMarketplaceLink => LinkMarketplace,
        RequirementCode.AlipayAccount => LinkAccount,
        RequirementCode.AlipayIdentity => VerifyIdentity,
        RequirementCode.AlipayMainlandBankAccount => LinkMainlandBank,
        RequirementCode.AlipayFunding => TopUp,
        RequirementCode.MarketplaceAccount => LinkAccount,
        RequirementCode.MarketplaceIdentity => VerifyIdentity,
        RequirementCode.MarketplaceAlipayLogin => LogInWithAlipay,
        RequirementCode.CardLinked => LinkAccount,
        RequirementCode.CardScheme => UseSupportedCard,
        RequirementCode.OrderMinimumAmount => IncreaseOrder,
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
