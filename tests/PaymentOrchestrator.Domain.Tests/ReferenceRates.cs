namespace PaymentOrchestrator.Domain.Tests;

/// <summary>The European Central Bank's rates of 2026-04-13, as published.</summary>
internal static class ReferenceRates
{
    public static readonly DateTimeOffset Published = new(2026, 4, 13, 14, 0, 0, TimeSpan.Zero);

    public static EcbDailyFile File { get; } = Read();

    /// <summary>The feed's 29 and EUR.</summary>
    public static IReadOnlyList<Currency> Currencies { get; } =
    [
        .. ("USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR EUR")
            .Split(' ').Select(Currency.Parse),
    ];

    public static MidRate Mid(Currency source) => new(File.MidAgainstCny(source)!, "ecb", Published, Stale: false);

    /// <summary>Offshore renminbi settles one to one.</summary>
    public static MidRate Par { get; } = new(new ExchangeRate(Currency.Cnh, Currency.Cny, 1m), "par", Published, Stale: false);

    public static Stream Open() => typeof(ReferenceRates).Assembly.GetManifestResourceStream("eurofxref-daily.xml")!;

    private static EcbDailyFile Read()
    {
        using var stream = Open();
        return EcbDailyFile.Read(stream);
    }
}
