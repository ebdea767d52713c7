using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>
/// Stripe's minor units. They are ISO 4217's but for two currencies without decimals that Stripe counts in hundredths all the same,
/// always whole: ISK and UGX.
/// </summary>
internal static class StripeAmounts
{
    private const int Hundredths = 100;

    public static (string Currency, long Amount) ToStripe(Money money) =>
        (money.Currency.Code.ToLowerInvariant(), CountsInHundredths(money.Currency) ? checked(money.Value * Hundredths) : money.Value);

    /// <summary>False for a currency that we do not know and for hundredths where the currency has none.</summary>
    public static bool TryFromStripe(string? currencyCode, long amount, out Money money)
    {
        money = default;
        if (amount < 0 || !Currency.TryParse(currencyCode?.ToUpperInvariant(), out var currency)) return false;
        if (CountsInHundredths(currency))
        {
            if (amount % Hundredths != 0) return false;
            amount /= Hundredths;
        }

        money = new Money(currency, amount);
        return true;
    }

    private static bool CountsInHundredths(Currency currency) => currency.Code is "ISK" or "UGX";
}
