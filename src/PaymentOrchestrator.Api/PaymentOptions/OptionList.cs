using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Texts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>Puts the answer together from what was decided: ways, prices, ranking; and says it.</summary>
/// <param name="question">What the ways were judged by.</param>
/// <param name="onceEnlarged">The same about an order that is just large enough.</param>
internal sealed class OptionList(
    CreatePaymentOptions command, PaymentOptionsStore.Known known, BuyerReading reading, EligibilityQuestion question, EligibilityQuestion onceEnlarged,
    IReadOnlyDictionary<(PaymentMethod, Currency), Result<Quote>> prices, BuyerStanding standing)
{
    public required Yardstick Yardstick { get; init; }

    public required BankTransferComparison BankTransfer { get; init; }

    public required Voice Voice { get; init; }

    private AcceptedLanguage Language => Voice.Language;

    public PaymentOptionsResource Of(IReadOnlyList<PaymentWay> ways, DateTimeOffset now)
    {
        var ranked = OptionRanking.Rank(ways.Select(way => new CostedWay(way, CostOf(way))));
        var transfer = BankTransfer.For(command.Order, Yardstick, Language);
        return new PaymentOptionsResource
        {
            Id = Id<PaymentOptionsResource>.New(command.Request.BuyerId.ShardKey, now),
            BuyerId = command.Request.BuyerId,
            Order = command.Request.Order,
            ComparisonCurrency = Yardstick.Currency,
            Options = [.. ranked.Select(costed => Option(costed, ranked, transfer))],
            Recommendation = ranked[0] is { Way.Open: true, Cost: not null } best
                ? new Recommendation { Method = best.Way.Method, SourceCurrency = best.Way.Source!, Reason = RecommendationTexts.Reason(Language, ranked) }
                : null,
            BankTransfer = transfer,
            Rates = standing.RatesUsed(
                reading, ranked.Select(costed => costed.Way.Verdict),
                ranked.Where(costed => costed.Cost is not null).Select(costed => costed.Way.Source!)
                    .Concat(transfer is null ? [] : [transfer.FixedFee.Currency])
                    .Append(Yardstick.Currency)),
            Facts = ProviderFacts.Of(reading, now),
            Network = NetworkResource.Of(question.Network),
            Language = Language.Tag,
            RuleVersion = EligibilityRules.Version,
            FeeScheduleId = known.Schedule.Id,
            Livemode = command.Caller.Mode == Mode.Live,
            CreatedAt = now,
        };
    }

    private PaymentOption Option(CostedWay costed, IReadOnlyList<CostedWay> ranked, BankTransfer? transfer)
    {
        var (way, cost) = costed;
        var quote = cost is null ? null : PriceOf(way).Value;
        return new PaymentOption
        {
            Method = way.Method,
            SourceCurrency = way.Source,
            Eligible = way.Open,
            Requirements = Voice.Say(way.Verdict),
            Quote = quote?.ToResource(quote.CreatedAt),
            Cost = cost is { } amount ? amount : null,
            Saving = OptionRanking.Saving(costed, ranked) is { } saving ? saving : null,
            SavingAgainstBankTransfer = transfer is not null && cost is { } paid ? transfer.Cost.ToMoney() - paid : null,
            Speed = way.Method.Speed(),
            Arrival = BuyerTexts.Of(Language, $"arrival.{way.Method.Speed() ?? "not_stated"}"),
            Unavailable = way.Open && cost is null ? WhyNot(PriceOf(way)) : null,
            Steps = way.Open ? [] : Step.Of(
                way.Verdict, EligibilityRules.Evaluate(way.Method, onceEnlarged with { OnlyCurrency = way.Source }), command.Request.BuyerId, known.Accounts, Voice),
        };
    }

    private Money? CostOf(PaymentWay way) => way.Open && PriceOf(way) is { Problem: null } price ? Yardstick.WorthOf(price.Value.Price.Total) : null;

    private Result<Quote> PriceOf(PaymentWay way) => prices[(way.Method, way.Source!)];

    /// <summary>A price whose cost cannot be said exactly cannot be ranked, and is not offered.</summary>
    private PriceUnavailable WhyNot(Result<Quote> price)
    {
        var code = (price.Problem ?? Problem.TooLarge("cost", Yardstick.Currency)).Type.Code;
        var name = $"unavailable.{code}";
        return new PriceUnavailable { Code = code, Message = BuyerTexts.Of(Language, BuyerTexts.Has(Language, name) ? name : "unavailable.other") };
    }
}
