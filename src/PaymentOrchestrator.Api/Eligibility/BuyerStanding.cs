using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Network;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>Puts the question of eligibility together: facts, network, and what the order would take from a WorldFirst balance.</summary>
internal sealed class BuyerStanding(BuyerFactsReader facts, BuyerNetwork network, ReferenceRates rates)
{
    /// <summary>
    /// The verdicts on the methods. Totals are at the reference mid rate; where a quote exists, its own total counts for its method and currency.
    /// </summary>
    public async Task<IReadOnlyList<MethodVerdict>> JudgeAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, Money order, string? buyerIp,
        FeeSchedule schedule, Currency? onlyCurrency, CancellationToken cancellationToken)
    {
        var question = await AskAsync(mode, accounts, methods, order, buyerIp, schedule, cancellationToken) with { OnlyCurrency = onlyCurrency };
        return [.. methods.Select(method => EligibilityRules.Evaluate(method, question))];
    }

    /// <summary>The question itself, for who judges more than once on the same facts. Totals are at the reference mid rate.</summary>
    public async Task<EligibilityQuestion> AskAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, Money order, string? buyerIp,
        FeeSchedule schedule, CancellationToken cancellationToken) => new(
        order,
        await facts.ReadAsync(mode, accounts, methods, facts.ToShow, cancellationToken),
        network.Locate(buyerIp),
        TotalsOf(order, schedule));

    /// <summary>The same question about another order.</summary>
    public EligibilityQuestion AskAbout(Money order, EligibilityQuestion question, FeeSchedule schedule) =>
        question with { Order = order, WorldFirstTotal = TotalsOf(order, schedule) };

    /// <summary>The verdict on paying one quote: its own total and currency count.</summary>
    public async Task<MethodVerdict> JudgeQuoteAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, PaymentMethod method, Money order, Money total, string? buyerIp, CancellationToken cancellationToken) =>
        EligibilityRules.Evaluate(method, new EligibilityQuestion(
            order,
            await facts.ReadAsync(mode, accounts, [method], facts.ToPay, cancellationToken),
            network.Locate(buyerIp),
            (_, currency) => currency == total.Currency ? total : null,
            total.Currency));

    private Func<PaymentMethod, Currency, Money?> TotalsOf(Money order, FeeSchedule schedule) => (method, currency) =>
        rates.Mid(currency) is { } mid && QuoteEngine.ForOrder(order, currency, mid, schedule.RuleFor(method, currency)) is PriceResult.Priced priced
            ? priced.Price.Total
            : null;
}
