namespace PaymentOrchestrator.Domain;

/// <summary>What a verdict is made from. Totals are what would leave the buyer, by currency, for the methods that a WorldFirst balance funds.</summary>
/// <param name="Order">CNY, positive.</param>
/// <param name="Facts">The buyer's accounts, as their providers say.</param>
/// <param name="Network">Where the buyer comes from.</param>
/// <param name="WorldFirstTotal">
/// What the order would take from a WorldFirst balance in a currency by a method; null where it cannot be priced in it.
/// </param>
/// <param name="OnlyCurrency">Where the caller has chosen the currency: the one whose balance counts. Null: any.</param>
public sealed record EligibilityQuestion(
    Money Order, BuyerFacts Facts, NetworkFacts Network, Func<PaymentMethod, Currency, Money?> WorldFirstTotal, Currency? OnlyCurrency = null);

/// <summary>Decides which methods are open, why the others are not, and what would open them. Pure.</summary>
public static class EligibilityRules
{
    /// <summary>
    /// Named in stored answers, so that an old answer can be told from a newer rule. Raise it with every change of what the rules decide or advise: a
    /// test holds the whole truth table against the digest that belongs to this name.
    /// </summary>
    public const string Version = "2026-04-13";

    /// <summary>The smallest order that WorldFirst Balance pays: CNY 1,000.00, itself included.</summary>
    public static Money WorldFirstBalanceMinimum { get; } = new(Currency.Cny, 100_000);

    private static readonly HashSet<string> Schemes = new(StringComparer.Ordinal) { "visa", "mastercard" };

    /// <summary>Every requirement of the method, each with its verdict.</summary>
    public static MethodVerdict Evaluate(PaymentMethod method, EligibilityQuestion question) =>
        new(method, [.. RequirementCodes.Of(method).Select(code => Judge(code, method, question))]);

    /// <summary>Whether cards of this scheme are accepted. The name is the acquirer's, in lower case.</summary>
    public static bool IsAcceptedScheme(string? scheme) => scheme is not null && Schemes.Contains(scheme);

    private static Requirement Judge(RequirementCode code, PaymentMethod method, EligibilityQuestion question)
    {
        var (worldFirst, alipay, marketplace, card) = question.Facts;
        return code switch
        {
            RequirementCode.WorldFirstAccount => Fact(code, worldFirst?.HasAccount, "linked", "not_linked"),
            RequirementCode.WorldFirstIdentity => Fact(code, worldFirst?.IdentityVerified, "verified", "not_verified"),
            RequirementCode.WorldFirstMarketplaceLink => Fact(code, worldFirst?.MarketplaceLinked, "linked", "not_linked"),
            RequirementCode.WorldFirstBalance => WorldFirstBalance.Judge(method, question),
            RequirementCode.AlipayAccount => Fact(code, alipay?.HasAccount, "linked", "not_linked"),
            RequirementCode.AlipayIdentity => Fact(code, alipay?.IdentityVerified, "verified", "not_verified"),
            RequirementCode.AlipayMainlandBankAccount => Fact(code, alipay?.HasMainlandBankAccount, "held", "not_held"),
            RequirementCode.AlipayFunding => AlipayFunding(alipay, question.Order),
            RequirementCode.MarketplaceAccount => Fact(code, marketplace?.HasAccount, "linked", "not_linked"),
            RequirementCode.MarketplaceIdentity => Fact(code, marketplace?.IdentityVerified, "verified", "not_verified"),
            RequirementCode.MarketplaceAlipayLogin => Fact(code, marketplace?.EnteredWithAlipay, "alipay", "other"),
            RequirementCode.CardLinked => Fact(code, card?.Linked, "linked", "not_linked"),
            RequirementCode.CardScheme => CardScheme(card),
            RequirementCode.NetworkOutsideMainlandChina => Network(question.Network),
            RequirementCode.OrderMinimumAmount => MinimumAmount(question.Order),
            _ => throw new ArgumentOutOfRangeException(nameof(code)),
        };
    }

    private static Requirement Fact(RequirementCode code, bool? fact, string met, string unmet) => fact switch
    {
        true => new(code, RequirementStatus.Met, met, met, null),
        false => new(code, RequirementStatus.Unmet, unmet, met, RemediationAction.For(code)),
        null => new(code, RequirementStatus.Unknown, null, met, RemediationAction.AskAgain),
    };

    private static Requirement AlipayFunding(AlipayFacts? alipay, Money order)
    {
        const RequirementCode code = RequirementCode.AlipayFunding;
        if (alipay is null) return new(code, RequirementStatus.Unknown, null, order, RemediationAction.AskAgain);
        if (alipay.BankLinked) return new(code, RequirementStatus.Met, "bank_linked", order, null);
        return alipay.Balance >= order
            ? new(code, RequirementStatus.Met, alipay.Balance, order, null)
            : new(code, RequirementStatus.Unmet, alipay.Balance, order, RemediationAction.For(code) with { Amount = order - alipay.Balance });
    }

    private static Requirement CardScheme(CardFacts? card)
    {
        const RequirementCode code = RequirementCode.CardScheme;
        const string required = "visa_or_mastercard";
        if (card is null) return new(code, RequirementStatus.Unknown, null, required, RemediationAction.AskAgain);
        return IsAcceptedScheme(card.Scheme)
            ? new(code, RequirementStatus.Met, card.Scheme!, required, null)
            : new(code, RequirementStatus.Unmet, card.Scheme ?? "no_card", required, RemediationAction.For(code));
    }

    private static Requirement Network(NetworkFacts network)
    {
        const RequirementCode code = RequirementCode.NetworkOutsideMainlandChina;
        const string required = "outside_mainland_china";
        if (network.KnownOutside) return new(code, RequirementStatus.Met, network.Observed!, required, null);
        return network.Given
            ? new(code, RequirementStatus.Unmet, network.Observed!, required, new Remediation(RemediationAction.ChangeNetwork, RemediationAction.ChangeNetwork))
            : new(code, RequirementStatus.Unknown, null, required, new Remediation(RemediationAction.SendBuyerIp, RemediationAction.SendBuyerIp));
    }

    private static Requirement MinimumAmount(Money order)
    {
        const RequirementCode code = RequirementCode.OrderMinimumAmount;
        var minimum = WorldFirstBalanceMinimum;
        return order >= minimum
            ? new(code, RequirementStatus.Met, order, minimum, null)
            : new(code, RequirementStatus.Unmet, order, minimum, RemediationAction.For(code) with { Amount = minimum - order });
    }
}
