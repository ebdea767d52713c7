using System.Text.Json;
using PaymentOrchestrator.FaultTests.Checking;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>A quote as its client sees it.</summary>
internal static class QuoteReader
{
    // Decimals by ISO 4217, of the currencies that are used here.
    private static int Exponent(string currency) => currency is "JPY" or "KRW" or "ISK" ? 0 : 2;

    public static SeenQuote Read(Reply reply)
    {
        var quote = reply.Json;
        var rate = quote.GetProperty("exchange_rate");
        var converted = rate.ValueKind == JsonValueKind.Object;
        var currency = quote.GetProperty("total").GetProperty("currency").GetString()!;
        JsonElement? fee = quote.GetProperty("fees") is { ValueKind: JsonValueKind.Array } fees && fees.GetArrayLength() > 0 ? fees[0] : null;
        return new SeenQuote(
            reply.Id!, Value(quote, "order_amount"), currency, Exponent(currency),
            converted ? rate.GetProperty("mid").GetString() : null, converted ? rate.GetProperty("customer").GetString() : null, Value(quote, "source_amount"),
            converted ? Value(rate, "markup_amount") : null, fee?.GetProperty("basis").GetProperty("percentage").GetString(), fee is { } line ? Value(line, "amount") : 0, Value(quote, "total"));
    }

    private static long Value(JsonElement holder, string name) => holder.GetProperty(name).GetProperty("value").GetInt64();
}
