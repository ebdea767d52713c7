using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>The reference rates in force.</summary>
public sealed record ExchangeRateList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ExchangeRateResource> Data { get; init; }
}

/// <summary>A mid rate against CNY.</summary>
public sealed record ExchangeRateResource
{
    /// <summary>One unit of this currency …</summary>
    public required Currency Base { get; init; }

    /// <summary>… is worth <c>mid</c> units of this one: always CNY.</summary>
    public required Currency Counter { get; init; }

    /// <summary>Ten significant digits, half to even.</summary>
    public required string Mid { get; init; }

    /// <summary><c>ecb</c>, or <c>par</c> for CNH.</summary>
    public required string Source { get; init; }

    /// <summary>When the source fixed it.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Older than the configured age.</summary>
    public required bool Stale { get; init; }

    internal static ExchangeRateResource From(MidRate mid) => new()
    {
        Base = mid.Rate.Base,
        Counter = mid.Rate.Counter,
        Mid = mid.Rate.ToRateString(),
        Source = mid.Source,
        AsOf = mid.AsOf,
        Stale = mid.Stale,
    };
}

internal sealed record ListExchangeRates : IQuery<Result<ExchangeRateList>>;

internal sealed class ListExchangeRatesHandler(ReferenceRates rates) : IQueryHandler<ListExchangeRates, Result<ExchangeRateList>>
{
    public ValueTask<Result<ExchangeRateList>> Handle(ListExchangeRates query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Result<ExchangeRateList>>(new ExchangeRateList
        {
            Data =
            [
                .. from currency in rates.Currencies.Append(Currency.Cnh)
                   let mid = rates.Mid(currency)
                   select ExchangeRateResource.From(mid),
            ],
        });
}

internal static class ListExchangeRatesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/exchange-rates", async (ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListExchangeRates(), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listExchangeRates").WithTags("Reference data")
        .WithSummary("The reference rates in force")
        .WithDescription("Mid rates against CNY. WorldFirst's methods are priced at the price that WorldFirst guarantees for the order, which a quote shows.")
        .Produces<ExchangeRateList>().Refuses(401);
}
