using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

internal sealed record GetDispute(Caller Caller, Id<DisputeResource> Id) : IQuery<Result<DisputeResource>>;

internal sealed class GetDisputeHandler(DisputeStore store) : IQueryHandler<GetDispute, Result<DisputeResource>>
{
    public async ValueTask<Result<DisputeResource>> Handle(GetDispute query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } dispute
            ? dispute.ToResource()
            : Problem.NotFound<DisputeResource>("dispute");
}

internal static class GetDisputeEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/disputes/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetDispute(caller, Id<DisputeResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getDispute").WithTags("Disputes")
        .WithSummary("Read a dispute")
        .WithDescription("Who disputes which payment, for how much and until when evidence counts. The provider is asked again on a schedule, so that updated_at tells how fresh it is.")
        .Produces<DisputeResource>().Refuses(401, 404);
}
