namespace PaymentOrchestrator.Sandbox.Rates;

/// <summary>Decimals of a currency after ISO 4217; CNH counts like CNY.</summary>
internal static class MinorUnits
{
    public static int Decimals(string currency) => currency is "JPY" or "KRW" or "ISK" ? 0 : 2;

    /// <summary>Minor units in one unit of the currency.</summary>
    public static decimal Scale(string currency) => Decimals(currency) == 0 ? 1m : 100m;
}
