using System.Text.RegularExpressions;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed partial class CurrencyTests
{
    [Theory]
    [InlineData(0, 1, "JPY KRW ISK VND CLP XAF XOF XPF UGX PYG")]
    [InlineData(2, 100, "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR MXN MYR NOK NZD PHP PLN RON SEK SGD THB TRY USD ZAR TWD AED SAR MOP CNH")]
    [InlineData(3, 1000, "KWD BHD OMR JOD TND IQD LYD")]
    public void Minor_units_are_those_of_iso_4217(int minorUnits, int perUnit, string codes)
    {
        foreach (var currency in codes.Split(' ').Select(Currency.Parse))
            Assert.Equal((currency.Code, minorUnits, perUnit), (currency.Code, currency.MinorUnits, currency.MinorUnitsPerUnit));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("cny")]
    [InlineData("Cny")]
    [InlineData("CNY ")]
    [InlineData("CN")]
    [InlineData("CNYY")]
    [InlineData("156")]
    [InlineData("XXX")]
    [InlineData("XTS")]
    [InlineData("XAU")]
    [InlineData("BGN")] // the euro since 2026
    [InlineData("HRK")] // the euro since 2023
    [InlineData("RMB")]
    [InlineData("СNY")] // a Cyrillic letter
    public void What_is_no_active_code_is_refused(string code)
    {
        Assert.False(Currency.TryParse(code, out var currency));
        Assert.Null(currency);
        Assert.Throws<FormatException>(() => Currency.Parse(code));
    }

    [Fact]
    public void No_code_is_no_currency() => Assert.False(Currency.TryParse(null, out _));

    [Fact]
    public void Every_code_exists_once_as_three_capital_letters()
    {
        Assert.All(Currency.All, currency =>
        {
            Assert.Matches(ThreeCapitals(), currency.Code);
            Assert.Same(currency, Currency.Parse(currency.Code));
            Assert.Equal(currency.Code, currency.ToString());
            Assert.Equal(Exact.MinorUnitsPerUnit(currency), currency.MinorUnitsPerUnit);
        });
        Assert.Equal(Currency.All.Count, Currency.All.Select(currency => currency.Code).Distinct().Count());
    }

    [Fact]
    public void All_currencies_of_the_reference_rates_are_known() => Assert.Equal(30, ReferenceRates.Currencies.Distinct().Count());

    [Fact]
    public void The_named_currencies_are_what_they_say()
    {
        Assert.Equal(
            ["CNY", "CNH", "EUR", "USD"],
            new[] { Currency.Cny, Currency.Cnh, Currency.Eur, Currency.Usd }.Select(currency => currency.Code));
        Assert.NotSame(Currency.Cny, Currency.Cnh);
    }

    [GeneratedRegex("^[A-Z]{3}$")]
    private static partial Regex ThreeCapitals();
}
