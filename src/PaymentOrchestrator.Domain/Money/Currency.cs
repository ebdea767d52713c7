using System.Diagnostics.CodeAnalysis;

namespace PaymentOrchestrator.Domain;

/// <summary>
/// A currency with its ISO 4217 minor unit, plus CNH (offshore renminbi), which ISO does not list and wallets hold as a code of its own.
/// Two currencies are the same when they are the same object: every code exists once.
/// </summary>
public sealed class Currency
{
    private static readonly Dictionary<string, Currency> ByCode = Build();

    private Currency(string code, int minorUnits)
    {
        Code = code;
        MinorUnits = minorUnits;
        MinorUnitsPerUnit = minorUnits switch { 0 => 1, 2 => 100, 3 => 1000, _ => throw new ArgumentOutOfRangeException(nameof(minorUnits)) };
    }

    /// <summary>Three capital letters.</summary>
    public string Code { get; }

    /// <summary>Decimals of the smallest unit: 0, 2 or 3.</summary>
    public int MinorUnits { get; }

    /// <summary>1, 100 or 1000.</summary>
    public int MinorUnitsPerUnit { get; }

    public static Currency Cny { get; } = Parse("CNY");

    /// <summary>Offshore renminbi as WorldFirst's wallets hold it; settles 1:1 against CNY, and its mid rate is CNY's.</summary>
    public static Currency Cnh { get; } = Parse("CNH");

    public static Currency Eur { get; } = Parse("EUR");

    public static Currency Usd { get; } = Parse("USD");

    public static IReadOnlyCollection<Currency> All => ByCode.Values;

    /// <exception cref="FormatException">The code is not an active ISO 4217 currency nor CNH. Codes are case-sensitive.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new FormatException($"'{code}' is not a currency code.");

    public static bool TryParse(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is not null && ByCode.TryGetValue(code, out currency);
    }

    public override string ToString() => Code;

    private static Dictionary<string, Currency> Build()
    {
        const string none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
        const string three = "BHD IQD JOD KWD LYD OMR TND";
        const string two =
            "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD " +
            "EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL " +
            "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR " +
            "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG CNH";
        return new[] { (none, 0), (two, 2), (three, 3) }
            .SelectMany(group => group.Item1.Split(' ').Select(code => new Currency(code, group.Item2)))
            .ToDictionary(currency => currency.Code, StringComparer.Ordinal);
    }
}
