using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

internal sealed record GetQuote(Caller Caller, Id<QuoteResource> Id) : IQuery<Result<QuoteResource>>;

internal sealed class GetQuoteHandler(QuoteStore store, TimeProvider clock) : IQueryHandler<GetQuote, Result<QuoteResource>>
{
    public async ValueTask<Result<QuoteResource>> Handle(GetQuote query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } quote && quote.IsOpenTo(query.Caller)
            ? quote.ToResource(clock.Now())
            : Problem.NotFound<QuoteResource>("quote");
}

internal static class GetQuoteEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/quotes/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetQuote(caller, Id<QuoteResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read).OpenToBuyers()
        .WithName("getQuote").WithTags("Quotes")
        .WithSummary("Read a quote")
        .WithDescription("With everything that is needed to recompute it. status says whether it can still be paid: open, consumed or expired.")
        .Produces<QuoteResource>().Refuses(401, 404);
}
