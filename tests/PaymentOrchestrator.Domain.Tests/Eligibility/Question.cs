using CsCheck;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>A buyer abroad who meets everything, asking about an order of CNY 12,345.67; tests take something away.</summary>
internal static class Question
{
    public static NetworkFacts Abroad { get; } = new(true, true, "outside_mainland_china");

    public static BuyerFacts ReadyFacts { get; } = new(
        new WorldFirstFacts(true, true, true, [new Money(Currency.Usd, 181_425)]),
        new AlipayFacts(true, true, true, BankLinked: true, Money.Zero(Currency.Cny)),
        new MarketplaceFacts(true, true, true),
        new CardFacts(true, "visa"));

    public static EligibilityQuestion Ready { get; } = new(new Money(Currency.Cny, 1_234_567), ReadyFacts, Abroad, TotalsOf(new()
    {
        ["USD"] = 181_425,
        ["EUR"] = 155_277,
        ["GBP"] = 135_181,
        ["JPY"] = 289_979,
        ["CNH"] = 1_234_567,
    }));

    /// <summary>Any facts at all; each provider may also be silent.</summary>
    public static Gen<BuyerFacts> AnyFacts { get; } = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Balances(), (a, b, c, held) => new WorldFirstFacts(a, b, c, held)),
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Long[0, 3_000_000], (a, b, c, d, cny) =>
            new AlipayFacts(a, b, c, d, new Money(Currency.Cny, cny))),
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, (a, b, c) => new MarketplaceFacts(a, b, c)),
        Gen.Select(Gen.Bool, Gen.OneOf<string?>("visa", "mastercard", "amex", null), (linked, scheme) => new CardFacts(linked, scheme)),
        Gen.Int[0, 40],
        (worldFirst, alipay, marketplace, card, silent) => new BuyerFacts(
            silent == 1 ? null : worldFirst, silent == 2 ? null : alipay, silent == 3 ? null : marketplace, silent == 4 ? null : card));

    public static Gen<NetworkFacts> AnyNetwork { get; } =
        Gen.OneOf(Abroad, Abroad, new NetworkFacts(true, false, "CN"), new NetworkFacts(true, false, "not_a_public_address"), NetworkFacts.NotGiven);

    /// <summary>One entry per held currency, in any order, from nothing to about twice what an order costs.</summary>
    public static Gen<IReadOnlyList<Money>> Balances() =>
        Gen.Select(Gen.Shuffle("USD EUR GBP JPY CNH CNY KRW".Split(' ')), Gen.Int[0, 7], Gen.Long[0, 400_000].Array[7]).Select(
            (codes, count, amounts) => (IReadOnlyList<Money>)[.. codes.Zip(amounts, (code, amount) => new Money(Currency.Parse(code), amount)).Take(count)]);

    public static Func<PaymentMethod, Currency, Money?> TotalsOf(Dictionary<string, long> totals) =>
        (_, currency) => totals.TryGetValue(currency.Code, out var total) ? new Money(currency, total) : null;

    public static EligibilityQuestion With(this EligibilityQuestion question, BuyerFacts facts) => question with { Facts = facts };

    public static EligibilityQuestion Holding(this EligibilityQuestion question, params Money[] balances) =>
        question.With(question.Facts with { WorldFirst = question.Facts.WorldFirst! with { Balances = balances } });

    public static IReadOnlyList<PaymentMethod> Open(this EligibilityQuestion question) =>
        [.. PaymentMethods.All.Where(method => EligibilityRules.Evaluate(method, question).Eligible)];

    public static Requirement Requirement(this EligibilityQuestion question, PaymentMethod method, RequirementCode code) =>
        EligibilityRules.Evaluate(method, question).Requirements.Single(requirement => requirement.Code == code);
}
