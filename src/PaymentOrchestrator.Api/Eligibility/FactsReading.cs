using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>What one provider says of a buyer.</summary>
/// <param name="Facts">Null where it did not answer.</param>
/// <param name="AsOf">When it was asked: what it says was true then or later. Null where it did not answer.</param>
/// <param name="Cached">Taken from memory.</param>
/// <param name="Linked">False where the buyer has no account there: then nobody was asked.</param>
internal sealed record FactsReading<T>(T? Facts, DateTimeOffset? AsOf, bool Linked = true, bool Cached = false)
    where T : class
{
    public static FactsReading<T> NoAnswer { get; } = new(null, null);
}

/// <summary>What all providers that were needed say of a buyer; null for one that was not.</summary>
internal sealed record BuyerReading(
    FactsReading<WorldFirstFacts>? WorldFirst, FactsReading<AlipayFacts>? Alipay, FactsReading<MarketplaceFacts>? Marketplace, FactsReading<CardFacts>? Card)
{
    /// <summary>For the rules. A provider that was not needed is none of the question's; its part is never looked at.</summary>
    public BuyerFacts Facts { get; } = new(
        WorldFirst is null ? WorldFirstFacts.NotLinked : WorldFirst.Facts,
        Alipay is null ? AlipayFacts.NotLinked : Alipay.Facts,
        Marketplace is null ? MarketplaceFacts.NotLinked : Marketplace.Facts,
        Card is null ? CardFacts.NotLinked : Card.Facts);
}
