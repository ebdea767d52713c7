using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class FeeScheduleTests
{
    private static readonly Currency Jpy = Currency.Parse("JPY");

    private static readonly FeeRule CardInYen = new(PaymentMethod.Card, Jpy, 10, new FeeTerms("card_service_fee", 2.5m));
    private static readonly FeeRule CardElsewhere = new(PaymentMethod.Card, null, 0, new FeeTerms("card_service_fee", 3m));
    private static readonly FeeRule WorldPayInYen = new(PaymentMethod.WorldPay, Jpy, 60, null);
    private static readonly FeeRule WorldPayInEuro = new(PaymentMethod.WorldPay, Currency.Eur, 20, null);

    public static TheoryData<bool> Orders => [false, true];

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_currencys_own_rule_comes_before_the_methods_wherever_it_stands(bool reversed)
    {
        FeeRule[] rules = [CardElsewhere, WorldPayInYen, CardInYen, WorldPayInEuro];
        var schedule = new FeeSchedule("fee_1", DateTimeOffset.UnixEpoch, reversed ? [.. rules.Reverse()] : rules);

        Assert.Same(CardInYen, schedule.RuleFor(PaymentMethod.Card, Jpy));
        Assert.Same(CardElsewhere, schedule.RuleFor(PaymentMethod.Card, Currency.Usd));
        Assert.Same(WorldPayInYen, schedule.RuleFor(PaymentMethod.WorldPay, Jpy));
        Assert.Same(WorldPayInEuro, schedule.RuleFor(PaymentMethod.WorldPay, Currency.Eur));
    }

    [Fact]
    public void No_rule_is_an_error_that_names_schedule_and_method_and_never_another_methods_rule()
    {
        var schedule = new FeeSchedule("fee_1", DateTimeOffset.UnixEpoch, [CardElsewhere, WorldPayInYen]);

        var missing = Assert.Throws<InvalidOperationException>(() => schedule.RuleFor(PaymentMethod.WorldFirstBalance, Jpy));
        Assert.Contains("fee_1", missing.Message, StringComparison.Ordinal);
        Assert.Contains("worldfirst_balance", missing.Message, StringComparison.Ordinal);
        // A rule for one currency does not stand for the others.
        Assert.Throws<InvalidOperationException>(() => schedule.RuleFor(PaymentMethod.WorldPay, Currency.Usd));
    }
}
