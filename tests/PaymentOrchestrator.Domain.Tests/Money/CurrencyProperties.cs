using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class CurrencyProperties
{
    private static readonly Currency[] All = [.. Currency.All];
    private static readonly string[] Extras = [" ", "x", "\0", "Ａ"];
    private static readonly Gen<Currency> Known = Gen.Int[0, All.Length - 1].Select(index => All[index]);

    [Fact]
    public void A_code_is_the_same_object_again_and_its_minor_unit_is_a_power_of_ten() =>
        Known.Sample(currency =>
        {
            Assert.Same(currency, Currency.Parse(currency.Code));
            Assert.True(currency.MinorUnits is 0 or 2 or 3);
            Assert.Equal((int)System.Numerics.BigInteger.Pow(10, currency.MinorUnits), currency.MinorUnitsPerUnit);
        });

    [Fact]
    public void What_is_not_spelt_exactly_like_a_code_is_none() =>
        Gen.Select(Known, Gen.Int[0, Extras.Length - 1].Select(index => Extras[index])).Sample((currency, extra) =>
        {
            Assert.False(Currency.TryParse(currency.Code + extra, out _));
            Assert.False(Currency.TryParse(extra + currency.Code, out _));
            Assert.False(Currency.TryParse(currency.Code.ToLowerInvariant(), out _));
        });

    [Fact]
    public void Random_text_is_a_currency_only_if_the_list_has_it() =>
        Gen.Char['A', 'Z'].Array[3].Sample(letters =>
        {
            var code = new string(letters);
            Assert.Equal(Currency.All.Any(currency => currency.Code == code), Currency.TryParse(code, out _));
        });
}
