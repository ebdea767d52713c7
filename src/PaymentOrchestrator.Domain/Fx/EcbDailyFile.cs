using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace PaymentOrchestrator.Domain;

/// <summary>
/// The European Central Bank's daily reference rates (eurofxref-daily.xml): units of each currency for one euro.
/// Published around 16:00 CET on TARGET working days, for information only.
/// </summary>
/// <param name="Date">The day the rates are of.</param>
/// <param name="UnitsPerEuro">By currency; EUR itself is 1.</param>
public sealed record EcbDailyFile(DateOnly Date, IReadOnlyDictionary<Currency, decimal> UnitsPerEuro)
{
    // The published file has some 1,500 characters.
    private const int MaxCharacters = 1_000_000;
    private const int MaxDepth = 16;
    private const int MaxRateCharacters = 20;
    private const decimal MaxRate = 1_000_000_000m;
    private const decimal MaxMid = 1_000_000_000m;

    private static readonly XNamespace Feed = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref";

    /// <summary>Reads the published form. Codes that are no longer currencies are skipped.</summary>
    /// <exception cref="FormatException">
    /// Not the feed's form; not exactly one day; a rate that is not a plain positive decimal (a decimal comma among them); a currency twice; no CNY;
    /// or a rate so large or small that no two currencies of this world lie so far apart.
    /// </exception>
    public static EcbDailyFile Read(Stream stream)
    {
        var day = SingleDay(stream);
        if (!DateOnly.TryParseExact((string?)day.Attribute("time"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            throw new FormatException("The rate file's day is not of the form yyyy-MM-dd.");

        var rates = new Dictionary<Currency, decimal> { [Currency.Eur] = 1m };
        foreach (var cube in day.Elements(Feed + "Cube"))
        {
            var code = (string?)cube.Attribute("currency") ?? throw new FormatException("A rate in the rate file names no currency.");
            var rate = ParseRate(code, (string?)cube.Attribute("rate"));
            if (!Currency.TryParse(code, out var currency)) continue;
            if (!rates.TryAdd(currency, rate)) throw new FormatException($"The rate file gives {code} twice.");
        }

        if (!rates.TryGetValue(Currency.Cny, out var cny)) throw new FormatException("The rate file has no rate for CNY.");
        // Wider than any two currencies lie apart, and narrow enough for ten digits to say; each is small enough here not to overflow.
        foreach (var (currency, units) in rates)
            if (cny > units * MaxMid || units > cny * MaxMid) throw new FormatException($"The rate file's rates for {currency} and CNY cannot both be meant.");
        return new EcbDailyFile(date, rates);
    }

    /// <summary>CNY per one unit of <paramref name="source"/>, ten significant digits, half to even; null where the file has no rate for it.</summary>
    public ExchangeRate? MidAgainstCny(Currency source)
    {
        if (!UnitsPerEuro.TryGetValue(source, out var units)) return null;
        var (cny, cnyScale) = ExactMath.Fraction(UnitsPerEuro[Currency.Cny]);
        var (other, otherScale) = ExactMath.Fraction(units);
        return new ExchangeRate(source, Currency.Cny, ExactMath.RateHalfEven(cny * otherScale, cnyScale * other));
    }

    private static XElement SingleDay(Stream stream)
    {
        using var file = new MemoryStream();
        stream.CopyTo(file);
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters };
        try
        {
            RefuseDepth(file, settings);
            file.Position = 0;
            using var reader = XmlReader.Create(file, settings);
            var days = XDocument.Load(reader).Root?.Elements(Feed + "Cube").Elements(Feed + "Cube").Take(2).ToList() ?? [];
            return days.Count == 1 ? days[0] : throw new FormatException("The rate file must hold exactly one day.");
        }
        catch (XmlException e)
        {
            throw new FormatException($"The rate file is not well-formed XML, or declares what it may not: line {e.LineNumber}, position {e.LinePosition}.", e);
        }
    }

    // Of a document that ends too early, the reader lists all that is open, and takes minutes over it where that is a hundred thousand elements.
    private static void RefuseDepth(MemoryStream file, XmlReaderSettings settings)
    {
        file.Position = 0;
        using var reader = XmlReader.Create(file, settings);
        while (reader.Read())
            if (reader.Depth > MaxDepth) throw new FormatException($"The rate file is nested more than {MaxDepth} levels deep.");
    }

    private static decimal ParseRate(string code, string? text) =>
        text is { Length: <= MaxRateCharacters } && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0m and <= MaxRate
            ? rate
            : throw new FormatException($"The rate file's rate for {code} is not a positive decimal with a point, of at most {MaxRate:0}: '{(text is { Length: > MaxRateCharacters } ? text[..MaxRateCharacters] : text)}'.");
}
