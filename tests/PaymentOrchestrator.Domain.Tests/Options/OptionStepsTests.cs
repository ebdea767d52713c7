using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public class OptionStepsTests
{
    [Fact]
    public void An_open_method_has_no_steps() =>
        Assert.All(PaymentMethods.All, method => Assert.Empty(OptionSteps.Of(EligibilityRules.Evaluate(method, Question.Ready))));

    [Theory]
    [InlineData(PaymentMethod.WorldPay, "link_account verify_identity link_account verify_identity log_in_with_alipay link_marketplace top_up")]
    [InlineData(PaymentMethod.Alipay, "link_account link_account verify_identity link_mainland_bank")]
    [InlineData(PaymentMethod.WorldFirstBalance, "link_account verify_identity link_account verify_identity top_up")]
    [InlineData(PaymentMethod.Card, "link_account link_account")]
    public void A_buyer_with_nothing_is_told_each_thing_to_do_once_and_in_order(PaymentMethod method, string actions) =>
        Assert.Equal(actions, string.Join(' ', Steps(method, BuyerFacts.Nothing).Select(step => step.Remediation.Action)));

    [Fact]
    public void One_supported_card_meets_both_of_a_cards_requirements() =>
        Assert.Equal(
            [RequirementCode.CardLinked, RequirementCode.CardScheme],
            Assert.Single(Steps(PaymentMethod.Card, Question.ReadyFacts with { Card = CardFacts.NotLinked })).Meets);

    [Fact]
    public void A_card_of_another_scheme_is_to_be_replaced() =>
        Assert.Equal("use_supported_card", Assert.Single(Steps(PaymentMethod.Card, Question.ReadyFacts with { Card = new CardFacts(true, "amex") })).Remediation.Action);

    [Fact]
    public void A_mainland_bank_funds_alipay_as_well()
    {
        var step = Assert.Single(Steps(PaymentMethod.Alipay, Question.ReadyFacts with
        {
            Alipay = Question.ReadyFacts.Alipay! with { HasMainlandBankAccount = false, BankLinked = false },
        }));
        Assert.Equal("link_mainland_bank", step.Remediation.Action);
        Assert.Equal([RequirementCode.AlipayMainlandBankAccount, RequirementCode.AlipayFunding], step.Meets);
    }

    [Fact]
    public void Where_the_bank_is_held_the_balance_is_topped_up_by_what_is_missing()
    {
        var step = Assert.Single(Steps(PaymentMethod.Alipay, Question.ReadyFacts with
        {
            Alipay = Question.ReadyFacts.Alipay! with { BankLinked = false, Balance = new Money(Currency.Cny, 1_000_000) },
        }));
        Assert.Equal("top_up", step.Remediation.Action);
        Assert.Equal(new Money(Currency.Cny, 234_567), step.Remediation.Amount);
    }

    [Fact]
    public void Asking_a_silent_provider_again_is_one_thing_to_do() =>
        Assert.Equal(
            ["try_again_later"],
            Steps(PaymentMethod.WorldPay, Question.ReadyFacts with { WorldFirst = null, Alipay = null }).Select(step => step.Remediation.Action));

    [Fact]
    public void An_order_that_must_grow_needs_the_balance_of_the_grown_one()
    {
        // USD 1.00 an order of CNY 6.83, USD 147.00 one of CNY 1,000.00; USD 100.00 are held.
        var held = Question.ReadyFacts with { WorldFirst = Question.ReadyFacts.WorldFirst! with { Balances = [new Money(Currency.Usd, 100_00)] } };
        var small = new EligibilityQuestion(new Money(Currency.Cny, 683), held, Question.Abroad, Question.TotalsOf(new() { ["USD"] = 100 }));
        var grown = small with { Order = EligibilityRules.WorldFirstBalanceMinimum, WorldFirstTotal = Question.TotalsOf(new() { ["USD"] = 147_00 }) };

        Assert.Equal(
            [("increase_order", new Money(Currency.Cny, 99_317)), ("top_up", new Money(Currency.Usd, 47_00))],
            Steps(PaymentMethod.WorldFirstBalance).Select(step => (step.Remediation.Action, step.Remediation.Amount!.Value)));
        Assert.Empty(Steps(PaymentMethod.WorldPay));

        IReadOnlyList<OptionStep> Steps(PaymentMethod method) => OptionSteps.Of(EligibilityRules.Evaluate(method, small), EligibilityRules.Evaluate(method, grown));
    }

    [Fact]
    public void Everything_missing_is_met_by_exactly_one_step_and_no_two_steps_are_the_same() =>
        Gen.Select(Question.AnyFacts, Question.AnyNetwork, Gen.Enum<PaymentMethod>(), Gen.Long[1, 1_300_000]).Sample((facts, network, method, order) =>
        {
            var verdict = EligibilityRules.Evaluate(method, Question.Ready.With(facts) with { Network = network, Order = new Money(Currency.Cny, order) });
            var steps = OptionSteps.Of(verdict);
            Assert.Equal(
                verdict.Requirements.Where(requirement => requirement.Status != RequirementStatus.Met).Select(requirement => requirement.Code).Order(),
                steps.SelectMany(step => step.Meets).Order());
            Assert.Equal(steps.Count, steps.Select(step => step.Remediation).Distinct().Count());
            Assert.Equal(verdict.Eligible, steps.Count == 0);
        });

    private static IReadOnlyList<OptionStep> Steps(PaymentMethod method, BuyerFacts facts) =>
        OptionSteps.Of(EligibilityRules.Evaluate(method, Question.Ready.With(facts)));
}
