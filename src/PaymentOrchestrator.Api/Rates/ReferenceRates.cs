using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>A rate in force.</summary>
internal sealed record StoredRate(Guid Id, string Source, Currency Base, decimal Mid, DateTimeOffset AsOf);

/// <summary>
/// The reference rates in force, as this instance last read them from the table. A rate that its source stopped giving, or whose successor is held
/// back, stays in force and ages. Where nothing was ever fetched there is nothing: no rate is made up.
/// </summary>
internal sealed class ReferenceRates(RateSettings settings, TimeProvider clock) : IRateSource
{
    private volatile IReadOnlyDictionary<Currency, StoredRate> book = new Dictionary<Currency, StoredRate>();

    /// <summary>No rate is known at all.</summary>
    public bool Empty => book.Count == 0;

    /// <summary>Of the newest rate; null where none is known.</summary>
    public DateTimeOffset? AsOf => book is { Count: > 0 } rates ? rates.Values.Max(rate => rate.AsOf) : null;

    /// <summary>Every currency with a rate against CNY, CNY itself left out.</summary>
    public IEnumerable<Currency> Currencies => book.Keys.OrderBy(currency => currency.Code, StringComparer.Ordinal);

    /// <summary>CNY per unit; for CNH, which no bank fixes and which settles 1:1, par. Null where there is none.</summary>
    public MidRate? Mid(Currency source)
    {
        var rates = book;
        if (source == Currency.Cnh)
            return new MidRate(new ExchangeRate(source, Currency.Cny, 1m), "par", rates.Count == 0 ? clock.GetUtcNow() : rates.Values.Max(rate => rate.AsOf), false);
        return rates.TryGetValue(source, out var stored)
            ? new MidRate(new ExchangeRate(source, Currency.Cny, stored.Mid), stored.Source, stored.AsOf, IsStale(stored.AsOf), RateId: stored.Id)
            : null;
    }

    /// <summary>Older than <c>Rates:MaxAge</c>.</summary>
    public bool IsStale(DateTimeOffset asOf) => clock.GetUtcNow() - asOf > settings.MaxAge;

    public Task<ProviderAnswer<MidRate>> MidAsync(Currency source, Money order, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderAnswer<MidRate>>(Mid(source) is { } mid
            ? new ProviderAnswer<MidRate>.Ok(mid)
            : new ProviderAnswer<MidRate>.Refused(FailureCode.CurrencyNotSupported, $"There is no rate for {source} against CNY."));

    /// <summary>Takes the place of what was in force.</summary>
    public void Replace(IReadOnlyDictionary<Currency, StoredRate> fresh) => book = fresh;
}
