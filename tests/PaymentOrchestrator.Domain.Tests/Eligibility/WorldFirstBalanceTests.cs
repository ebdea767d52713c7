using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>One currency alone must cover its own total. USD 1,814.25, EUR 1,552.77, GBP 1,351.81, JPY 289,979 or CNH 12,345.67 pay the order.</summary>
public sealed class WorldFirstBalanceTests
{
    private static readonly PaymentMethod[] Funded = [PaymentMethod.WorldPay, PaymentMethod.WorldFirstBalance];

    private static readonly Currency Gbp = Currency.Parse("GBP");
    private static readonly Currency Jpy = Currency.Parse("JPY");

    [Theory]
    [InlineData("USD", 181_425)]
    [InlineData("EUR", 155_277)]
    [InlineData("GBP", 135_181)]
    [InlineData("JPY", 289_979)]
    public void A_balance_of_exactly_the_total_is_enough_and_a_minor_unit_less_is_not(string code, long total)
    {
        var currency = Currency.Parse(code);

        foreach (var method in Funded)
        {
            Assert.Equal(RequirementStatus.Met, Judge(method, new Money(currency, total)).Status);
            var lacking = Judge(method, new Money(currency, total - 1));
            Assert.Equal(RequirementStatus.Unmet, lacking.Status);
            Assert.Equal(("top_up", new Money(currency, 1)), (lacking.Remediation!.Action, lacking.Remediation.Amount));
        }
    }

    [Fact]
    public void Balances_are_never_added()
    {
        // Each lacks one minor unit; together they would pay the order four times.
        Money[] almost = [new(Currency.Usd, 181_424), new(Currency.Eur, 155_276), new(Gbp, 135_180), new(Jpy, 289_978)];

        Assert.All(Funded, method => Assert.Equal(RequirementStatus.Unmet, Judge(method, almost).Status));
        Assert.All(Funded, method => Assert.Equal(RequirementStatus.Met, Judge(method, [.. almost[..3], new(Jpy, 289_979)]).Status));
    }

    [Fact]
    public void The_smallest_shortfall_is_the_one_shown_by_worth_and_not_by_digits()
    {
        // USD lacks 814.25 of 1,814.25 (45 %); JPY lacks 89,979 of 289,979 (31 %), many more digits but less money.
        foreach (var balances in new Money[][] { [new(Currency.Usd, 100_000), new(Jpy, 200_000)], [new(Jpy, 200_000), new(Currency.Usd, 100_000)] })
        {
            var requirement = Judge(PaymentMethod.WorldPay, balances);
            Assert.Equal(new Money(Jpy, 200_000), requirement.Observed!.Amount);
            Assert.Equal(new Money(Jpy, 289_979), requirement.Required.Amount);
            Assert.Equal(new Money(Jpy, 89_979), requirement.Remediation!.Amount);
        }
    }

    [Fact]
    public void Offshore_renminbi_fund_world_pay_alone()
    {
        var question = Question.Ready.Holding(new Money(Currency.Cnh, 1_234_567));

        Assert.Equal([PaymentMethod.WorldPay, PaymentMethod.Alipay, PaymentMethod.Card], question.Open());
        // Who holds nothing that the method takes is told how many dollars it wants.
        var balance = question.Requirement(PaymentMethod.WorldFirstBalance, RequirementCode.WorldFirstBalance);
        Assert.Equal(Money.Zero(Currency.Usd), balance.Observed!.Amount);
        Assert.Equal(new Money(Currency.Usd, 181_425), balance.Remediation!.Amount);
    }

    [Fact]
    public void Renminbi_at_worldfirst_fund_neither_method_even_where_they_could_be_priced()
    {
        var question = (Question.Ready with { WorldFirstTotal = Question.TotalsOf(new() { ["CNY"] = 100, ["USD"] = 181_425 }) })
            .Holding(new Money(Currency.Cny, 900_000_000));

        Assert.Equal([PaymentMethod.Alipay, PaymentMethod.Card], question.Open());
        Assert.All(Funded, method => Assert.Equal(
            "no_usable_currency", (question with { OnlyCurrency = Currency.Cny }).Requirement(method, RequirementCode.WorldFirstBalance).Observed!.Word));
    }

    [Fact]
    public void The_chosen_currency_is_the_only_one_that_counts()
    {
        var question = Question.Ready.Holding(new Money(Currency.Usd, 500_000), new Money(Currency.Eur, 155_276)) with { OnlyCurrency = Currency.Eur };

        Assert.All(Funded, method =>
        {
            var requirement = question.Requirement(method, RequirementCode.WorldFirstBalance);
            Assert.Equal(RequirementStatus.Unmet, requirement.Status);
            Assert.Equal(new Money(Currency.Eur, 155_276), requirement.Observed!.Amount);
            Assert.Equal(new Money(Currency.Eur, 1), requirement.Remediation!.Amount);
            Assert.Equal(RequirementStatus.Met, (question with { OnlyCurrency = Currency.Usd }).Requirement(method, RequirementCode.WorldFirstBalance).Status);
            Assert.Equal(RequirementStatus.Met, (question with { OnlyCurrency = null }).Requirement(method, RequirementCode.WorldFirstBalance).Status);

            // Not held at all: from nothing.
            var pounds = (question with { OnlyCurrency = Gbp }).Requirement(method, RequirementCode.WorldFirstBalance);
            Assert.Equal((Money.Zero(Gbp), new Money(Gbp, 135_181)), (pounds.Observed!.Amount, pounds.Remediation!.Amount));
        });
    }

