using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>
/// Enough WorldFirst balance: one currency's available balance covers that currency's total. Balances are never added nor split.
/// What is shown is the currency with the smallest shortfall, in the worth of the order.
/// </summary>
internal static class WorldFirstBalance
{
    private const string NoUsableCurrency = "no_usable_currency";

    public static Requirement Judge(PaymentMethod method, EligibilityQuestion question)
    {
        const RequirementCode code = RequirementCode.WorldFirstBalance;
        if (question.Facts.WorldFirst is not { } worldFirst)
            return new(code, RequirementStatus.Unknown, null, "enough_for_the_total", RemediationAction.AskAgain);

        var candidates = Candidates(method, question, worldFirst.Balances);
        if (candidates.Count == 0)
            return new(code, RequirementStatus.Unmet, NoUsableCurrency, "enough_for_the_total", new Remediation(RemediationAction.TopUp, NoUsableCurrency));

        var best = candidates.Aggregate((left, right) => right.IsCloserThan(left) ? right : left);
        return best.Shortfall.Value <= 0
            ? new(code, RequirementStatus.Met, best.Available, best.Total, null)
            : new(code, RequirementStatus.Unmet, best.Available, best.Total, RemediationAction.For(code) with { Amount = best.Shortfall });
    }

    private static List<Candidate> Candidates(PaymentMethod method, EligibilityQuestion question, IReadOnlyList<Money> balances)
    {
        var held = balances.Where(balance => question.OnlyCurrency is null || balance.Currency == question.OnlyCurrency).ToList();
        var candidates = Priced(method, question, held);
        // Who holds nothing usable is told what to hold: the chosen currency, else US dollars.
        return candidates.Count > 0 ? candidates : Priced(method, question, [Money.Zero(question.OnlyCurrency ?? Currency.Usd)]);
    }

    private static List<Candidate> Priced(PaymentMethod method, EligibilityQuestion question, IEnumerable<Money> balances) =>
    [
        .. from available in balances
           where method.Accepts(available.Currency)
           let total = question.WorldFirstTotal(method, available.Currency)
           where total is not null
           select new Candidate(available, total.Value),
    ];

    private sealed record Candidate(Money Available, Money Total)
    {
        public Money Shortfall { get; } = Total - Available;

        /// <summary>
        /// Every total is worth the same order, so shortfall ÷ total compares across currencies without a rate. Among balances that
        /// suffice, the larger surplus is the closer one.
        /// </summary>
        public bool IsCloserThan(Candidate other) =>
            (BigInteger)Shortfall.Value * other.Total.Value < (BigInteger)other.Shortfall.Value * Total.Value;
    }
}
