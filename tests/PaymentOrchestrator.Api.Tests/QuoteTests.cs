using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using PaymentOrchestrator.Domain.Tests;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>Prices, held against numbers worked out by hand and against exact fractions.</summary>
public sealed class QuoteTests(TestSystem system)
{
    private static readonly string[] EcbCurrencies =
        "USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL CAD HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR EUR".Split(' ');

    private ApiClient Api => system.Api;

    // The ECB's rates of 2026-04-13: 1 EUR = 1.1684 USD = 7.9827 CNY = 186.75 JPY = 1740.86 KRW = 0.87058 GBP. Order: CNY 12,345.67.
    [Theory]
    [InlineData("card", "USD", "6.832163643", "6.832163643", 1_807_00, 0, 54_21, 1_861_21)]
    [InlineData("card", "JPY", "0.04274538153", "0.04274538153", 288_819, 0, 8_665, 297_484)]
    [InlineData("card", "KRW", "0.004585492228", "0.004585492228", 2_692_333, 0, 80_770, 2_773_103)]
    [InlineData("card", "EUR", "7.982700000", "7.982700000", 1_546_56, 0, 46_40, 1_592_96)]
    [InlineData("world_pay", "EUR", "7.982700000", "7.950769200", 1_552_77, 6_21, 0, 1_552_77)]
    [InlineData("world_pay", "JPY", "0.04274538153", "0.04257440000", 289_979, 1_160, 0, 289_979)]
    [InlineData("world_pay", "CNH", "1.000000000", "1.000000000", 12_345_67, 0, 0, 12_345_67)]
    [InlineData("worldfirst_balance", "GBP", "9.169404305", "9.132726687", 1_351_81, 5_41, 0, 1_351_81)]
    public async Task The_worked_examples_come_out_to_the_last_digit(string method, string currency, string mid, string customer, long source, long markup, long fee, long total)
    {
        var quote = (await Api.QuoteAsync(await Api.BuyerAsync(), method, currency)).Must(201);
        Assert.Equal((currency, "CNY", mid, customer), (quote["exchange_rate.base"], quote["exchange_rate.counter"], quote["exchange_rate.mid"], quote["exchange_rate.customer"]));
        Assert.Equal("CNY 1234567", quote.Amount("order_amount"));
        Assert.Equal(
            ($"{currency} {source}", $"{currency} {markup}", $"{currency} {total}"),
            (quote.Amount("source_amount"), quote.Amount("exchange_rate.markup_amount"), quote.Amount("total")));
        if (method == "card") Assert.Equal(("card_fee", $"{currency} {fee}", "3"), (quote["fees.0.code"], quote.Amount("fees.0.amount"), quote["fees.0.basis.percentage"]));
        else Assert.Empty(quote.At("fees").EnumerateArray());
        Assert.Equal(method == "card" ? "ecb" : currency == "CNH" ? "par" : "worldfirst", quote["exchange_rate.source"]);
        Assert.Equal(TimeSpan.FromMinutes(15), quote.Time("expires_at") - quote.Time("created_at"));
    }

    [Fact]
    public async Task Alipay_costs_the_order_and_a_fee_of_zero()
    {
        var quote = (await Api.QuoteAsync(await Api.BuyerAsync(), "alipay", "CNY")).Must(201);
        Assert.Equal(("null", "CNY 1234567", "CNY 1234567"), (quote["exchange_rate"], quote.Amount("source_amount"), quote.Amount("total")));
        Assert.Equal(("alipay_fee", "CNY 0", "zero"), (quote["fees.0.code"], quote.Amount("fees.0.amount"), quote["fees.0.basis.kind"]));
    }

