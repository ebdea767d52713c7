using System.Globalization;
using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <param name="From">A day or a time; with any of the parameters behind <paramref name="Base"/> the history is asked for.</param>
internal sealed record ListExchangeRates(string? Base, string? Source, string? From, string? To, string? Status, Page Page) : IQuery<Result<ExchangeRateList>>, IValidated
{
    private static readonly string[] Statuses = ["accepted", "held", "rejected"];

    public bool WantsHistory => Source is not null || From is not null || To is not null || Status is not null || Page.Limit is not null || Page.Cursor is not null;

    public Currency? Currency => Domain.Currency.TryParse(Base, out var currency) ? currency : null;

    public RateReader.Filter ToFilter() => new(Currency, Source, Time(From)?.First, Time(To)?.Next, Status);

    public void Validate(FieldErrors errors)
    {
        if (Base is not null && Currency is null) errors.Add("base", "invalid", "base must be a currency code of three capital letters that we know.");
        errors.Text("source", Source, 32);
        if (From is not null && Time(From) is null) errors.Add("from", "invalid", "from must be a day like 2026-04-13 or an RFC 3339 time.");
        if (To is not null && Time(To) is null) errors.Add("to", "invalid", "to must be a day like 2026-04-13 or an RFC 3339 time.");
        if (Time(From) is { } first && Time(To) is { } last && first.First >= last.Next) errors.Add("to", "invalid", "to must not be before from.");
        if (Status is not null && !Statuses.Contains(Status)) errors.Add("status", "invalid", $"status must be one of {string.Join(", ", Statuses)}.");
        Page.Validate<ExchangeRateResource>(errors);
    }

    /// <summary>The first instant of what is named, and the first one behind it: a day is all of it, a time itself included.</summary>
    private static (DateTimeOffset First, DateTimeOffset Next)? Time(string? text) =>
        // The last day has no day behind it.
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue
            ? (new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero))
        : Rfc3339.Parse(text) is { } time && time < DateTimeOffset.MaxValue.AddDays(-1) ? (time, time.AddTicks(TimeSpan.TicksPerMillisecond))
        : null;
}

internal sealed class ListExchangeRatesHandler(ReferenceRates rates, RateReader reader) : IQueryHandler<ListExchangeRates, Result<ExchangeRateList>>
{
    public async ValueTask<Result<ExchangeRateList>> Handle(ListExchangeRates query, CancellationToken cancellationToken)
    {
        var (held, sources) = await reader.StandingAsync(cancellationToken);
        if (!query.WantsHistory)
        {
            var mids = rates.Currencies.Append(Currency.Cnh).Where(currency => query.Currency is null || query.Currency == currency).Select(rates.Mid).OfType<MidRate>();
            return new ExchangeRateList { Data = [.. mids.Select(ExchangeRateResource.From)], HasMore = false, NextCursor = null, Held = held, Sources = sources };
        }

        var size = query.Page.Size;
        var found = await reader.HistoryAsync(query.ToFilter(), query.Page.Before<ExchangeRateResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new ExchangeRateList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null, Held = held, Sources = sources };
    }
}

internal sealed record GetExchangeRate(Id<ExchangeRateResource> Id) : IQuery<Result<ExchangeRateResource>>;

internal sealed class GetExchangeRateHandler(RateReader reader) : IQueryHandler<GetExchangeRate, Result<ExchangeRateResource>>
{
    public async ValueTask<Result<ExchangeRateResource>> Handle(GetExchangeRate query, CancellationToken cancellationToken) =>
        await reader.FindAsync(query.Id, cancellationToken) is { } rate ? rate : Problem.NotFound<ExchangeRateResource>("exchange rate");
}

internal static class ListExchangeRatesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/exchange-rates", async (
            string? @base, string? source, string? from, string? to, string? status, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListExchangeRates(@base, source, from, to, status, new Page(limit, cursor)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("listExchangeRates").WithTags("Reference data")
            .WithSummary("The reference rates in force, or their history")
            .WithDescription("""
                Mid rates against CNY. Without parameters, or with base alone: what is in force. With source, from, to (days or times, both included), status, limit or cursor:
                the history, the newest first; limit is 1 to 100, 20 by default. WorldFirst's methods are priced at the price that WorldFirst guarantees for the order, which
                its quote shows; the history has those under source worldfirst, one per currency when it changes. held are rates that jumped and wait for a decision.
                """)
            .Produces<ExchangeRateList>().Refuses(400, 401);
        v1.MapGet("/exchange-rates/{id}", async (string id, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetExchangeRate(Id<ExchangeRateResource>.ParseOrNone(id)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("getExchangeRate").WithTags("Reference data")
            .WithSummary("A rate, as a quote names it")
            .WithDescription("For whoever recomputes a quote: rate_id of its exchange_rate leads here. Rates are never changed nor deleted.")
            .Produces<ExchangeRateResource>().Refuses(401, 404);
    }
}
