using System.Globalization;
using System.Xml.Linq;

namespace PaymentOrchestrator.Sandbox.Rates;

/// <summary>The embedded ECB reference rates: units of a currency for one euro, and the CNY mids that follow from them.</summary>
internal sealed class EcbRates
{
    private readonly Dictionary<string, decimal> _perEuro;

    private EcbRates(Dictionary<string, decimal> perEuro) => _perEuro = perEuro;

    /// <summary>EUR and all currencies of the file, CNY among them.</summary>
    public IReadOnlyCollection<string> Currencies => _perEuro.Keys;

    /// <summary>What a WorldFirst wallet may hold: CNY exists there only as CNH.</summary>
    public bool IsWalletCurrency(string currency) => currency == "CNH" || (currency != "CNY" && _perEuro.ContainsKey(currency));

    /// <summary>Units of the currency for one euro.</summary>
    public decimal PerEuro(string currency) => _perEuro[currency];

    /// <summary>CNY for one unit of the currency, 10 significant digits, half to even.</summary>
    public decimal MidCny(string currency) => RoundToSignificant(_perEuro["CNY"] / _perEuro[currency], 10);

    public static EcbRates Load()
    {
        using var stream = typeof(EcbRates).Assembly.GetManifestResourceStream("eurofxref-daily.xml")
            ?? throw new InvalidOperationException("The rates are not embedded.");
        XNamespace ecb = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref";
        var perEuro = XDocument.Load(stream).Descendants(ecb + "Cube")
            .Where(cube => cube.Attribute("currency") is not null)
            // AllowDecimalPoint alone: a file with decimal commas must fail instead of being read as thousands.
            .ToDictionary(
                cube => (string)cube.Attribute("currency")!,
                cube => decimal.Parse((string)cube.Attribute("rate")!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
        perEuro["EUR"] = 1m;
        return new EcbRates(perEuro);
    }

    public static decimal RoundToSignificant(decimal value, int digits)
    {
        var wholeDigits = 0;
        for (var rest = value; rest >= 1m; rest /= 10m)
            wholeDigits++;
        var leadingZeros = 0;
        for (var rest = value; rest < 0.1m; rest *= 10m)
            leadingZeros++;
        return Math.Round(value, digits - wholeDigits + leadingZeros, MidpointRounding.ToEven);
    }
}