    [Theory]
    [InlineData("card")]
    [InlineData("world_pay")]
    [InlineData("worldfirst_balance")]
    public async Task Every_currency_with_a_rate_is_quotable_and_every_quote_can_be_recomputed(string method)
    {
        var buyer = await Api.BuyerAsync();
        var rates = EcbRates();
        foreach (var (currency, index) in EcbCurrencies.Concat(method == "world_pay" ? ["CNH"] : []).Select((currency, index) => (currency, index)))
        {
            var amount = new[] { 1L, 99_999, 12_345_67, 987_654_321_09 }[index % 4];
            var quote = (await Api.QuoteAsync(buyer, method, currency, amount)).Must(201);
            if (currency != "CNH") Assert.Equal(0, Exact.Parse(quote["exchange_rate.mid"]).CompareTo((rates["CNY"] / rates[currency]).TenDigits(exact => exact.HalfEven())));
            Recompute(quote, amount);
        }

        var listed = (await Api.GetAsync("/v1/payment-methods")).Must(200).At("data").EnumerateArray().Single(one => one.GetProperty("method").GetString() == method);
        Assert.Equal(
            EcbCurrencies.Concat(method == "world_pay" ? ["CNH"] : []).Order(StringComparer.Ordinal),
            listed.GetProperty("currencies").EnumerateArray().Select(one => one.GetProperty("currency").GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("card", "CNY")]
    [InlineData("world_pay", "CNY")]
    [InlineData("worldfirst_balance", "CNY")]
    [InlineData("card", "CNH")]
    [InlineData("worldfirst_balance", "CNH")]
    [InlineData("alipay", "USD")]
    [InlineData("alipay", "CNH")]
    [InlineData("card", "KWD")]
    [InlineData("world_pay", "KWD")]
    public async Task A_currency_that_the_method_is_not_paid_in_is_refused_by_name(string method, string currency)
    {
        var refused = (await Api.QuoteAsync(await Api.BuyerAsync(), method, currency)).Must(422, "currency_not_supported");
        Assert.Equal(["source_currency"], refused.Fields());
    }

    [Theory]
    [InlineData(999_99)]
    [InlineData(1_000_00)]
    [InlineData(1)]
    public async Task A_quote_is_a_price_and_no_verdict(long amount)
    {
        var buyer = await Api.BuyerAsync();
        foreach (var (method, currency) in new[] { ("card", "USD"), ("world_pay", "USD"), ("worldfirst_balance", "USD"), ("alipay", "CNY") })
            (await Api.QuoteAsync(buyer, method, currency, amount, ip: "1.2.4.8")).Must(201);
    }

    [Theory]
    [InlineData("card")]
    [InlineData("world_pay")]
    public async Task An_order_of_nine_million_million_is_exact_in_dollars_and_too_large_in_rupiah(string method)
    {
        const long amount = 9_000_000_000_000_00;
        var buyer = await Api.BuyerAsync();
        var quote = (await Api.QuoteAsync(buyer, method, "USD", amount)).Must(201);
        if (method == "card") Assert.Equal(("USD 131729865826928", "USD 135681761801736"), (quote.Amount("source_amount"), quote.Amount("total")));
        Recompute(quote, amount);
        var refused = (await Api.QuoteAsync(buyer, method, "IDR", amount)).Must(422, "amount_too_large");
        Assert.Contains("IDR", refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_order_is_two_to_the_53_less_one()
    {
        var buyer = await Api.BuyerAsync();
        Recompute((await Api.QuoteAsync(buyer, "card", "USD", 9_007_199_254_740_991)).Must(201), 9_007_199_254_740_991);
        Assert.Equal(["order.amount"], (await Api.QuoteAsync(buyer, "card", "USD", 9_007_199_254_740_992)).Must(422, "amount_too_large").Fields());
        Assert.Equal(["order.amount"], (await Api.CheckAsync(buyer, 9_007_199_254_740_992)).Must(422, "amount_too_large").Fields());
    }

    [Fact]
    public async Task A_fixed_source_amount_tells_how_much_order_it_covers_and_cannot_be_paid()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var quote = (await Api.PostAsync("/v1/quotes", new JsonObject
        {
            ["buyer_id"] = buyer,
            ["method"] = "card",
            ["order"] = new JsonObject { ["id"] = ApiClient.NewOrder() },
            ["source_currency"] = "USD",
            ["buyer_ip"] = ApiClient.Outside,
            ["fixed_side"] = "source",
            ["source_amount"] = new JsonObject { ["currency"] = "USD", ["value"] = 1_807_00 },
        })).Must(201);
        // 1807.00 × 6.832163643 = 12345.719…: rounded down.
        Assert.Equal(("CNY 1234571", "USD 180700", "true"), (quote.Amount("order_amount"), quote.Amount("source_amount"), quote["indicative"].ToLowerInvariant()));
        (await Api.PayAsync(quote.Id)).Must(409, "quote_indicative");
    }

    [Theory]
    [InlineData("2026-04-14T00:00:00Z", false)]
    [InlineData("2026-04-19T14:59:59Z", false)]
    [InlineData("2026-04-19T15:00:01Z", true)]
    public async Task A_rate_older_than_six_days_is_marked_stale_and_still_serves_in_test_mode(string now, bool stale)
    {
        var api = await system.StartAnotherApiAsync(new SettableClock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
        var quote = (await api.QuoteAsync(await api.BuyerAsync(), "card", "USD")).Must(201);
        Assert.Equal(stale, quote.At("exchange_rate.stale").GetBoolean());
        Assert.StartsWith("2026-04-13T", quote["exchange_rate.as_of"], StringComparison.Ordinal);
        Assert.Equal(stale, (await api.GetAsync("/v1/exchange-rates")).Must(200).At("data").EnumerateArray().First(rate => rate.GetProperty("base").GetString() == "USD").GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Live_mode_is_not_priced_with_a_stale_rate()
    {
        var live = (await system.NewMarketplaceAsync()).Live;
        var refused = (await live.QuoteAsync(await live.BuyerAsync(), "card", "USD")).Must(503, "rate_source_unavailable");
        Assert.True(refused.At("retryable").GetBoolean());
        Assert.NotEmpty(refused.Headers["Retry-After"]);
    }

    [Fact]
    public async Task A_marketplaces_own_fee_schedule_takes_the_place_of_the_default()
    {
        var tenant = await system.NewMarketplaceAsync();
        var buyer = await tenant.Test.BuyerAsync();
        Assert.Equal("fee_default_2", (await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201)["fee_schedule_id"]);
        await system.Database.ExecuteAsync(
            """
            insert into fee_schedules (id, marketplace_id, effective_from, rules, created_at) values ($1, $2, now() - interval '1 minute', '[
                {"method": "world_pay", "markup_bps": 100}, {"method": "alipay", "markup_bps": 0}, {"method": "worldfirst_balance", "markup_bps": 40},
                {"method": "card", "markup_bps": 25, "fee": {"code": "card_fee", "percentage": "2.5"}}]', now())
            """, $"fee_{tenant.Id}", tenant.Id);
        var quote = (await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201);
        Assert.Equal(($"fee_{tenant.Id}", "25", "2.5"), (quote["fee_schedule_id"], quote["exchange_rate.markup_bps"], quote["fees.0.basis.percentage"]));
        Recompute(quote, 12_345_67);
        Recompute((await tenant.Test.QuoteAsync(buyer, "world_pay", "JPY")).Must(201), 12_345_67);
    }

    /// <summary>What anyone can do who reads a quote: invariant 4.1, with fractions and without the code under test.</summary>
    private static void Recompute(Answer quote, long order)
    {
        Assert.Equal($"CNY {order}", quote.Amount("order_amount"));
        var units = Exact.MinorUnitsPerUnit(Currency.Parse(quote["total.currency"]));
        var mid = Exact.Parse(quote["exchange_rate.mid"]);
        var customer = Exact.Parse(quote["exchange_rate.customer"]);
        var bps = quote.At("exchange_rate.markup_bps").GetInt32();
        Assert.Equal(0, customer.CompareTo((mid * new Exact(10_000 - bps, 10_000)).TenDigits(exact => exact.Floor())));
        Assert.Equal(10, SignificantDigits(quote["exchange_rate.mid"]));
        Assert.Equal(10, SignificantDigits(quote["exchange_rate.customer"]));

        Exact OrderIn(Exact rate) => new Exact(order, 100) * units / rate;
        var source = OrderIn(customer).Ceiling();
        Assert.Equal(source, quote.Value("source_amount"));
        Assert.Equal(source - OrderIn(mid).Ceiling(), quote.Value("exchange_rate.markup_amount"));
        var fees = quote.At("fees").EnumerateArray().Sum(fee =>
        {
            var expected = ((Exact)source * Exact.Parse(fee.GetProperty("basis").GetProperty("percentage").GetString()!) * new Exact(1, 100)).HalfUp();
            Assert.Equal(expected, fee.GetProperty("amount").GetProperty("value").GetInt64());
            return fee.GetProperty("amount").GetProperty("value").GetInt64();
        });
        Assert.Equal(source + fees, quote.Value("total"));
        foreach (var value in new[] { "order_amount", "source_amount", "total" }) Assert.InRange(quote.Value(value), 1, (1L << 53) - 1);
    }

    private static int SignificantDigits(string rate) => rate.Replace(".", "", StringComparison.Ordinal).TrimStart('0').Length;

    /// <summary>Units for one euro, read by other means than the API's own reader.</summary>
    private static Dictionary<string, Exact> EcbRates()
    {
        using var stream = typeof(ApiApp).Assembly.GetManifestResourceStream("eurofxref-daily-2026-04-13.xml")!;
        var rates = XDocument.Load(stream).Descendants().Where(cube => cube.Attribute("currency") is not null)
            .ToDictionary(cube => cube.Attribute("currency")!.Value, cube => Exact.Parse(cube.Attribute("rate")!.Value));
        rates["EUR"] = 1;
        return rates;
    }
}
