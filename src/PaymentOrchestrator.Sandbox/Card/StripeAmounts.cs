using PaymentOrchestrator.Sandbox.Rates;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Stripe's minor units: ISO 4217's, but for ISK, which it counts in hundredths of a króna that don't exist.</summary>
internal static class StripeAmounts
{
    private const long MinimumCents = 50;

    /// <summary>The smallest charges that Stripe publishes, in its minor units.</summary>
    private static readonly Dictionary<string, long> Minimums = new(StringComparer.Ordinal)
    {
        ["usd"] = 50,
        ["aed"] = 200,
        ["aud"] = 50,
        ["bgn"] = 100,
        ["brl"] = 50,
        ["cad"] = 50,
        ["chf"] = 50,
        ["czk"] = 1500,
        ["dkk"] = 250,
        ["eur"] = 50,
        ["gbp"] = 30,
        ["hkd"] = 400,
        ["huf"] = 17500,
        ["inr"] = 50,
        ["jpy"] = 50,
        ["mxn"] = 1000,
        ["myr"] = 200,
        ["nok"] = 300,
        ["nzd"] = 50,
        ["pln"] = 200,
        ["ron"] = 200,
        ["sek"] = 300,
        ["sgd"] = 50,
        ["thb"] = 1000,
    };

    public static long ToIso(string currency, long amount) => IsInHundredths(currency) ? amount / 100 : amount;

    /// <summary>What can be an amount at all.</summary>
    public static void Check(string currency, long amount, string param)
    {
        if (amount <= 0)
            throw StripeErrorException.Invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer");
        if (amount > 999_999_999_999)
            throw StripeErrorException.Invalid("Amount must be no more than 999999999999.", param, "amount_too_large");
        if (IsInHundredths(currency) && amount % 100 != 0)
            throw StripeErrorException.Invalid("ISK has no decimals: the amount must be divisible by 100.", param);
    }

    /// <summary>
    /// What can be charged. For a currency without a published minimum Stripe converts to the account's own, which is in dollars here.
    /// </summary>
    public static void CheckCharge(string currency, long amount, EcbRates rates)
    {
        Check(currency, amount, "amount");
        if (Minimum(currency, rates) is var minimum && amount < minimum)
            throw StripeErrorException.Invalid($"Amount must be at least {minimum} in the smallest unit of {currency}.", "amount", "amount_too_small");
    }

    private static long Minimum(string currency, EcbRates rates)
    {
        if (Minimums.TryGetValue(currency, out var published))
            return published;
        var iso = currency.ToUpperInvariant();
        var units = rates.PerEuro(iso) / rates.PerEuro("USD") * MinimumCents / 100;
        // In whole krónur, since Stripe takes no parts of one.
        return IsInHundredths(currency) ? (long)Math.Ceiling(units) * 100 : (long)Math.Ceiling(units * MinorUnits.Scale(iso));
    }

    private static bool IsInHundredths(string currency) => string.Equals(currency, "isk", StringComparison.OrdinalIgnoreCase);
}
