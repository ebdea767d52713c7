namespace PaymentOrchestrator.Domain;

/// <summary>A mid rate with where it is from: a central bank's reference rate, or a price that a provider guaranteed.</summary>
/// <param name="Rate">CNY (as counter) per one unit of the source currency.</param>
/// <param name="Source"><c>ecb</c>, <c>table</c> (configured rates), <c>worldfirst</c> or <c>par</c> (CNH, which settles 1:1).</param>
/// <param name="AsOf">When the source fixed it.</param>
/// <param name="Stale">Older than the configured age when it was used.</param>
/// <param name="ProviderQuoteId">The provider's own quote, where the provider guarantees the price.</param>
/// <param name="GuaranteedUntil">The end of that guarantee.</param>
/// <param name="RateId">The rate as it is stored, where it is one that several quotes share.</param>
public sealed record MidRate(
    ExchangeRate Rate, string Source, DateTimeOffset AsOf, bool Stale, string? ProviderQuoteId = null, DateTimeOffset? GuaranteedUntil = null,
    Guid? RateId = null);
