using Dapper;
using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The four methods.</summary>
public sealed record PaymentMethodList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<PaymentMethodResource> Data { get; init; }
}

/// <summary>One method: what it needs, what it can be paid in, and what it costs now.</summary>
public sealed record PaymentMethodResource
{
    public required PaymentMethod Method { get; init; }

    /// <summary>Who takes the buyer's money: <c>worldfirst</c>, <c>alipay</c> or <c>card</c>.</summary>
    public required LinkProvider Provider { get; init; }

    /// <summary>The codes of every requirement, in the order in which a buyer would fulfil them.</summary>
    public required IReadOnlyList<string> Requirements { get; init; }

    /// <summary><c>anywhere</c> or <c>outside_mainland_china</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The smallest order; null for none. There is no largest.</summary>
    public required Amount? MinimumOrder { get; init; }

    /// <summary>How long it usually takes: <c>minutes</c>, or null where the provider does not say.</summary>
    public required string? Speed { get; init; }

    /// <summary>What the buyer can pay in.</summary>
    public required IReadOnlyList<MethodCurrency> Currencies { get; init; }

    /// <summary>The price list in force.</summary>
    public required string FeeScheduleId { get; init; }
}

/// <summary>A currency of a method with its present price.</summary>
public sealed record MethodCurrency
{
    public required Currency Currency { get; init; }

    /// <summary>Decimals of the minor unit: 0, 2 or 3.</summary>
    public required int MinorUnits { get; init; }

    /// <summary>Basis points taken off the mid rate, for a price that holds 15 minutes.</summary>
    public required int MarkupBps { get; init; }

    /// <summary>The same for each length: <c>1m</c>, <c>15m</c>, <c>1h</c> and <c>24h</c>.</summary>
    public required IReadOnlyDictionary<string, int> LockMarkupBps { get; init; }

    /// <summary><c>computed</c>; <c>zero</c>: the price list says that every order is free; <c>not_applicable</c>: the method has no fee.</summary>
    public required string FeeStatus { get; init; }

    /// <summary>The fee line; null where the method has none.</summary>
    public required MethodFee? Fee { get; init; }
}

/// <summary>A fee as the price list has it.</summary>
public sealed record MethodFee
{
    public required string Code { get; init; }

    /// <summary>What it is computed from, below the first tier.</summary>
    public required FeeBasis Basis { get; init; }

    /// <summary>Other terms for larger orders; empty where there are none.</summary>
    public IReadOnlyList<FeeTierDocument> Tiers { get; init; } = [];
}

internal sealed record ListPaymentMethods(Caller Caller) : IQuery<Result<PaymentMethodList>>;

internal sealed class ListPaymentMethodsHandler(Db db, ReferenceRates rates, TimeProvider clock) : IQueryHandler<ListPaymentMethods, Result<PaymentMethodList>>
{
    public async ValueTask<Result<PaymentMethodList>> Handle(ListPaymentMethods query, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(query.Caller, cancellationToken);
        var schedule = (await connection.QuerySingleAsync<FeeScheduleRow>(new CommandDefinition(
            FeeSchedules.FindInForce, new { marketplace = query.Caller.MarketplaceId, mode = query.Caller.Mode.Code(), now = clock.Now().UtcDateTime }, cancellationToken: cancellationToken))).ToSchedule();
        var currencies = rates.Currencies.Append(Currency.Cnh).Append(Currency.Cny).ToList();
        return new PaymentMethodList
        {
            Data =
            [
                .. PaymentMethods.All.Select(method => new PaymentMethodResource
                {
                    Method = method,
                    Provider = method.PaidThrough(),
                    Requirements = [.. RequirementCodes.Of(method).Select(code => code.Text())],
                    Network = method.IsNetworkBound() ? "outside_mainland_china" : "anywhere",
                    MinimumOrder = RequirementCodes.Of(method).Contains(RequirementCode.OrderMinimumAmount) ? EligibilityRules.WorldFirstBalanceMinimum : null,
                    Speed = method.Speed(),
                    Currencies = [.. currencies.Where(currency => method.Accepts(currency)).Select(currency => Describe(schedule.RuleFor(method, currency), currency))],
                    FeeScheduleId = schedule.Id,
                }),
            ],
        };
    }

    private static MethodCurrency Describe(FeeRule rule, Currency currency)
    {
        return new MethodCurrency
        {
            Currency = currency,
            MinorUnits = currency.MinorUnits,
            MarkupBps = QuoteEngine.MarkupBps(currency, rule, QuoteLock.FifteenMinutes),
            LockMarkupBps = QuoteLocks.All.ToDictionary(hold => hold.Code(), hold => QuoteEngine.MarkupBps(currency, rule, hold)),
            FeeStatus = (rule.Fee?.Status ?? FeeStatus.NotApplicable).Code(),
            Fee = rule.Fee is not { } fee ? null : new MethodFee
            {
                Code = fee.Code,
                Basis = FeeBasis.From(fee.Reckon(tier: null, limit: null)),
                Tiers = [.. (fee.Tiers ?? []).Select(FeeTierDocument.Of)],
            },
        };
    }
}

internal static class ListPaymentMethodsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payment-methods", async (Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListPaymentMethods(caller), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listPaymentMethods").WithTags("Reference data")
        .WithSummary("The four methods: requirements, currencies and current prices")
        .WithDescription("For a page that explains the methods before there is an order. What is open to a buyer for an order is told by an eligibility check.")
        .Produces<PaymentMethodList>().Refuses(401);
}
