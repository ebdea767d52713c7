using System.Globalization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>
/// Rates that somebody set: <c>Rates:Table:AsOf</c> (RFC 3339) and <c>Rates:Table:Mid:USD</c> = CNY per dollar, and so on. For tests, and for
/// whoever prices by a treasury's own table.
/// </summary>
internal sealed class RateTableFeed : IRateFeed
{
    public const string Section = "Rates:Table";

    private readonly FeedAnswer answer;

    /// <exception cref="InvalidOperationException">An entry is no rate that can be used.</exception>
    public RateTableFeed(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var asOf = Http.Rfc3339.Parse(section["AsOf"]) ?? throw new InvalidOperationException($"Set {Section}:AsOf to the time of the rates, like 2026-04-13T15:00:00Z.");
        answer = new FeedAnswer.Rates([.. section.GetSection("Mid").GetChildren().Select(entry => new FeedRate(Source, CurrencyOf(entry), MidOf(entry), asOf))], FeedMark.None);
    }

    public string Source => "table";

    public TimeSpan? Interval => null;

    public Task<FeedAnswer> ReadAsync(FeedMark known, CancellationToken cancellationToken) => Task.FromResult(answer);

    private static Currency CurrencyOf(IConfigurationSection entry) =>
        Currency.TryParse(entry.Key, out var currency) && currency != Currency.Cny && currency != Currency.Cnh
            ? currency
            : throw new InvalidOperationException($"{entry.Path} must be named by a currency other than CNY and CNH.");

    // As wide as what WorldFirst's prices are held to, and never more digits than a rate carries.
    private static decimal MidOf(IConfigurationSection entry) =>
        decimal.TryParse(entry.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var mid) && mid is >= 0.000000001m and <= 1_000_000_000m
            && ExactMath.Fraction(mid) is var (numerator, denominator) && ExactMath.RateHalfEven(numerator, denominator) == mid
            ? mid
            : throw new InvalidOperationException($"{entry.Path} must be CNY per unit, a decimal of at most ten significant digits.");
}
