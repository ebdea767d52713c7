using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>Puts the answer together from what was decided: ways, prices, ranking.</summary>
internal static class OptionList
{
    public static PaymentOptionsResource Of(
        CreatePaymentOptions command, IReadOnlyList<PaymentWay> ways, EligibilityQuestion onceEnlarged, IReadOnlyDictionary<(PaymentMethod, Currency), Result<Quote>> prices,
        PaymentOptionsStore.Known known, Yardstick yardstick, BankTransferComparison bankTransfer, ReferenceRates rates, DateTimeOffset now)
    {
        var ranked = OptionRanking.Rank(ways.Select(way => new CostedWay(way, CostOf(way))));
        var transfer = bankTransfer.For(command.Order, yardstick);
        return new PaymentOptionsResource
        {
            Id = Id<PaymentOptionsResource>.New(command.Request.BuyerId.ShardKey, now),
            BuyerId = command.Request.BuyerId,
            Order = command.Request.Order,
            ComparisonCurrency = yardstick.Currency,
            Options = [.. ranked.Select(Option)],
            Recommendation = ranked[0] is { Way.Open: true, Cost: not null } best
                ? new Recommendation
                {
                    Method = best.Way.Method,
                    SourceCurrency = best.Way.Source!,
                    Reason = RecommendationTexts.Reason(command.Language, ranked),
                }
                : null,
            BankTransfer = transfer,
            Rates = [.. RatesUsed()],
            Language = command.Language.Tag,
            RuleVersion = EligibilityRules.Version,
            FeeScheduleId = known.Schedule.Id,
            Livemode = command.Caller.Mode == Mode.Live,
            CreatedAt = now,
        };

        Money? CostOf(PaymentWay way) => way.Open && PriceOf(way) is { Problem: null } price ? yardstick.WorthOf(price.Value.Price.Total) : null;

        Result<Quote> PriceOf(PaymentWay way) => prices[(way.Method, way.Source!)];

        PaymentOption Option(CostedWay costed)
        {
            var (way, cost) = costed;
            var quote = cost is null ? null : PriceOf(way).Value;
            return new PaymentOption
            {
                Method = way.Method,
                SourceCurrency = way.Source,
                Eligible = way.Open,
                Requirements = [.. way.Verdict.Requirements.Select(RequirementResource.From)],
                Quote = quote?.ToResource(quote.CreatedAt),
                Cost = cost is { } amount ? amount : null,
                Saving = OptionRanking.Saving(costed, ranked) is { } saving ? saving : null,
                SavingAgainstBankTransfer = transfer is not null && cost is { } paid ? transfer.Cost.ToMoney() - paid : null,
                Speed = way.Method.Speed(),
                Unavailable = way.Open && cost is null ? WhyNot(PriceOf(way)) : null,
                Steps = way.Open ? [] : Step.Of(
                    way.Verdict, EligibilityRules.Evaluate(way.Method, onceEnlarged with { OnlyCurrency = way.Source }), command.Request.BuyerId, known.Accounts),
            };
        }

        // A price whose cost cannot be said exactly cannot be ranked, and is not offered.
        PriceUnavailable WhyNot(Result<Quote> price)
        {
            var problem = price.Problem ?? Problem.TooLarge("cost", yardstick.Currency);
            return new PriceUnavailable { Code = problem.Type.Code, Message = problem.Detail };
        }

        IEnumerable<ExchangeRateResource> RatesUsed() =>
            ranked.Where(costed => costed.Cost is not null).Select(costed => costed.Way.Source!)
                .Concat(transfer is null ? [] : [transfer.FixedFee.Currency])
                .Append(yardstick.Currency)
                .Distinct()
                .OrderBy(currency => currency.Code, StringComparer.Ordinal)
                .Select(rates.Mid)
                .OfType<MidRate>()
                .Select(ExchangeRateResource.From);
    }
}
