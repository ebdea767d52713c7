using System.Globalization;
using System.Numerics;
using System.Text;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>
/// Every day and currency of 260 days of the ECB's published rates (data/eurofxref-hist-last260.csv, from the European Central Bank's
/// eurofxref-hist), each priced with either side fixed. What is expected is computed here, in whole numbers and in an order of steps of its own:
/// nothing of the code under test, and no fraction type that it could share.
/// </summary>
public sealed class EcbHistoryTests
{
    // A minor unit, amounts around the worked example, and one that is large in every currency.
    private static readonly long[] Amounts = [1, 99, 1_000_00, 12_345_67, 987_654_321_09];

    private static readonly (FeeRule Rule, int Bps, int Percent)[] Rules =
    [
        (new FeeRule(PaymentMethod.WorldPay, null, 40, null), 40, 0),
        (new FeeRule(PaymentMethod.Card, null, 0, new FeeTerms("card_fee", 3m)), 0, 3),
        (new FeeRule(PaymentMethod.WorldFirstBalance, null, 9_999, new FeeTerms("fee", 100m)), 9_999, 100),
    ];

    [Fact]
    public void Every_day_and_currency_and_either_side_agree_with_whole_number_arithmetic_to_the_minor_unit()
    {
        var (days, rates, compared, differences) = (0, 0, 0L, new List<string>());
        foreach (var (day, table) in History())
        {
            days++;
            var file = Read(day, table);
            var cny = Digits(table["CNY"]);
            foreach (var (code, text) in table.Where(pair => pair.Key != "CNY").Append(KeyValuePair.Create("EUR", "1")))
            {
                rates++;
                var currency = Currency.Parse(code);
                var units = Digits(text);
                // mid = cny ÷ units, to ten digits, half to even, as digits over a power of ten.
                var mid = TenDigits(cny.Digits * BigInteger.Pow(10, units.Places), units.Digits * BigInteger.Pow(10, cny.Places), halfEven: true);
                var rate = new MidRate(file.MidAgainstCny(currency)!, "ecb", ReferenceRates.Published, Stale: false);
                Compare($"{day} {code} mid", mid.Digits * BigInteger.Pow(10, 28 - mid.Places), Scaled(rate.Rate.Value));
                foreach (var (rule, bps, percent) in Rules)
                {
                    var customer = TenDigits(mid.Digits * (10_000 - bps), BigInteger.Pow(10, mid.Places) * 10_000, halfEven: false);
                    foreach (var amount in Amounts)
                    {
                        OrderFixed(day, code, rate, rule, mid, customer, percent, amount);
                        SourceFixed(day, code, rate, rule, customer, percent, amount);
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{days} days, {rates} rates, {compared} figures compared, {differences.Count} differences");
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(20)));
        Assert.Equal((260, 260 * 29), (days, rates));
        Assert.True(compared > 900_000);

        void OrderFixed(string day, string code, MidRate rate, FeeRule rule, (BigInteger Digits, int Places) mid, (BigInteger Digits, int Places) customer, int percent, long order)
        {
            var perUnit = PerUnit(code);
            var source = Up(order * perUnit * BigInteger.Pow(10, customer.Places), customer.Digits * 100);
            var atMid = Up(order * perUnit * BigInteger.Pow(10, mid.Places), mid.Digits * 100);
            var what = $"{day} {code} {rule.Method} order {order}";
            var result = QuoteEngine.ForOrder(new Money(Currency.Cny, order), rate.Rate.Base, rate, rule);
            Judge(what, result, source, HalfUp(source * percent, 100), price =>
            {
                Compare(what + " customer", customer.Digits * BigInteger.Pow(10, 28 - customer.Places), Scaled(price.Customer!.Value));
                Compare(what + " source", source, price.Source.Value);
                Compare(what + " markup", source - atMid, price.Markup.Value);
            });
        }

        void SourceFixed(string day, string code, MidRate rate, FeeRule rule, (BigInteger Digits, int Places) customer, int percent, long source)
        {
            var order = source * customer.Digits * 100 / (BigInteger.Pow(10, customer.Places) * PerUnit(code));
            var what = $"{day} {code} {rule.Method} source {source}";
            var result = QuoteEngine.ForSource(new Money(rate.Rate.Base, source), rate, rule);
            Judge(what, result, source, HalfUp((BigInteger)source * percent, 100), price => Compare(what + " order", order, price.Order.Value));
        }

        void Judge(string what, PriceResult result, BigInteger source, BigInteger fee, Action<Price> compare)
        {
            if (source + fee > 9_007_199_254_740_991)
            {
                Compare(what + " too large", 1, result is PriceResult.TooLarge ? 1 : 0);
                return;
            }

            if (result is not PriceResult.Priced(var price))
            {
                differences.Add($"{what}: no price");
                return;
            }

            compare(price);
            Compare(what + " fee", fee, price.Fee.Value);
            Compare(what + " total", source + fee, price.Total.Value);
        }

        void Compare(string what, BigInteger expected, BigInteger actual)
        {
            compared++;
            if (expected != actual) differences.Add($"{what}: expected {expected}, got {actual}");
        }
    }

    [Fact]
    public void No_day_of_the_history_would_be_held_back_as_an_outlier()
    {
        var days = History().OrderBy(one => one.Day, StringComparer.Ordinal).Select(one => Read(one.Day, one.Table)).ToList();
        var most = days.Zip(days.Skip(1)).SelectMany(pair => pair.Second.UnitsPerEuro.Keys.Select(currency =>
            Math.Abs((pair.Second.MidAgainstCny(currency)!.Value / pair.First.MidAgainstCny(currency)!.Value) - 1m))).Max();

        TestContext.Current.TestOutputHelper!.WriteLine($"largest move of one day: {most:P2}");
        Assert.InRange(most, 0.001m, 0.1m);
    }

    private static IEnumerable<(string Day, Dictionary<string, string> Table)> History()
    {
        using var stream = typeof(EcbHistoryTests).Assembly.GetManifestResourceStream("eurofxref-hist-last260.csv")!;
        using var reader = new StreamReader(stream);
        var codes = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var cells = line.Split(',');
            // Currencies that the euro has replaced, or that the bank suspended, are N/A.
            yield return (cells[0], Enumerable.Range(1, codes.Length - 1).Where(i => codes[i].Length == 3 && cells[i] is not ("N/A" or "") && Currency.TryParse(codes[i], out _))
                .ToDictionary(i => codes[i], i => cells[i]));
        }
    }

    private static EcbDailyFile Read(string day, Dictionary<string, string> table)
    {
        var cubes = string.Concat(table.Select(pair => $"<Cube currency='{pair.Key}' rate='{pair.Value}'/>"));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>"
            + $"<Cube><Cube time='{day}'>{cubes}</Cube></Cube></gesmes:Envelope>"));
        return EcbDailyFile.Read(stream);
    }

    private static (BigInteger Digits, int Places) Digits(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return (BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), point < 0 ? 0 : text.Length - point - 1);
    }

    /// <summary>The decimal at 28 places, from its text.</summary>
    private static BigInteger Scaled(decimal value)
    {
        var (digits, places) = Digits(value.ToString(CultureInfo.InvariantCulture));
        return digits * BigInteger.Pow(10, 28 - places);
    }

    /// <summary>By long division: twenty digits more than needed, then the cut.</summary>
    private static (BigInteger Digits, int Places) TenDigits(BigInteger numerator, BigInteger denominator, bool halfEven)
    {
        const int places = 40;
        var quotient = BigInteger.DivRem(numerator * BigInteger.Pow(10, places), denominator, out var rest);
        var surplus = quotient.ToString(CultureInfo.InvariantCulture).Length - 10;
        var cut = BigInteger.Pow(10, surplus);
        var kept = BigInteger.DivRem(quotient, cut, out var tail);
        if (halfEven)
        {
            var half = cut / 2;
            if (tail > half || (tail == half && (!rest.IsZero || !kept.IsEven))) kept++;
        }

        return (kept, places - surplus);
    }

    private static BigInteger Up(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        return rest.IsZero ? quotient : quotient + 1;
    }

    private static BigInteger HalfUp(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        return rest * 2 >= denominator ? quotient + 1 : quotient;
    }

    private static int PerUnit(string code) => code is "JPY" or "KRW" or "ISK" ? 1 : 100;
}
