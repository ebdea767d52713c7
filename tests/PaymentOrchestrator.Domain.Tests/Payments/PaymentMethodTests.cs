using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class PaymentMethodTests
{
    [Fact]
    public void The_methods_come_in_the_products_order() =>
        Assert.Equal(["world_pay", "alipay", "worldfirst_balance", "card"], PaymentMethods.All.Select(method => method.Code()));

    [Fact]
    public void Each_code_reads_back_and_nothing_else_does()
    {
        Assert.All(PaymentMethods.All, method => Assert.Equal(method, PaymentMethods.FromCode(method.Code())));
        Assert.Null(PaymentMethods.FromCode("World_Pay"));
        Assert.Null(PaymentMethods.FromCode("bank_transfer"));
        Assert.Null(PaymentMethods.FromCode(null));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((PaymentMethod)99).Code());
    }

    [Theory]
    [InlineData(PaymentMethod.WorldPay, true, false)]
    [InlineData(PaymentMethod.Alipay, false, false)]
    [InlineData(PaymentMethod.WorldFirstBalance, true, true)]
    [InlineData(PaymentMethod.Card, false, true)]
    public void Who_funds_a_method_and_whether_the_network_binds_it(PaymentMethod method, bool byWorldFirst, bool networkBound) =>
        Assert.Equal((byWorldFirst, networkBound), (method.IsFundedByWorldFirst(), method.IsNetworkBound()));

    [Theory]
    [InlineData(PaymentMethod.WorldPay, "CNY", false)]
    [InlineData(PaymentMethod.WorldPay, "CNH", true)]
    [InlineData(PaymentMethod.WorldPay, "USD", true)]
    [InlineData(PaymentMethod.Alipay, "CNY", true)]
    [InlineData(PaymentMethod.Alipay, "CNH", false)]
    [InlineData(PaymentMethod.Alipay, "USD", false)]
    [InlineData(PaymentMethod.WorldFirstBalance, "CNY", false)]
    [InlineData(PaymentMethod.WorldFirstBalance, "CNH", false)]
    [InlineData(PaymentMethod.WorldFirstBalance, "USD", true)]
    [InlineData(PaymentMethod.Card, "CNY", false)]
    [InlineData(PaymentMethod.Card, "CNH", false)]
    [InlineData(PaymentMethod.Card, "USD", true)]
    public void Which_currency_a_method_takes(PaymentMethod method, string currency, bool accepted) =>
        Assert.Equal(accepted, method.Accepts(Currency.Parse(currency)));

    [Fact]
    public void All_reference_currencies_but_cny_are_taken_by_all_methods_but_alipay() =>
        Assert.All(
            ReferenceRates.Currencies.Where(currency => currency.Code != "CNY"),
            currency => Assert.Equal(
                [PaymentMethod.WorldPay, PaymentMethod.WorldFirstBalance, PaymentMethod.Card], PaymentMethods.All.Where(method => method.Accepts(currency))));

    [Fact]
    public void Modes_have_their_codes() => Assert.Equal(("test", "live"), (Mode.Test.Code(), Mode.Live.Code()));
}
