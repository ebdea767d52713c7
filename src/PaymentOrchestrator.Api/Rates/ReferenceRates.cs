using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>The reference rates in force: the ECB's daily file, from <c>Rates:Ecb:File</c> or, by default, the embedded one of 2026-04-13.</summary>
internal sealed class ReferenceRates : IRateSource
{
    private const string Embedded = "eurofxref-daily-2026-04-13.xml";

    // The ECB publishes at about 16:00 Central European Time.
    private static readonly TimeOnly PublishedAt = new(15, 0);

    private readonly TimeProvider clock;
    private readonly TimeSpan maxAge;
    private readonly EcbDailyFile file;

    public ReferenceRates(IConfiguration configuration, TimeProvider clock)
    {
        this.clock = clock;
        maxAge = configuration.GetValue<TimeSpan?>("Rates:MaxAge") ?? TimeSpan.FromDays(6);
        var path = configuration["Rates:Ecb:File"];
        using var stream = path is null
            ? typeof(ReferenceRates).Assembly.GetManifestResourceStream(Embedded)!
            : File.OpenRead(path);
        file = EcbDailyFile.Read(stream);
    }

    /// <summary>When the source fixed the rates.</summary>
    public DateTimeOffset AsOf => new(file.Date.ToDateTime(PublishedAt), TimeSpan.Zero);

    /// <summary>Older than <c>Rates:MaxAge</c> (default 6 days: longer than any holiday gap).</summary>
    public bool Stale => clock.Now() - AsOf > maxAge;

    /// <summary>Every currency with a rate against CNY, CNY itself left out.</summary>
    public IEnumerable<Currency> Currencies =>
        file.UnitsPerEuro.Keys.Where(currency => currency != Currency.Cny).OrderBy(currency => currency.Code, StringComparer.Ordinal);

    /// <summary>CNY per unit; for CNH, which the ECB does not fix and which settles 1:1, par. Null where there is none.</summary>
    public MidRate? Mid(Currency source)
    {
        if (source == Currency.Cnh) return new MidRate(new ExchangeRate(source, Currency.Cny, 1m), "par", AsOf, false);
        return source == Currency.Cny || file.MidAgainstCny(source) is not { } rate ? null : new MidRate(rate, "ecb", AsOf, Stale);
    }

    public Task<ProviderAnswer<MidRate>> MidAsync(Currency source, Money order, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderAnswer<MidRate>>(Mid(source) is { } mid
            ? new ProviderAnswer<MidRate>.Ok(mid)
            : new ProviderAnswer<MidRate>.Refused(FailureCode.CurrencyNotSupported, $"There is no rate for {source} against CNY."));
}
