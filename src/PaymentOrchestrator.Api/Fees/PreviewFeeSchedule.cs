using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

public sealed record PreviewFeeScheduleRequest
{
    /// <summary>The rules that you mean to publish.</summary>
    public required IReadOnlyList<FeeRuleDocument> Rules { get; init; }

    /// <summary>RFC 3339: when they are to begin; they are compared with what is in force by then. Now when left out.</summary>
    public string? EffectiveFrom { get; init; }

    /// <summary>Orders to price, CNY, at most 10. When left out: CNY 100, 1,000 and 10,000, and each tier's beginning with the amount just below it.</summary>
    public IReadOnlyList<Amount>? OrderAmounts { get; init; }

    /// <summary>The currencies to price in; every one that a method is paid in when left out.</summary>
    public IReadOnlyList<Currency>? Currencies { get; init; }

    /// <summary>The length of hold to price: <c>1m</c>, <c>15m</c> (default), <c>1h</c> or <c>24h</c>.</summary>
    public string? Lock { get; init; }
}

/// <summary>What a price list would change. Nothing was stored.</summary>
public sealed record FeeSchedulePreview
{
    /// <summary>Always <c>fee_schedule_preview</c>.</summary>
    public string Object { get; init; } = "fee_schedule_preview";

    /// <summary>The price list that is in force at effective_from as things stand.</summary>
    public required string ComparedWith { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    public required string Lock { get; init; }

    /// <summary>How many entries differ.</summary>
    public required int Changed { get; init; }

    /// <summary>One entry per method, currency and order amount, at the reference rates in force.</summary>
    public required IReadOnlyList<FeeChange> Data { get; init; }
}

/// <summary>One order by one method in one currency, before and after.</summary>
public sealed record FeeChange
{
    public required PaymentMethod Method { get; init; }

    public required Currency Currency { get; init; }

    public required Amount OrderAmount { get; init; }

    /// <summary>The mid rate that both are priced at; null for CNY.</summary>
    public required string? Mid { get; init; }

    public required FeeOutcome Before { get; init; }

    public required FeeOutcome After { get; init; }

    /// <summary>What the buyer would pay more, or less where it is negative; null where either cannot be priced.</summary>
    public required Amount? Difference { get; init; }

    public required bool Changed { get; init; }
}

/// <summary>What a quote would say.</summary>
public sealed record FeeOutcome
{
    public required int MarkupBps { get; init; }

    /// <summary><c>computed</c>, <c>zero</c> or <c>not_applicable</c>.</summary>
    public required string FeeStatus { get; init; }

    /// <summary>The converted order; null where an amount is too large to be priced.</summary>
    public required Amount? SourceAmount { get; init; }

    /// <summary>Null as source_amount, and where the method has no fee.</summary>
    public required Amount? Fee { get; init; }

    public required Amount? Total { get; init; }

    public required bool FeeRefundable { get; init; }
}

internal sealed record PreviewFeeSchedule(Caller Caller, PreviewFeeScheduleRequest Request) : IQuery<Result<FeeSchedulePreview>>, IValidated
{
    private const int MaxAmounts = 10;

    public QuoteLock Hold => QuoteLocks.FromCode(Request.Lock) ?? QuoteLock.FifteenMinutes;

    public void Validate(FieldErrors errors)
    {
        errors.Rules("rules", Request.Rules);
        if (Request.EffectiveFrom is not null && Rfc3339.Parse(Request.EffectiveFrom) is null)
            errors.Add("effective_from", "invalid", "effective_from must be an RFC 3339 time, like 2027-01-01T00:00:00Z.");
        if (Request.Lock is not null && QuoteLocks.FromCode(Request.Lock) is null) errors.Add("lock", "invalid", "lock must be one of 1m, 15m, 1h, 24h.");
        if (Request.OrderAmounts is not { } amounts) return;
        if (amounts.Count > MaxAmounts) errors.Add("order_amounts", "too_many", $"order_amounts may hold at most {MaxAmounts}.");
        for (var i = 0; i < amounts.Count; i++)
        {
            errors.Positive($"order_amounts[{i}]", amounts[i], Currency.Cny);
        }
    }