    [Fact]
    public void The_total_is_asked_for_the_method_in_question()
    {
        var question = Question.Ready with
        {
            WorldFirstTotal = (method, currency) => new Money(currency, method == PaymentMethod.WorldPay ? 181_425 : 181_426),
        };

        Assert.DoesNotContain(PaymentMethod.WorldFirstBalance, question.Open());
        Assert.Contains(PaymentMethod.WorldPay, question.Open());
    }

    [Fact]
    public void The_verdict_is_that_of_each_currency_for_itself() =>
        Scenarios.Sample(
            (method, totals, balances, only) =>
            {
                var question = (Question.Ready with { WorldFirstTotal = Question.TotalsOf(totals), OnlyCurrency = only }).Holding([.. balances]);
                var requirement = question.Requirement(method, RequirementCode.WorldFirstBalance);

                var usable = balances.Where(money => (only is null || money.Currency == only) && Usable(method, money.Currency, totals)).ToList();
                var fallback = only ?? Currency.Usd;
                if (usable.Count == 0 && Usable(method, fallback, totals)) usable.Add(Money.Zero(fallback));
                if (usable.Count == 0)
                {
                    Assert.Equal((RequirementStatus.Unmet, "no_usable_currency"), (requirement.Status, requirement.Observed!.Word));
                    Assert.Null(requirement.Remediation!.Amount);
                    return;
                }

                var enough = usable.Any(money => money.Value >= totals[money.Currency.Code]);
                Assert.Equal(enough ? RequirementStatus.Met : RequirementStatus.Unmet, requirement.Status);

                var (observed, required) = (requirement.Observed!.Amount!.Value, requirement.Required.Amount!.Value);
                Assert.Contains(observed, usable);
                Assert.Equal(new Money(observed.Currency, totals[observed.Currency.Code]), required);
                Assert.Equal(enough, observed >= required);
                if (enough) return;
                Assert.Equal(required - observed, requirement.Remediation!.Amount);
                var shown = Lacking(observed, totals);
                Assert.All(usable, money => Assert.True(shown <= Lacking(money, totals)));
            },
            iter: 10_000);

    [Fact]
    public void Topping_up_by_exactly_the_amount_shown_opens_it_and_by_less_does_not() =>
        Scenarios.Sample(
            (method, totals, balances, only) =>
            {
                var question = (Question.Ready with { WorldFirstTotal = Question.TotalsOf(totals), OnlyCurrency = only }).Holding([.. balances]);
                if (question.Requirement(method, RequirementCode.WorldFirstBalance).Remediation?.Amount is not { } amount) return;

                Assert.True(amount.Value > 0);
                Assert.Equal(RequirementStatus.Met, After(amount));
                Assert.Equal(RequirementStatus.Unmet, After(amount - new Money(amount.Currency, 1)));

                RequirementStatus After(Money added)
                {
                    var held = balances.Append(Money.Zero(added.Currency)).DistinctBy(money => money.Currency);
                    return question.Holding([.. held.Select(money => money.Currency == added.Currency ? money + added : money)])
                        .Requirement(method, RequirementCode.WorldFirstBalance).Status;
                }
            },
            iter: 10_000);

    private static Gen<(PaymentMethod Method, Dictionary<string, long> Totals, IReadOnlyList<Money> Balances, Currency? Only)> Scenarios { get; } = Gen.Select(
        Gen.OneOf(Funded),
        Gen.Select(Gen.Shuffle("USD EUR GBP JPY CNH CNY KRW".Split(' ')), Gen.Int[0, 7], Gen.Long[1, 800_000].Array[7]).Select(
            (codes, count, totals) => codes.Zip(totals).Take(count).ToDictionary(pair => pair.First, pair => pair.Second)),
        Question.Balances(),
        Gen.OneOf<Currency?>(null, null, Currency.Usd, Currency.Eur, Currency.Cnh, Currency.Cny));

    private static bool Usable(PaymentMethod method, Currency currency, Dictionary<string, long> totals) =>
        totals.ContainsKey(currency.Code) && currency.Code != "CNY" && (currency.Code != "CNH" || method == PaymentMethod.WorldPay);

    private static Exact Lacking(Money available, Dictionary<string, long> totals) =>
        new(totals[available.Currency.Code] - available.Value, totals[available.Currency.Code]);

    private static Requirement Judge(PaymentMethod method, params Money[] balances) =>
        Question.Ready.Holding(balances).Requirement(method, RequirementCode.WorldFirstBalance);
}
