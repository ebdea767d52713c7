namespace PaymentOrchestrator.Domain;

/// <summary>One way to pay an order: a method in one currency, with its verdict.</summary>
/// <param name="Method">The method.</param>
/// <param name="Source">What the buyer would pay in; null for a method of which nothing is open.</param>
/// <param name="Verdict">For a WorldFirst method in a currency, that currency's balance alone counts.</param>
public sealed record PaymentWay(PaymentMethod Method, Currency? Source, MethodVerdict Verdict)
{
    public bool Open => Verdict.Eligible;
}

/// <summary>Lists the ways to pay an order. Pure.</summary>
public static class PaymentWays
{
    /// <summary>
    /// One way per method and held currency; a method of which nothing is open appears once, without a currency, and then its balance
    /// requirement speaks of the currency that is closest to enough.
    /// </summary>
    /// <param name="question">Its OnlyCurrency is null: every currency is judged by itself.</param>
    /// <param name="comparison">The currency in which the ways are to be compared.</param>
    public static IReadOnlyList<PaymentWay> Of(EligibilityQuestion question, Currency comparison) =>
        [.. PaymentMethods.All.SelectMany(method => Of(method, question, comparison))];

    private static List<PaymentWay> Of(PaymentMethod method, EligibilityQuestion question, Currency comparison)
    {
        List<PaymentWay> ways =
        [
            .. Currencies(method, question, comparison)
                .Select(source => new PaymentWay(method, source, EligibilityRules.Evaluate(method, question with { OnlyCurrency = source }))),
        ];
        return ways.Exists(way => way.Open) ? ways : [new PaymentWay(method, null, EligibilityRules.Evaluate(method, question))];
    }

    private static IEnumerable<Currency> Currencies(PaymentMethod method, EligibilityQuestion question, Currency comparison) => method switch
    {
        PaymentMethod.Alipay => [Currency.Cny],
        // Nobody tells us what a card is kept in. Its issuer converts whatever is charged, so the currency that the caller compares in is as
        // good as any; a caller who knows better asks for a quote in that currency.
        PaymentMethod.Card => [method.Accepts(comparison) ? comparison : Currency.Usd],
        _ => Held(method, question).Distinct(),
    };

    private static IEnumerable<Currency> Held(PaymentMethod method, EligibilityQuestion question) =>
        from balance in question.Facts.WorldFirst?.Balances ?? []
        where balance.Value > 0 && method.Accepts(balance.Currency) && question.WorldFirstTotal(method, balance.Currency) is not null
        select balance.Currency;
}
