using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

internal sealed record GetBuyerSession(Caller Caller, Id<BuyerSessionResource> Id) : IQuery<Result<BuyerSessionResource>>;

internal sealed class GetBuyerSessionHandler(BuyerSessionStore store) : IQueryHandler<GetBuyerSession, Result<BuyerSessionResource>>
{
    public async ValueTask<Result<BuyerSessionResource>> Handle(GetBuyerSession query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } session ? session : Problem.NotFound<BuyerSessionResource>("buyer session");
}

internal static class GetBuyerSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/buyer-sessions/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetBuyerSession(caller, Id<BuyerSessionResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getBuyerSession").WithTags("Access")
        .WithSummary("Read a buyer session, without its secret")
        .WithDescription("Tells whether it still serves, and for which buyer and order.")
        .Produces<BuyerSessionResource>().Refuses(401, 404);
}
