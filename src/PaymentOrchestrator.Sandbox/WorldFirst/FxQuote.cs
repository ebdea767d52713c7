using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>A guaranteed price: CNH for one unit of the sold currency. Values in minor units.</summary>
internal sealed record FxQuote(string QuoteId, string SellCurrency, long SellValue, long BuyValue, decimal Price, DateTime ExpiresAt)
{
    /// <summary>
    /// What must be sold to get the bought amount, rounded up. Exact in decimal: with 16 digits of amount and 10 of price,
    /// a quotient that is no whole number lies further from one than decimal's 28 digits can blur.
    /// </summary>
    public static decimal SellFor(string currency, long buyValue, decimal price) =>
        Math.Ceiling(buyValue * MinorUnits.Scale(currency) / (price * 100m));

    /// <summary>What a sold amount buys, rounded down.</summary>
    public static decimal BuyFor(string currency, long sellValue, decimal price) =>
        Math.Floor(sellValue * price * 100m / MinorUnits.Scale(currency));
}

internal static class FxQuoteStore
{
    public static Task Add(Tx tx, FxQuote quote) => tx.Execute(
        """
        insert into fx_quotes (quote_id, sell_currency, sell_value, buy_value, price, expires_at)
        values (@QuoteId, @SellCurrency, @SellValue, @BuyValue, @Price, @ExpiresAt)
        """, quote);

    public static Task<FxQuote?> Find(Tx tx, string quoteId) => tx.Find<FxQuote>(
        """
        select quote_id as quoteid, sell_currency as sellcurrency, sell_value as sellvalue, buy_value as buyvalue, price,
               expires_at as expiresat
        from fx_quotes where quote_id = @quoteId
        """, new { quoteId });
}
