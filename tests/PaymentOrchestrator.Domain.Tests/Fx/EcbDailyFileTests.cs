using System.Text;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class EcbDailyFileTests
{
    private const string Cny = "<Cube currency='CNY' rate='7.9827'/>";

    [Fact]
    public void The_published_file_gives_its_day_and_thirty_currencies()
    {
        var file = ReferenceRates.File;

        Assert.Equal(new DateOnly(2026, 4, 13), file.Date);
        Assert.Equal(ReferenceRates.Currencies.ToHashSet(), file.UnitsPerEuro.Keys.ToHashSet());
        Assert.Equal(1m, file.UnitsPerEuro[Currency.Eur]);
        Assert.Equal(7.9827m, file.UnitsPerEuro[Currency.Cny]);
        Assert.Equal(1.1684m, file.UnitsPerEuro[Currency.Usd]);
        Assert.Equal(20082.05m, file.UnitsPerEuro[Currency.Parse("IDR")]);
    }

    // Each is 7.9827 divided by the published rate, at ten significant digits.
    [Theory]
    [InlineData("EUR", "7.982700000")]
    [InlineData("USD", "6.832163643")] // 7.9827 / 1.1684 = 6.83216364258…
    [InlineData("GBP", "9.169404305")] // 7.9827 / 0.87058 = 9.16940430517…
    [InlineData("JPY", "0.04274538153")] // 7.9827 / 186.75 = 0.042745381526…
    [InlineData("KRW", "0.004585492228")] // 7.9827 / 1740.86 = 0.00458549222797…
    [InlineData("IDR", "0.0003975042389")] // 7.9827 / 20082.05 = 0.000397504238860…
    [InlineData("CNY", "1.000000000")]
    public void Mid_rates_of_the_published_day(string currency, string mid)
    {
        var rate = ReferenceRates.File.MidAgainstCny(Currency.Parse(currency))!;

        Assert.Equal(mid, rate.ToRateString());
        Assert.Equal((Currency.Parse(currency), Currency.Cny), (rate.Base, rate.Counter));
    }

    [Fact]
    public void Every_published_mid_is_the_quotient_at_ten_digits() =>
        Assert.All(ReferenceRates.Currencies, currency =>
        {
            var units = ReferenceRates.File.UnitsPerEuro[currency];
            var expected = (new Exact(79_827, 10_000) / Exact.Of(units)).TenDigits(exact => exact.HalfEven());
            Assert.Equal(0, Exact.Of(ReferenceRates.File.MidAgainstCny(currency)!.Value).CompareTo(expected));
        });

    [Fact]
    public void A_mid_of_any_two_rates_is_their_quotient_at_ten_digits() =>
        Gen.Select(Gen.Int[1, 99_999_999], Gen.Int[1, 99_999_999], Gen.Int[0, 5], Gen.Int[0, 5])
            .Where((cny, usd, cnyScale, usdScale) => Any.Decimal(cny, cnyScale) / Any.Decimal(usd, usdScale) is >= 0.000000001m and <= 1_000_000_000m).Sample(
            (cny, usd, cnyScale, usdScale) =>
            {
                var file = Read(Feed($"<Cube currency='CNY' rate='{Any.Decimal(cny, cnyScale)}'/>", $"<Cube currency='USD' rate='{Any.Decimal(usd, usdScale)}'/>"));
                var quotient = Exact.Of(Any.Decimal(cny, cnyScale)) / Exact.Of(Any.Decimal(usd, usdScale));
                Assert.Equal(0, Exact.Of(file.MidAgainstCny(Currency.Usd)!.Value).CompareTo(quotient.TenDigits(exact => exact.HalfEven())));
            },
            iter: 1_000);

    [Theory]
    [InlineData("7.0000000005", "7.000000000")] // a tie stays with the even digit
    [InlineData("7.0000000015", "7.000000002")] // and leaves the odd one
    [InlineData("7.00000000051", "7.000000001")]
    public void A_mid_is_rounded_half_to_even(string cny, string mid) =>
        Assert.Equal(mid, Read(Feed($"<Cube currency='CNY' rate='{cny}'/>")).MidAgainstCny(Currency.Eur)!.ToRateString());

    [Theory]
    [InlineData("TWD")]
    [InlineData("VND")]
    [InlineData("CNH")]
    public void A_currency_that_the_bank_does_not_quote_has_no_mid(string currency) =>
        Assert.Null(ReferenceRates.File.MidAgainstCny(Currency.Parse(currency)));

    [Fact]
    public void Double_quotes_and_a_blank_before_the_slash_read_the_same()
    {
        using var reader = new StreamReader(ReferenceRates.Open());
        var rewritten = Read(reader.ReadToEnd().Replace('\'', '"').Replace("/>", " />", StringComparison.Ordinal));

        Assert.Equal(ReferenceRates.File.Date, rewritten.Date);
        Assert.Equal(ReferenceRates.File.UnitsPerEuro, rewritten.UnitsPerEuro);
    }

    [Fact]
    public void Codes_that_are_no_currencies_any_more_are_skipped()
    {
        var file = Read(Feed(Cny, "<Cube currency='BGN' rate='1.9558'/>", "<Cube currency='HRK' rate='7.5365'/>", "<Cube currency='cny' rate='8'/>"));

        Assert.Equal([Currency.Cny, Currency.Eur], file.UnitsPerEuro.Keys.OrderBy(currency => currency.Code));
        Assert.Equal(7.9827m, file.UnitsPerEuro[Currency.Cny]);
    }

    [Theory]
    [InlineData("1,1684")]
    [InlineData("20,082.05")]
    [InlineData("20 082.05")]
    [InlineData("20'082.05")]
    [InlineData("1.1684e0")]
    [InlineData("1E2")]
    [InlineData("0")]
    [InlineData("0.0000")]
    [InlineData("-1.1684")]
    [InlineData("+1.1684")]
    [InlineData("1.1684-")]
    [InlineData("(1.1684)")]
    [InlineData(" 1.1684")]
    [InlineData("1.1684 ")]
    [InlineData("$1.1684")]
    [InlineData("1.16.84")]
    [InlineData("0x1F")]
    [InlineData("NaN")]
    [InlineData("N/A")]
    [InlineData("Infinity")]
    [InlineData("")]
    [InlineData("١.١٦٨٤")]
    [InlineData("99999999999999999999999999999999")]
    public void A_rate_that_is_not_a_plain_positive_decimal_with_a_point_refuses_the_file(string rate) =>
        AssertRefused(Feed(Cny, $"<Cube currency=\"USD\" rate=\"{rate}\"/>"), "USD");

    [Theory]
    [InlineData("7922816251426433759354395033")]
    [InlineData("1000000001")]
    [InlineData("10000000000000000000")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("0.0000000000000001")]
    [InlineData("1.000000000000000000000000000000000000001")]
    public void A_rate_that_nothing_on_earth_could_be_worth_refuses_the_file_instead_of_overflowing_later(string rate)
    {
        AssertRefused(Feed(Cny, $"<Cube currency='USD' rate='{rate}'/>"), "USD");
        AssertRefused(Feed($"<Cube currency='CNY' rate='{rate}'/>", "<Cube currency='USD' rate='1.1684'/>"), "CNY");
    }

    [Fact]
    public void Whatever_is_accepted_has_a_mid_for_every_currency() =>
        Gen.Select(Gen.Long[1, 9_999_999_999_999], Gen.Int[0, 17], Gen.Long[1, 9_999_999_999_999], Gen.Int[0, 17]).Sample(
            (cny, cnyScale, usd, usdScale) =>
            {
                EcbDailyFile file;
                try
                {
                    file = Read(Feed($"<Cube currency='CNY' rate='{Any.Decimal(cny, cnyScale)}'/>", $"<Cube currency='USD' rate='{Any.Decimal(usd, usdScale)}'/>"));
                }
                catch (FormatException)
                {
                    return;
                }

                Assert.All(file.UnitsPerEuro.Keys, currency => Assert.True(file.MidAgainstCny(currency)!.Value > 0));
            },
            iter: 5_000);

    [Fact]
    public void Entities_that_multiply_depth_and_length_are_refused_at_once()
    {
        var laughs = string.Concat(Enumerable.Range(1, 9).Select(i => $"<!ENTITY l{i} '{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}'>"));
        AssertRefused($"<!DOCTYPE x [<!ENTITY l0 'lol'>{laughs}]>" + Feed("<Cube currency='CNY' rate='&l9;'/>"), "not well-formed");
        AssertRefused(Feed(Cny, $"<!-- {new string('x', 1_000_000)} -->"), "not well-formed");
        AssertRefused(Feed(Cny) + string.Concat(Enumerable.Repeat("<a>", 300_000)), "not well-formed");
        AssertRefused(string.Concat(Enumerable.Repeat("<a>", 300_000)), "nested");
        AssertRefused(Envelope(string.Concat(Enumerable.Repeat("<a>", 100_000))), "nested");
        AssertRefused(Envelope(string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000))), "nested");
    }

    [Fact]
    public void A_broken_rate_refuses_the_file_even_for_a_code_that_would_be_skipped() =>
        AssertRefused(Feed(Cny, "<Cube currency='BGN' rate='1,9558'/>"), "BGN");

    [Fact]
    public void A_rate_that_is_missing_refuses_the_file() => AssertRefused(Feed(Cny, "<Cube currency='USD'/>"), "USD");

    [Fact]
    public void A_rate_without_a_currency_refuses_the_file() => AssertRefused(Feed(Cny, "<Cube rate='1.1684'/>"), "no currency");

    [Fact]
    public void A_file_without_cny_is_refused() => AssertRefused(Feed("<Cube currency='USD' rate='1.1684'/>"), "CNY");

    [Fact]
    public void A_currency_that_comes_twice_refuses_the_file()
    {
        AssertRefused(Feed(Cny, "<Cube currency='USD' rate='1.1684'/>", "<Cube currency='USD' rate='1.1684'/>"), "USD twice");
        AssertRefused(Feed(Cny, Cny), "CNY twice");
        AssertRefused(Feed(Cny, "<Cube currency='EUR' rate='1'/>"), "EUR twice");
    }

    [Fact]
    public void Exactly_one_day_is_read()
    {
        AssertRefused(Envelope($"<Cube><Cube time='2026-04-13'>{Cny}</Cube><Cube time='2026-04-10'>{Cny}</Cube></Cube>"), "exactly one day");
        AssertRefused(Envelope($"<Cube><Cube time='2026-04-13'>{Cny}</Cube></Cube><Cube><Cube time='2026-04-10'>{Cny}</Cube></Cube>"), "exactly one day");
        AssertRefused(Envelope("<Cube></Cube>"), "exactly one day");
        AssertRefused(Envelope(""), "exactly one day");
    }

    [Theory]
    [InlineData("13 April 2026")]
    [InlineData("13.04.2026")]
    [InlineData("2026-4-13")]
    [InlineData("2026-02-30")]
    [InlineData("2026-04-13T00:00:00")]
    [InlineData("")]
    public void A_day_in_another_form_refuses_the_file(string day) =>
        AssertRefused(Envelope($"<Cube><Cube time='{day}'>{Cny}</Cube></Cube>"), "yyyy-MM-dd");

    [Fact]
    public void A_file_without_a_day_is_refused() => AssertRefused(Envelope($"<Cube><Cube>{Cny}</Cube></Cube>"), "yyyy-MM-dd");

    [Fact]
    public void Another_vocabulary_is_not_the_feed() =>
        AssertRefused($"<Envelope xmlns='urn:other'><Cube><Cube time='2026-04-13'>{Cny}</Cube></Cube></Envelope>", "exactly one day");

    [Fact]
    public void A_document_type_is_refused_before_it_can_do_anything()
    {
        AssertRefused("<!DOCTYPE x SYSTEM 'file:///etc/hostname'>" + Feed(Cny), "not well-formed");
        AssertRefused("<!DOCTYPE x [<!ENTITY r '7.9827'>]>" + Feed("<Cube currency='CNY' rate='&r;'/>"), "not well-formed");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var reader = new StreamReader(ReferenceRates.Open());
        var whole = reader.ReadToEnd().TrimEnd();
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<FormatException>(() => Read(cut));
        }
    }

    [Fact]
    public void What_is_no_xml_is_refused()
    {
        AssertRefused("{\"CNY\":7.9827}", "not well-formed");
        AssertRefused("<html><body><p>Service unavailable</body></html>", "not well-formed");
    }

    private static void AssertRefused(string xml, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Read(xml)).Message, StringComparison.Ordinal);

    private static EcbDailyFile Read(string xml)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        return EcbDailyFile.Read(stream);
    }

    private static string Feed(params string[] rates) => Envelope($"<Cube><Cube time='2026-04-13'>{string.Concat(rates)}</Cube></Cube>");

    private static string Envelope(string cubes) =>
        "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>" +
        $"<gesmes:subject>Reference rates</gesmes:subject>{cubes}</gesmes:Envelope>";
}
