using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public class OptionRankingTests
{
    private static readonly MethodVerdict Met = EligibilityRules.Evaluate(PaymentMethod.Alipay, Question.Ready);
    private static readonly MethodVerdict Unmet = EligibilityRules.Evaluate(PaymentMethod.Alipay, Question.Ready.With(BuyerFacts.Nothing));

    // Few costs and few currencies, so that ties are common.
    private static readonly Gen<CostedWay> AnyWay = Gen.Select(
        Gen.Enum<PaymentMethod>(), Gen.OneOf("USD", "EUR", "CNH", "JPY"), Gen.Bool, Gen.Int[0, 3], (method, source, open, cost) => Way(method, source, open, open && cost > 0 ? cost : null));

    [Fact]
    public void Cheaper_comes_first_and_what_has_no_price_or_is_closed_comes_last() =>
        Assert.Equal(
            ["Card USD 1", "WorldPay USD 2", "WorldPay EUR -", "WorldPay JPY -"],
            Ranked(Way(PaymentMethod.WorldPay, "JPY", false, null), Way(PaymentMethod.WorldPay, "EUR", true, null), Way(PaymentMethod.WorldPay, "USD", true, 2), Way(PaymentMethod.Card, "USD", true, 1)));

    [Fact]
    public void Ties_stand_in_the_order_of_the_methods_and_then_by_currency() =>
        Assert.Equal(
            ["WorldPay EUR 7", "WorldPay USD 7", "Alipay CNY 7", "WorldFirstBalance EUR 7", "Card USD 7"],
            Ranked(
                Way(PaymentMethod.Card, "USD", true, 7), Way(PaymentMethod.WorldFirstBalance, "EUR", true, 7), Way(PaymentMethod.WorldPay, "USD", true, 7),
                Way(PaymentMethod.Alipay, "CNY", true, 7), Way(PaymentMethod.WorldPay, "EUR", true, 7)));

    [Fact]
    public void A_closed_way_is_not_placed_by_a_cost_that_it_should_not_have() =>
        Assert.Equal(["WorldPay USD 9", "Alipay CNY 1"], Ranked(Way(PaymentMethod.Alipay, "CNY", false, 1), Way(PaymentMethod.WorldPay, "USD", true, 9)));

    [Fact]
    public void The_order_is_total() =>
        Gen.Select(AnyWay, AnyWay, AnyWay).Sample(
            (a, b, c) =>
            {
                Assert.Equal(Math.Sign(OptionRanking.Compare(a, b)), -Math.Sign(OptionRanking.Compare(b, a)));
                Assert.Equal(0, OptionRanking.Compare(a, a));
                if (OptionRanking.Compare(a, b) <= 0 && OptionRanking.Compare(b, c) <= 0) Assert.True(OptionRanking.Compare(a, c) <= 0);
                if (OptionRanking.Compare(a, b) == 0) Assert.Equal((a.Way.Method, a.Way.Source, a.Way.Open), (b.Way.Method, b.Way.Source, b.Way.Open));
            },
            iter: 100_000);

    [Fact]
    public void The_order_in_which_ways_are_found_does_not_matter() =>
        AnyWay.Array[0, 12].SelectMany(ways => Gen.Shuffle(ways).Select(shuffled => (ways, shuffled))).Sample(
            (ways, shuffled) => Assert.Equal(Ranked(ways), Ranked(shuffled)));

    [Fact]
    public void Savings_are_against_the_dearest_open_way_and_grow_up_the_ranking() =>
        AnyWay.Array[1, 12].Sample(ways =>
        {
            var ranked = OptionRanking.Rank(ways);
            var savings = ranked.Select(way => OptionRanking.Saving(way, ranked)).ToList();
            Assert.All(ranked.Zip(savings), pair => Assert.Equal(pair.First is { Way.Open: true, Cost: not null }, pair.Second is not null));
            var known = savings.OfType<Money>().Select(saving => saving.Value).ToList();
            Assert.Equal(known.OrderDescending(), known);
            if (known.Count > 0) Assert.Equal(0, known[^1]);
        });

    private static IEnumerable<string> Ranked(params CostedWay[] ways) =>
        OptionRanking.Rank(ways).Select(way => $"{way.Way.Method} {way.Way.Source} {way.Cost?.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}");

    private static CostedWay Way(PaymentMethod method, string source, bool open, long? cost) => new(
        new PaymentWay(method, Currency.Parse(source), open ? Met : Unmet), cost is { } value ? new Money(Currency.Cny, value) : null);
}
