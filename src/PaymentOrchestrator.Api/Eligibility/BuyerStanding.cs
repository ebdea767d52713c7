using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Network;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>Puts the question of eligibility together: facts, network, and what the order would take from a WorldFirst balance.</summary>
internal sealed class BuyerStanding(BuyerFactsReader facts, BuyerNetwork network, ReferenceRates rates)
{
    /// <summary>The question, for who shows the verdicts, with what the providers said. Totals are at the reference mid rate.</summary>
    /// <param name="startedAt">When the call came in, as a timestamp of the clock.</param>
    /// <param name="heard">Told the question as it stands whenever one more provider has answered; what is open then stays open.</param>
    public async Task<(EligibilityQuestion Question, BuyerReading Reading)> AskAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, Money order, string? buyerIp,
        FeeSchedule schedule, long startedAt, Action<EligibilityQuestion>? heard, CancellationToken cancellationToken)
    {
        var reading = await facts.ReadToShowAsync(
            mode, accounts, methods, startedAt, heard is null ? null : soFar => heard(QuestionOn(soFar)), cancellationToken);
        return (QuestionOn(reading), reading);

        EligibilityQuestion QuestionOn(BuyerReading known) => new(order, known.Facts, network.Locate(buyerIp), TotalsOf(order, schedule));
    }

    /// <summary>The same question about another order.</summary>
    public EligibilityQuestion AskAbout(Money order, EligibilityQuestion question, FeeSchedule schedule) =>
        question with { Order = order, WorldFirstTotal = TotalsOf(order, schedule) };

    /// <summary>The verdict on paying one quote, on facts that are asked for now: the quote's own total and currency count.</summary>
    public async Task<(MethodVerdict Verdict, BuyerReading Reading)> JudgeQuoteAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, PaymentMethod method, Money order, Money total, string? buyerIp, CancellationToken cancellationToken)
    {
        var reading = await facts.ReadToPayAsync(mode, accounts, method, cancellationToken);
        var question = new EligibilityQuestion(
            order, reading.Facts, network.Locate(buyerIp), (_, currency) => currency == total.Currency ? total : null, total.Currency);
        return (EligibilityRules.Evaluate(method, question), reading);
    }

    /// <summary>The reference rates that verdicts were reckoned with: of every currency held at WorldFirst, and of those that a balance requirement speaks of.</summary>
    public IReadOnlyList<ExchangeRateResource> RatesUsed(BuyerReading reading, IEnumerable<MethodVerdict> verdicts, params IEnumerable<Currency> more) =>
    [
        .. (reading.WorldFirst?.Facts?.Balances ?? []).Select(balance => balance.Currency)
            .Concat(verdicts.SelectMany(verdict => verdict.Requirements)
                .Where(requirement => requirement.Code == RequirementCode.WorldFirstBalance)
                .Select(requirement => requirement.Required.Amount?.Currency).OfType<Currency>())
            .Concat(more)
            .Distinct()
            .OrderBy(currency => currency.Code, StringComparer.Ordinal)
            .Select(rates.Mid)
            .OfType<MidRate>()
            .Select(ExchangeRateResource.From),
    ];

    private Func<PaymentMethod, Currency, Money?> TotalsOf(Money order, FeeSchedule schedule) => (method, currency) =>
        rates.Mid(currency) is { } mid && QuoteEngine.ForOrder(order, currency, mid, schedule.RuleFor(method, currency)) is PriceResult.Priced priced
            ? priced.Price.Total
            : null;
}
