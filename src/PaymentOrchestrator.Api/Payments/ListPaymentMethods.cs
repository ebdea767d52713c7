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

    /// <summary>Basis points taken off the mid rate.</summary>
    public required int MarkupBps { get; init; }

    /// <summary>The fee line; null where the method has none.</summary>
    public required MethodFee? Fee { get; init; }
}

/// <summary>A fee as the price list has it.</summary>
public sealed record MethodFee
{
    public required string Code { get; init; }

    public required FeeBasis Basis { get; init; }
}

internal sealed record ListPaymentMethods(Caller Caller) : IQuery<Result<PaymentMethodList>>;

internal sealed class ListPaymentMethodsHandler(Db db, ReferenceRates rates, TimeProvider clock) : IQueryHandler<ListPaymentMethods, Result<PaymentMethodList>>
{
    public async ValueTask<Result<PaymentMethodList>> Handle(ListPaymentMethods query, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        var schedule = (await connection.QuerySingleAsync<FeeScheduleRow>(new CommandDefinition(
            FeeSchedules.FindInForce, new { marketplace = query.Caller.MarketplaceId, now = clock.Now().UtcDateTime }, cancellationToken: cancellationToken))).ToSchedule();
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
        // Priced by the engine, so that what is listed is what is charged.
        var probe = FeeCalculator.Fee(rule, 0);
        return new MethodCurrency
        {
            Currency = currency,
            MinorUnits = currency.MinorUnits,
            MarkupBps = QuoteEngine.MarkupBps(currency, rule),
            Fee = probe is null ? null : new MethodFee
            {
                Code = probe.Code,
                Basis = new FeeBasis { Kind = probe.Percentage == 0 ? "zero" : "computed", Percentage = probe.PercentageText },
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
        .Produces<PaymentMethodList>().Refuses(401);
}
