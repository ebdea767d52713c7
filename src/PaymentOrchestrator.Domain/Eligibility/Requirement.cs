namespace PaymentOrchestrator.Domain;

/// <summary>The conditions that methods are made of.</summary>
public enum RequirementCode
{
    WorldFirstAccount,
    WorldFirstIdentity,
    WorldFirstBalance,
    WorldFirstMarketplaceLink,
    AlipayAccount,
    AlipayIdentity,
    AlipayMainlandBankAccount,
    AlipayFunding,
    MarketplaceAccount,
    MarketplaceIdentity,
    MarketplaceAlipayLogin,
    CardLinked,
    CardScheme,
    NetworkOutsideMainlandChina,
    OrderMinimumAmount,
}

public enum RequirementStatus
{
    Met,
    Unmet,

    /// <summary>The provider did not answer, or the address was not given.</summary>
    Unknown,
}

/// <summary>A value that a requirement saw or asks for: a word or an amount of money, exactly one of the two.</summary>
public sealed record Observation(string? Word, Money? Amount)
{
    public static implicit operator Observation(string word) => new(word, null);

    public static implicit operator Observation(Money amount) => new(null, amount);

    public static Observation FromString(string word) => word;

    public static Observation FromMoney(Money amount) => amount;
}

/// <summary>One condition of a method, with its verdict.</summary>
/// <param name="Code">Which condition.</param>
/// <param name="Status">The verdict.</param>
/// <param name="Observed">What was seen; null where nothing could be seen.</param>
/// <param name="Required">What is asked for.</param>
/// <param name="Remediation">What would meet it; null when it is met.</param>
public sealed record Requirement(RequirementCode Code, RequirementStatus Status, Observation? Observed, Observation Required, Remediation? Remediation);

/// <summary>What the buyer can do to meet a requirement.</summary>
/// <param name="Action">A stable code, see <see cref="RemediationAction"/>.</param>
/// <param name="Text">The name of the sentence that says it: the requirement's code, or what sets the case apart. Sentences are not decided here.</param>
/// <param name="Amount">For topping up or enlarging the order: by how much.</param>
public sealed record Remediation(string Action, string Text, Money? Amount = null);

/// <summary>A method's verdict: open only if every requirement is met.</summary>
public sealed record MethodVerdict(PaymentMethod Method, IReadOnlyList<Requirement> Requirements)
{
    public bool Eligible => Requirements.All(requirement => requirement.Status == RequirementStatus.Met);

    /// <summary>A provider did not answer; asking again may say something else.</summary>
    public bool HasUnknownFact => Requirements.Any(requirement =>
        requirement.Status == RequirementStatus.Unknown && requirement.Code != RequirementCode.NetworkOutsideMainlandChina);
}
