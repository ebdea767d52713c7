using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class StripeAmountsTests
{
    [Theory]
    [InlineData("USD", 180700, "usd", 180700)]
    [InlineData("JPY", 347362, "jpy", 347362)]
    [InlineData("KWD", 55550, "kwd", 55550)]
    [InlineData("ISK", 25000, "isk", 2500000)]
    [InlineData("UGX", 700, "ugx", 70000)]
    [InlineData("ISK", Money.MaxValue, "isk", Money.MaxValue * 100)]
    public void Amounts_go_out_and_come_back_in_the_minor_unit_of_Stripe(string currency, long value, string stripeCurrency, long stripeAmount)
    {
        var money = new Money(Currency.Parse(currency), value);
        Assert.Equal((stripeCurrency, stripeAmount), StripeAmounts.ToStripe(money));
        Assert.True(StripeAmounts.TryFromStripe(stripeCurrency, stripeAmount, out var back));
        Assert.Equal(money, back);
    }

    [Theory]
    [InlineData("isk", 2500001)]
    [InlineData("ugx", 50)]
    [InlineData("zzz", 100)]
    [InlineData(null, 100)]
    [InlineData("usd", -1)]
    public void An_amount_that_no_currency_has_is_not_read(string? currency, long amount) =>
        Assert.False(StripeAmounts.TryFromStripe(currency, amount, out _));
}
