using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>What one provider said of the buyer, as the verdicts were made from it.</summary>
public sealed record ProviderFacts
{
    public required LinkProvider Provider { get; init; }

    /// <summary><c>answered</c>, <c>no_answer</c> (in time: its requirements are unknown), or <c>not_linked</c> (there was nothing to ask).</summary>
    public required string Status { get; init; }

    /// <summary>When the provider was asked; null where it was not, or did not answer.</summary>
    public required DateTimeOffset? AsOf { get; init; }

    /// <summary>How old the facts were when they were used, in milliseconds; null where there are none.</summary>
    public required long? AgeMs { get; init; }

    /// <summary>The provider was not asked for this answer: what it had said shortly before was taken.</summary>
    public required bool Cached { get; init; }

    /// <summary>By requirement code.</summary>
    public required IReadOnlyDictionary<string, bool> Facts { get; init; }

    /// <summary>Available money, by currency code.</summary>
    public required IReadOnlyList<Amount> Balances { get; init; }

    /// <summary>The card's scheme, as the acquirer names it.</summary>
    public required string? CardScheme { get; init; }

    internal static IReadOnlyList<ProviderFacts> Of(BuyerReading reading, DateTimeOffset now) =>
    [
        .. new[]
        {
            Of(LinkProvider.WorldFirst, reading.WorldFirst, now, facts =>
            [
                (RequirementCode.WorldFirstAccount, facts.HasAccount), (RequirementCode.WorldFirstIdentity, facts.IdentityVerified),
                (RequirementCode.WorldFirstMarketplaceLink, facts.MarketplaceLinked),
            ], facts => facts.Balances),
            Of(LinkProvider.Alipay, reading.Alipay, now, facts =>
            [
                (RequirementCode.AlipayAccount, facts.HasAccount), (RequirementCode.AlipayIdentity, facts.IdentityVerified),
                (RequirementCode.AlipayMainlandBankAccount, facts.HasMainlandBankAccount), (RequirementCode.AlipayFunding, facts.BankLinked),
            ], facts => [facts.Balance]),
            Of(LinkProvider.Marketplace1688, reading.Marketplace, now, facts =>
            [
                (RequirementCode.MarketplaceAccount, facts.HasAccount), (RequirementCode.MarketplaceIdentity, facts.IdentityVerified),
                (RequirementCode.MarketplaceAlipayLogin, facts.EnteredWithAlipay),
            ], _ => []),
            Of(LinkProvider.Card, reading.Card, now, facts => [(RequirementCode.CardLinked, facts.Linked)], _ => [], facts => facts.Scheme),
        }.OfType<ProviderFacts>(),
    ];

    private static ProviderFacts? Of<T>(
        LinkProvider provider, FactsReading<T>? reading, DateTimeOffset now, Func<T, (RequirementCode Code, bool Value)[]> facts, Func<T, IReadOnlyList<Money>> balances,
        Func<T, string?>? scheme = null)
        where T : class
    {
        if (reading is null) return null;
        // What we say of an account that is not there is not the provider's word.
        var said = reading.Linked ? reading.Facts : null;
        return new ProviderFacts
        {
            Provider = provider,
            Status = !reading.Linked ? "not_linked" : said is null ? "no_answer" : "answered",
            AsOf = reading.AsOf,
            AgeMs = reading.AsOf is { } asOf ? Math.Max(0, (long)(now - asOf).TotalMilliseconds) : null,
            Cached = reading.Cached,
            Facts = said is null ? new Dictionary<string, bool>() : facts(said).ToDictionary(fact => fact.Code.Text(), fact => fact.Value),
            Balances = said is null ? [] : [.. balances(said).OrderBy(money => money.Currency.Code, StringComparer.Ordinal).Select(money => (Amount)money)],
            CardScheme = said is null ? null : scheme?.Invoke(said),
        };
    }
}
