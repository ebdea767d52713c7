using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class EligibilityRulesTests
{
    private static readonly NetworkFacts Mainland = new(true, false, "CN");

    /// <summary>The product's truth table: each requirement's code and the methods that have it.</summary>
    private static readonly Dictionary<string, string> TruthTable = new()
    {
        ["worldfirst.account"] = "world_pay worldfirst_balance",
        ["worldfirst.identity"] = "world_pay worldfirst_balance",
        ["worldfirst.balance"] = "world_pay worldfirst_balance",
        ["worldfirst.marketplace_link"] = "world_pay",
        ["alipay.account"] = "world_pay alipay",
        ["alipay.identity"] = "world_pay alipay",
        ["alipay.mainland_bank_account"] = "alipay",
        ["alipay.funding"] = "alipay",
        ["marketplace.account"] = "alipay worldfirst_balance card",
        ["marketplace.identity"] = "worldfirst_balance",
        ["marketplace.alipay_login"] = "world_pay",
        ["card.linked"] = "card",
        ["card.scheme"] = "card",
        ["network.outside_mainland_china"] = "worldfirst_balance card",
        ["order.minimum_amount"] = "worldfirst_balance",
    };

    /// <summary>For each requirement: the one thing to take away, and what the buyer is then told to do.</summary>
    private static readonly Dictionary<string, (Func<BuyerFacts, BuyerFacts> Lack, string Action)> ProviderFacts = new()
    {
        ["worldfirst.account"] = (facts => facts with { WorldFirst = facts.WorldFirst! with { HasAccount = false } }, "link_account"),
        ["worldfirst.identity"] = (facts => facts with { WorldFirst = facts.WorldFirst! with { IdentityVerified = false } }, "verify_identity"),
        ["worldfirst.balance"] = (facts => facts with { WorldFirst = facts.WorldFirst! with { Balances = [new(Currency.Usd, 181_424)] } }, "top_up"),
        ["worldfirst.marketplace_link"] = (facts => facts with { WorldFirst = facts.WorldFirst! with { MarketplaceLinked = false } }, "link_marketplace"),
        ["alipay.account"] = (facts => facts with { Alipay = facts.Alipay! with { HasAccount = false } }, "link_account"),
        ["alipay.identity"] = (facts => facts with { Alipay = facts.Alipay! with { IdentityVerified = false } }, "verify_identity"),
        ["alipay.mainland_bank_account"] = (facts => facts with { Alipay = facts.Alipay! with { HasMainlandBankAccount = false } }, "link_mainland_bank"),
        ["alipay.funding"] = (facts => facts with { Alipay = facts.Alipay! with { BankLinked = false } }, "top_up"),
        ["marketplace.account"] = (facts => facts with { Marketplace = facts.Marketplace! with { HasAccount = false } }, "link_account"),
        ["marketplace.identity"] = (facts => facts with { Marketplace = facts.Marketplace! with { IdentityVerified = false } }, "verify_identity"),
        ["marketplace.alipay_login"] = (facts => facts with { Marketplace = facts.Marketplace! with { EnteredWithAlipay = false } }, "log_in_with_alipay"),
        ["card.linked"] = (facts => facts with { Card = facts.Card! with { Linked = false } }, "link_account"),
        ["card.scheme"] = (facts => facts with { Card = facts.Card! with { Scheme = "amex" } }, "use_supported_card"),
    };

    public static TheoryData<string> ProviderFactCodes => [.. ProviderFacts.Keys];

    [Fact]
    public void A_buyer_who_meets_everything_may_pay_in_all_four_ways()
    {
        Assert.Equal(PaymentMethods.All, Question.Ready.Open());
        Assert.All(PaymentMethods.All, method => Assert.All(EligibilityRules.Evaluate(method, Question.Ready).Requirements, requirement =>
        {
            Assert.Equal(RequirementStatus.Met, requirement.Status);
            Assert.Null(requirement.Remediation);
            Assert.NotNull(requirement.Observed);
        }));
    }

    [Theory]
    [MemberData(nameof(ProviderFactCodes))]
    public void A_single_lack_closes_exactly_the_methods_that_require_it_and_names_itself_alone(string code)
    {
        var (lack, action) = ProviderFacts[code];

        var requirements = AssertClosedByAlone(code, RequirementStatus.Unmet, Question.Ready.With(lack(Question.ReadyFacts)));

        Assert.All(requirements, requirement =>
        {
            Assert.Equal(action, requirement.Remediation!.Action);
            Assert.NotEmpty(requirement.Remediation.Text);
            Assert.NotNull(requirement.Observed);
            Assert.NotEqual(requirement.Required, requirement.Observed);
        });
    }

    [Fact]
    public void All_thirteen_facts_of_providers_are_among_the_lacks() =>
        Assert.Equal(
            TruthTable.Keys.Except(["network.outside_mainland_china", "order.minimum_amount"]).Order(), ProviderFacts.Keys.Order());

    [Fact]
    public void An_address_in_mainland_china_closes_the_two_network_bound_methods_alone() =>
        AssertNetworkCloses(Mainland, RequirementStatus.Unmet, "change_network");

    [Theory]
    [InlineData("not_a_public_address")]
    [InlineData("country_unknown")]
    public void An_address_not_known_to_be_outside_closes_them_as_well(string observed) =>
        AssertNetworkCloses(new NetworkFacts(true, false, observed), RequirementStatus.Unmet, "change_network");

    [Fact]
    public void No_address_leaves_them_closed_and_asks_for_one()
    {
        AssertNetworkCloses(NetworkFacts.NotGiven, RequirementStatus.Unknown, "send_buyer_ip");
        // Asking the providers again would not help.
        Assert.All(PaymentMethods.All, method => Assert.False(EligibilityRules.Evaluate(method, Question.Ready with { Network = NetworkFacts.NotGiven }).HasUnknownFact));
    }

    [Fact]
    public void What_was_seen_of_the_network_is_shown()
    {
        Assert.Equal("CN", Network(Mainland).Observed!.Word);
        Assert.Equal("HK", Network(new NetworkFacts(true, true, "HK")).Observed!.Word);
        Assert.Equal(RequirementStatus.Met, Network(new NetworkFacts(true, true, "HK")).Status);
        Assert.Null(Network(NetworkFacts.NotGiven).Observed);

        static Requirement Network(NetworkFacts network) =>
            (Question.Ready with { Network = network }).Requirement(PaymentMethod.Card, RequirementCode.NetworkOutsideMainlandChina);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(99_999, false)]
    [InlineData(100_000, true)]
    [InlineData(100_001, true)]
    public void An_order_of_a_thousand_renminbi_is_the_first_that_worldfirst_balance_pays(long order, bool open)
    {
        var question = Question.Ready with { Order = new Money(Currency.Cny, order) };

        if (open)
        {
            Assert.Equal(PaymentMethods.All, question.Open());
            return;
        }

        var requirement = Assert.Single(AssertClosedByAlone("order.minimum_amount", RequirementStatus.Unmet, question));
        Assert.Equal("increase_order", requirement.Remediation!.Action);
        Assert.Equal(new Money(Currency.Cny, 100_000 - order), requirement.Remediation.Amount);
        Assert.Equal(new Money(Currency.Cny, order), requirement.Observed!.Amount);
        Assert.Equal(new Money(Currency.Cny, 100_000), requirement.Required.Amount);
    }

    [Fact]
    public void Enlarging_the_order_by_the_amount_shown_meets_the_minimum() =>
        Gen.Long[1, 99_999].Sample(order =>
        {
            var question = Question.Ready with { Order = new Money(Currency.Cny, order) };
            var by = question.Requirement(PaymentMethod.WorldFirstBalance, RequirementCode.OrderMinimumAmount).Remediation!.Amount!.Value;
            Assert.Equal(RequirementStatus.Met, Judge(question.Order + by));
            Assert.Equal(RequirementStatus.Unmet, Judge(question.Order + by - new Money(Currency.Cny, 1)));

            static RequirementStatus Judge(Money order) =>
                (Question.Ready with { Order = order }).Requirement(PaymentMethod.WorldFirstBalance, RequirementCode.OrderMinimumAmount).Status;
        });

    [Theory]
    [InlineData("worldfirst", "worldfirst.account worldfirst.identity worldfirst.balance worldfirst.marketplace_link")]
    [InlineData("alipay", "alipay.account alipay.identity alipay.mainland_bank_account alipay.funding")]
    [InlineData("marketplace", "marketplace.account marketplace.identity marketplace.alipay_login")]
    [InlineData("card", "card.linked card.scheme")]
    public void A_silent_provider_leaves_its_facts_unknown_and_unknown_is_never_open(string provider, string codes)
    {
        var facts = provider switch
        {
            "worldfirst" => Question.ReadyFacts with { WorldFirst = null },
            "alipay" => Question.ReadyFacts with { Alipay = null },
            "marketplace" => Question.ReadyFacts with { Marketplace = null },
            _ => Question.ReadyFacts with { Card = null },
        };
        var silent = codes.Split(' ');

        foreach (var verdict in PaymentMethods.All.Select(method => EligibilityRules.Evaluate(method, Question.Ready.With(facts))))
        {
            var concerned = silent.Any(code => TruthTable[code].Split(' ').Contains(verdict.Method.Code()));
            Assert.Equal(!concerned, verdict.Eligible);
            Assert.Equal(concerned, verdict.HasUnknownFact);
            Assert.All(verdict.Requirements, requirement =>
            {
                if (!silent.Contains(requirement.Code.Text()))
                {
                    Assert.Equal(RequirementStatus.Met, requirement.Status);
                    return;
                }

                Assert.Equal(RequirementStatus.Unknown, requirement.Status);
                Assert.Null(requirement.Observed);
                Assert.Equal("try_again_later", requirement.Remediation!.Action);
                Assert.Null(requirement.Remediation.Amount);
            });
        }
    }

    [Fact]
    public void A_buyer_with_nothing_is_told_everything_and_nothing_is_unknown() =>
        Assert.All(PaymentMethods.All, method =>
        {
            var verdict = EligibilityRules.Evaluate(method, Question.Ready.With(BuyerFacts.Nothing));
            Assert.False(verdict.Eligible);
            Assert.False(verdict.HasUnknownFact);
            Assert.All(
                verdict.Requirements.Where(requirement => requirement.Code is not (RequirementCode.NetworkOutsideMainlandChina or RequirementCode.OrderMinimumAmount)),
                requirement => Assert.Equal(RequirementStatus.Unmet, requirement.Status));
        });

    [Fact]
    public void Every_requirement_of_the_truth_table_is_listed_once_whatever_the_facts() =>
        Gen.Select(Question.AnyFacts, Question.AnyNetwork, Gen.Long[1, 200_000]).Sample(
            (facts, network, order) =>
            {
                var question = Question.Ready with { Facts = facts, Network = network, Order = new Money(Currency.Cny, order) };
                foreach (var method in PaymentMethods.All)
                {
                    var verdict = EligibilityRules.Evaluate(method, question);
                    Assert.Equal(method, verdict.Method);
                    Assert.Equal(
                        TruthTable.Where(row => row.Value.Split(' ').Contains(method.Code())).Select(row => row.Key).Order(StringComparer.Ordinal),
                        verdict.Requirements.Select(requirement => requirement.Code.Text()).Order(StringComparer.Ordinal));
                    Assert.Equal(verdict.Requirements.All(requirement => requirement.Status.Text() == "met"), verdict.Eligible);
                    Assert.All(verdict.Requirements, requirement => Assert.Equal(requirement.Status == RequirementStatus.Met, requirement.Remediation is null));
                }
            },
            iter: 2_000);

    [Fact]
    public void More_money_or_more_facts_never_close_a_method() =>
        Gen.Select(Question.AnyFacts, Question.AnyFacts, Question.AnyNetwork).Sample(
            (facts, more, network) =>
            {
                var before = Question.Ready with { Facts = facts, Network = network };
                var after = before with { Facts = Merge(facts, more) };
                var abroad = after with { Network = Question.Abroad };
                Assert.Empty(before.Open().Except(after.Open()));
                Assert.Empty(after.Open().Except(abroad.Open()));

                // Nor does anything that was met cease to be.
                foreach (var method in PaymentMethods.All)
                    foreach (var requirement in EligibilityRules.Evaluate(method, before).Requirements.Where(requirement => requirement.Status == RequirementStatus.Met))
                        Assert.Equal(RequirementStatus.Met, after.Requirement(method, requirement.Code).Status);
            },
            iter: 5_000);

    [Theory]
    [InlineData("visa", true)]
    [InlineData("mastercard", true)]
    [InlineData("amex", false)]
    [InlineData("unionpay", false)]
    [InlineData("jcb", false)]
    [InlineData("Visa", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Visa_and_mastercard_are_the_cards_that_pay(string? scheme, bool accepted)
    {
        var question = Question.Ready.With(Question.ReadyFacts with { Card = new CardFacts(true, scheme) });

        Assert.Equal(accepted, EligibilityRules.IsAcceptedScheme(scheme));
        if (accepted) Assert.Equal(PaymentMethods.All, question.Open());
        else Assert.Equal(scheme ?? "no_card", Assert.Single(AssertClosedByAlone("card.scheme", RequirementStatus.Unmet, question)).Observed!.Word);
    }

    [Fact]
    public void Alipay_is_funded_by_a_linked_bank_or_by_enough_balance() =>
        Gen.Select(Any.Amount, Gen.OneOf(Gen.Const(-1L), Gen.Const(0L), Gen.Const(1L), Gen.Long[-1_000_000, 1_000_000]), Gen.Bool).Sample(
            (order, over, bankLinked) =>
            {
                var balance = new Money(Currency.Cny, Math.Max(0, order + over));
                var alipay = Question.ReadyFacts.Alipay! with { BankLinked = bankLinked, Balance = balance };
                var question = Question.Ready with { Order = new Money(Currency.Cny, order), Facts = Question.ReadyFacts with { Alipay = alipay } };
                var funding = question.Requirement(PaymentMethod.Alipay, RequirementCode.AlipayFunding);

                Assert.Equal(bankLinked || balance.Value >= order ? RequirementStatus.Met : RequirementStatus.Unmet, funding.Status);
                Assert.Equal(question.Order, funding.Required.Amount);
                if (bankLinked)
                {
                    Assert.Equal("bank_linked", funding.Observed!.Word);
                    return;
                }

                Assert.Equal(balance, funding.Observed!.Amount);
                if (funding.Remediation is null) return;
                Assert.Equal(new Money(Currency.Cny, order) - balance, funding.Remediation.Amount);
                var topped = alipay with { Balance = balance + funding.Remediation.Amount!.Value };
                Assert.Equal(RequirementStatus.Met, question.With(question.Facts with { Alipay = topped }).Requirement(PaymentMethod.Alipay, RequirementCode.AlipayFunding).Status);
            },
            iter: 1_000);

    [Fact]
    public void Every_requirement_and_verdict_has_its_own_spelling()
    {
        Assert.Equal(TruthTable.Keys.Order(StringComparer.Ordinal), Enum.GetValues<RequirementCode>().Select(code => code.Text()).Order(StringComparer.Ordinal));
        Assert.Equal(["met", "unmet", "unknown"], Enum.GetValues<RequirementStatus>().Select(status => status.Text()));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((RequirementCode)99).Text());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((RequirementStatus)99).Text());
        Assert.Throws<ArgumentOutOfRangeException>(() => RequirementCodes.Of((PaymentMethod)99));
    }

    private static void AssertNetworkCloses(NetworkFacts network, RequirementStatus status, string action)
    {
        var requirements = AssertClosedByAlone("network.outside_mainland_china", status, Question.Ready with { Network = network });
        Assert.Equal(2, requirements.Count);
        Assert.All(requirements, requirement => Assert.Equal((action, network.Observed), (requirement.Remediation!.Action, requirement.Observed?.Word)));
    }

    /// <summary>Exactly the methods that have the requirement are closed, and by nothing else. Answers the requirement as each of them shows it.</summary>
    private static List<Requirement> AssertClosedByAlone(string code, RequirementStatus status, EligibilityQuestion question)
    {
        var closed = new List<string>();
        var shown = new List<Requirement>();
        foreach (var verdict in PaymentMethods.All.Select(method => EligibilityRules.Evaluate(method, question)))
        {
            var lacking = verdict.Requirements.Where(requirement => requirement.Status != RequirementStatus.Met).ToList();
            Assert.Equal(lacking.Count == 0, verdict.Eligible);
            if (verdict.Eligible) continue;
            closed.Add(verdict.Method.Code());
            var only = Assert.Single(lacking);
            Assert.Equal((code, status), (only.Code.Text(), only.Status));
            shown.Add(only);
        }

        Assert.Equal(TruthTable[code].Split(' '), closed);
        return shown;
    }

    private static BuyerFacts Merge(BuyerFacts a, BuyerFacts b) => new(
        a.WorldFirst is null || b.WorldFirst is null ? a.WorldFirst ?? b.WorldFirst : new WorldFirstFacts(
            a.WorldFirst.HasAccount || b.WorldFirst.HasAccount,
            a.WorldFirst.IdentityVerified || b.WorldFirst.IdentityVerified,
            a.WorldFirst.MarketplaceLinked || b.WorldFirst.MarketplaceLinked,
            [.. a.WorldFirst.Balances.Concat(b.WorldFirst.Balances).GroupBy(money => money.Currency).Select(group => group.Aggregate((x, y) => x + y))]),
        a.Alipay is null || b.Alipay is null ? a.Alipay ?? b.Alipay : new AlipayFacts(
            a.Alipay.HasAccount || b.Alipay.HasAccount,
            a.Alipay.IdentityVerified || b.Alipay.IdentityVerified,
            a.Alipay.HasMainlandBankAccount || b.Alipay.HasMainlandBankAccount,
            a.Alipay.BankLinked || b.Alipay.BankLinked,
            a.Alipay.Balance + b.Alipay.Balance),
        a.Marketplace is null || b.Marketplace is null ? a.Marketplace ?? b.Marketplace : new MarketplaceFacts(
            a.Marketplace.HasAccount || b.Marketplace.HasAccount,
            a.Marketplace.IdentityVerified || b.Marketplace.IdentityVerified,
            a.Marketplace.EnteredWithAlipay || b.Marketplace.EnteredWithAlipay),
        a.Card is null || b.Card is null ? a.Card ?? b.Card : new CardFacts(
            a.Card.Linked || b.Card.Linked, a.Card.Scheme is "visa" or "mastercard" ? a.Card.Scheme : b.Card.Scheme ?? a.Card.Scheme));
}
