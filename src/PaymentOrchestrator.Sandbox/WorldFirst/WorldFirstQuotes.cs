using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Faults;
using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>Tradeable quotes into CNH at the ECB mid; exactly one of the two values is given.</summary>
internal sealed class WorldFirstQuotes(SandboxDb db, EcbRates rates, TimeProvider clock)
{
    /// <summary>The price of a fault: a unit sold buys this much of what it should.</summary>
    private const decimal Jump = 0.95m;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    public async Task<AntReply> CreateQuote(AntCall call)
    {
        call.OneOf("exchangeTradeType", "SPOT");
        var (sell, buy) = (call.Part("sell"), call.Part("buy"));
        var currency = sell.Text("currency");
        if (currency == "CNH" || !rates.IsWalletCurrency(currency) || buy.Text("currency") != "CNH")
            return AntReply.Fail("CURRENCY_NOT_SUPPORT", "The currency pair is not traded.");

        var price = rates.MidCny(currency);
        if (await db.InTransaction(FaultStore.TakeForQuote) is not null)
            price = EcbRates.RoundToSignificant(price * Jump, 10);
        var (sellValue, buyValue) = (sell.OptionalValue(), buy.OptionalValue()) switch
        {
            (null, { } wanted) => (FxQuote.SellFor(currency, wanted, price), wanted),
            ({ } given, null) => ((decimal)given, FxQuote.BuyFor(currency, given, price)),
            _ => throw AntRefusalException.ParamIllegal("Exactly one of sell.value and buy.value must be given."),
        };
        if (sellValue > AntAmount.MaxValue || buyValue > AntAmount.MaxValue)
            return AntReply.Fail("AMOUNT_EXCEED_LIMIT", "The other side has more than 16 digits.");
        if (buyValue == 0)
            throw AntRefusalException.ParamIllegal("The amount buys nothing.");

        var now = clock.GetUtcNow().UtcDateTime;
        var quote = new FxQuote(Ids.New("Q"), currency, (long)sellValue, (long)buyValue, price, now + Lifetime);
        await db.InTransaction(tx => FxQuoteStore.Add(tx, quote));
        return AntReply.Success(new JsonObject
        {
            ["quote"] = new JsonObject
            {
                ["quoteId"] = quote.QuoteId,
                ["quoteCurrencyPair"] = $"{currency}/CNH",
                ["quotePrice"] = price.ToString(CultureInfo.InvariantCulture),
                ["quoteStartTime"] = Time(now),
                ["quoteExpiryTime"] = Time(quote.ExpiresAt),
                ["guaranteed"] = "true",
            },
            ["sell"] = new AntAmount(currency, quote.SellValue).ToJson(),
            ["buy"] = new AntAmount("CNH", quote.BuyValue).ToJson(),
        });
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
