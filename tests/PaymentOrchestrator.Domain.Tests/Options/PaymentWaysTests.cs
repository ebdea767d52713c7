using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public class PaymentWaysTests
{
    [Fact]
    public void A_ready_buyer_has_one_way_per_method_and_held_currency()
    {
        var question = Question.Ready.Holding(Money("USD", 200_000), Money("EUR", 200_000), Money("CNH", 2_000_000), Money("GBP", 0), Money("CNY", 5_000_000));

        Assert.Equal(
            ["WorldPay USD open", "WorldPay EUR open", "WorldPay CNH open", "Alipay CNY open", "WorldFirstBalance USD open", "WorldFirstBalance EUR open", "Card USD open"],
            Ways(question));
    }

    [Fact]
    public void In_an_open_method_a_currency_that_does_not_suffice_is_a_closed_way_of_its_own()
    {
        var question = Question.Ready.Holding(Money("USD", 200_000), Money("EUR", 155_276));

        var lacking = PaymentWays.Of(question, Currency.Cny).Single(way => way is { Method: PaymentMethod.WorldPay, Source.Code: "EUR" });
        Assert.False(lacking.Open);
        Assert.Equal(Money("EUR", 1), lacking.Verdict.Requirements.Single(requirement => requirement.Status != RequirementStatus.Met).Remediation!.Amount);
    }

    [Fact]
    public void A_method_with_nothing_open_appears_once_without_a_currency() =>
        Assert.Equal(
            ["WorldPay - closed", "Alipay CNY open", "WorldFirstBalance - closed", "Card USD open"],
            Ways(Question.Ready.Holding(Money("USD", 1), Money("EUR", 1))));

    [Fact]
    public void A_currency_without_a_price_is_not_offered() =>
        Assert.DoesNotContain("WorldPay KRW open", Ways(Question.Ready.Holding(Money("USD", 200_000), Money("KRW", 900_000_000))));

    [Theory]
    [InlineData("CNY", "USD")]
    [InlineData("CNH", "USD")]
    [InlineData("EUR", "EUR")]
    [InlineData("JPY", "JPY")]
    public void A_card_is_offered_in_the_currency_of_comparison_where_it_can_be(string comparison, string offered) =>
        Assert.Equal(offered, PaymentWays.Of(Question.Ready, Currency.Parse(comparison)).Single(way => way.Method == PaymentMethod.Card).Source!.Code);

    [Fact]
    public void Silent_providers_close_their_methods_and_nothing_fails() =>
        Assert.Equal(
            ["WorldPay - closed", "Alipay - closed", "WorldFirstBalance - closed", "Card - closed"],
            Ways(Question.Ready.With(new BuyerFacts(null, null, null, null))));

    [Fact]
    public void Every_method_appears_and_no_way_twice_whatever_the_facts() =>
        Gen.Select(Question.AnyFacts, Question.AnyNetwork).Sample((facts, network) =>
        {
            var ways = PaymentWays.Of(Question.Ready.With(facts) with { Network = network }, Currency.Cny);
            Assert.Equal(PaymentMethods.All, ways.Select(way => way.Method).Distinct());
            Assert.Equal(ways.Count, ways.Select(way => (way.Method, way.Source)).Distinct().Count());
            Assert.All(ways, way => Assert.False(way.Open && way.Source is null));
        });

    [Fact]
    public void The_open_methods_are_those_that_eligibility_opens() =>
        Gen.Select(Question.AnyFacts, Question.AnyNetwork, Gen.Long[1, 1_300_000]).Sample((facts, network, order) =>
        {
            var question = Question.Ready.With(facts) with { Network = network, Order = new Money(Currency.Cny, order) };
            Assert.Equal(question.Open(), PaymentWays.Of(question, Currency.Cny).Where(way => way.Open).Select(way => way.Method).Distinct());
        });

    [Fact]
    public void More_money_or_one_more_link_never_closes_a_way() =>
        Gen.Select(Question.AnyFacts.Where(facts => facts is { WorldFirst: not null, Alipay: not null, Marketplace: not null }), Question.AnyNetwork, Gen.Int[0, 12], Gen.Long[1, 400_000]).Sample(
            (facts, network, gift, amount) =>
            {
                var question = Question.Ready.With(facts) with { Network = network };
                var before = OpenWays(question);
                var after = OpenWays(question.With(Given(facts, gift, amount)));
                Assert.Subset(after, before);
            },
            iter: 10_000);

    private static BuyerFacts Given(BuyerFacts facts, int gift, long amount) => gift switch
    {
        0 => facts with { WorldFirst = facts.WorldFirst! with { HasAccount = true } },
        1 => facts with { WorldFirst = facts.WorldFirst! with { IdentityVerified = true } },
        2 => facts with { WorldFirst = facts.WorldFirst! with { MarketplaceLinked = true } },
        3 => facts with { Alipay = facts.Alipay! with { HasAccount = true } },
        4 => facts with { Alipay = facts.Alipay! with { IdentityVerified = true } },
        5 => facts with { Alipay = facts.Alipay! with { HasMainlandBankAccount = true } },
        6 => facts with { Alipay = facts.Alipay! with { BankLinked = true } },
        7 => facts with { Alipay = facts.Alipay! with { Balance = facts.Alipay.Balance + new Money(Currency.Cny, amount) } },
        8 => facts with { Marketplace = facts.Marketplace! with { HasAccount = true } },
        9 => facts with { Marketplace = facts.Marketplace! with { EnteredWithAlipay = true } },
        10 => facts with { Marketplace = facts.Marketplace! with { IdentityVerified = true } },
        11 => facts with { Card = new CardFacts(true, facts.Card?.Scheme is "visa" or "mastercard" ? facts.Card.Scheme : "visa") },
        _ => facts with
        {
            WorldFirst = facts.WorldFirst! with
            {
                Balances = [.. facts.WorldFirst.Balances.Select(balance => balance + new Money(balance.Currency, amount))],
            },
        },
    };

    private static HashSet<string> OpenWays(EligibilityQuestion question) => [.. Ways(question).Where(way => way.EndsWith("open", StringComparison.Ordinal))];

    private static IEnumerable<string> Ways(EligibilityQuestion question) =>
        PaymentWays.Of(question, Currency.Cny).Select(way => $"{way.Method} {way.Source?.Code ?? "-"} {(way.Open ? "open" : "closed")}");

    private static Money Money(string currency, long value) => new(Currency.Parse(currency), value);
}
