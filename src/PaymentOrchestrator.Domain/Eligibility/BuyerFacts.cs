namespace PaymentOrchestrator.Domain;

/// <summary>
/// What is known of a buyer's accounts, one part per provider, each as the provider itself said it. A part is null where the provider
/// did not answer: then its requirements are unknown, which is neither met nor unmet.
/// </summary>
public sealed record BuyerFacts(WorldFirstFacts? WorldFirst, AlipayFacts? Alipay, MarketplaceFacts? Marketplace, CardFacts? Card)
{
    /// <summary>A buyer who has linked nothing.</summary>
    public static BuyerFacts Nothing { get; } = new(WorldFirstFacts.NotLinked, AlipayFacts.NotLinked, MarketplaceFacts.NotLinked, CardFacts.NotLinked);
}

/// <param name="HasAccount">The buyer's account is linked and active.</param>
/// <param name="IdentityVerified">WorldFirst has verified who the buyer is.</param>
/// <param name="MarketplaceLinked">The buyer's 1688 id is linked to the account.</param>
/// <param name="Balances">Available money, one entry per held currency; what is frozen does not count.</param>
public sealed record WorldFirstFacts(bool HasAccount, bool IdentityVerified, bool MarketplaceLinked, IReadOnlyList<Money> Balances)
{
    public static WorldFirstFacts NotLinked { get; } = new(false, false, false, []);
}

/// <param name="HasAccount">The buyer's account is linked and active.</param>
/// <param name="IdentityVerified">Alipay has verified who the buyer is.</param>
/// <param name="HasMainlandBankAccount">The buyer holds a bank account in mainland China.</param>
/// <param name="BankLinked">That bank account is linked to Alipay, which then funds any amount.</param>
/// <param name="Balance">Available money in Alipay, CNY.</param>
public sealed record AlipayFacts(bool HasAccount, bool IdentityVerified, bool HasMainlandBankAccount, bool BankLinked, Money Balance)
{
    public static AlipayFacts NotLinked { get; } = new(false, false, false, false, Money.Zero(Currency.Cny));
}

/// <param name="HasAccount">The buyer's 1688 account is linked and enabled.</param>
/// <param name="IdentityVerified">1688 has verified who the buyer is.</param>
/// <param name="EnteredWithAlipay">The buyer logs in to 1688 with Alipay.</param>
public sealed record MarketplaceFacts(bool HasAccount, bool IdentityVerified, bool EnteredWithAlipay)
{
    public static MarketplaceFacts NotLinked { get; } = new(false, false, false);
}

/// <param name="Linked">A card is linked to the buyer.</param>
/// <param name="Scheme">Its scheme as the acquirer names it (<c>visa</c>, <c>mastercard</c>, <c>amex</c> …); null when there is no card.</param>
public sealed record CardFacts(bool Linked, string? Scheme)
{
    public static CardFacts NotLinked { get; } = new(false, null);
}
