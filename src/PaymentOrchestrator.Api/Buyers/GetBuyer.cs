using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Buyers;

internal sealed record GetBuyer(Caller Caller, Id<BuyerResource> Id) : IQuery<Result<BuyerResource>>;

internal sealed class GetBuyerHandler(BuyerStore store) : IQueryHandler<GetBuyer, Result<BuyerResource>>
{
    public async ValueTask<Result<BuyerResource>> Handle(GetBuyer query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } buyer ? buyer : Problem.NotFound<BuyerResource>("buyer");
}

internal static class GetBuyerEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/buyers/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetBuyer(caller, Id<BuyerResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getBuyer").WithTags("Buyers")
        .WithSummary("Read a buyer")
        .WithDescription("The buyer as you made it. What providers know of it is in the linked accounts and in an eligibility check.")
        .Produces<BuyerResource>().Refuses(401, 404);
}