    /// <summary>What prices can turn on: round sums, and both sides of every tier's beginning.</summary>
    public IReadOnlyList<Money> OrderAmounts(FeeSchedule before, FeeSchedule after) => Request.OrderAmounts is { } given
        ? [.. given.Select(amount => amount.ToMoney()).Distinct()]
        :
        [
            .. new[] { before, after }.SelectMany(schedule => schedule.Rules).SelectMany(rule => rule.Fee?.Tiers ?? [])
                .SelectMany(tier => new[] { tier.From.Value - 1, tier.From.Value }).Where(value => value > 0)
                .Concat([100_00, 1_000_00, 10_000_00]).Distinct().Order().Select(value => new Money(Currency.Cny, value)),
        ];
}

/// <summary>Priced by the engine that prices quotes, so that what is previewed is what quotes then say.</summary>
internal sealed class PreviewFeeScheduleHandler(FeeScheduleStore store, ReferenceRates rates, TimeProvider clock) : IQueryHandler<PreviewFeeSchedule, Result<FeeSchedulePreview>>
{
    public async ValueTask<Result<FeeSchedulePreview>> Handle(PreviewFeeSchedule query, CancellationToken cancellationToken)
    {
        var effectiveFrom = query.Request.EffectiveFrom is null ? clock.Now() : Rfc3339.Parse(query.Request.EffectiveFrom)!.Value;
        var before = await store.InForceAsync(query.Caller, effectiveFrom, cancellationToken);
        var after = new FeeSchedule("preview", effectiveFrom, [.. query.Request.Rules.Select(rule => rule.ToRule())]);
        var amounts = query.OrderAmounts(before, after);
        var currencies = rates.Currencies.Append(Currency.Cnh).Append(Currency.Cny).Where(currency => query.Request.Currencies?.Contains(currency) != false).ToList();
        IReadOnlyList<FeeChange> changes =
        [
            .. from method in PaymentMethods.All
               from currency in currencies
               where method.Accepts(currency)
               from amount in amounts
               select Compare(method, currency, amount),
        ];
        return new FeeSchedulePreview
        {
            ComparedWith = before.Id,
            EffectiveFrom = effectiveFrom,
            Lock = query.Hold.Code(),
            Changed = changes.Count(change => change.Changed),
            Data = changes,
        };

        FeeChange Compare(PaymentMethod method, Currency currency, Money order)
        {
            var mid = rates.Mid(currency);
            var (old, planned) = (Outcome(before), Outcome(after));
            return new FeeChange
            {
                Method = method,
                Currency = currency,
                OrderAmount = order,
                Mid = mid?.Rate.ToRateString(),
                Before = old,
                After = planned,
                Difference = old.Total is { } was && planned.Total is { } will ? will.ToMoney() - was.ToMoney() : null,
                Changed = old != planned,
            };

            FeeOutcome Outcome(FeeSchedule schedule)
            {
                var rule = schedule.RuleFor(method, currency);
                var price = (QuoteEngine.ForOrder(order, currency, mid, rule, query.Hold) as PriceResult.Priced)?.Price;
                return new FeeOutcome
                {
                    MarkupBps = QuoteEngine.MarkupBps(currency, rule, query.Hold),
                    FeeStatus = (price?.FeeStatus ?? (rule.Fee is null ? FeeStatus.NotApplicable : FeeStatus.Computed)).Code(),
                    SourceAmount = price is null ? null : price.Source,
                    Fee = price is null || rule.Fee is null ? null : price.Fee,
                    Total = price is null ? null : price.Total,
                    FeeRefundable = rule.FeeRefundable,
                };
            }
        }
    }
}

internal static class PreviewFeeScheduleEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/fee-schedules/preview", async (
            Caller caller, RequestBody<PreviewFeeScheduleRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new PreviewFeeSchedule(caller, body.Value), cancellationToken)).Ok())
        .Needs(Scope.FeesManage)
        .WithName("previewFeeSchedule").WithTags("Fee schedules")
        .WithSummary("See what a price list would change")
        .WithDescription("Prices the same orders by the list in force and by the given rules, as quotes would at the reference rates in force. Nothing is stored.")
        .Produces<FeeSchedulePreview>().Refuses(400, 401, 413, 415, 422);
}
