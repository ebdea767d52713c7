using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Events;

internal sealed record GetEvent(Caller Caller, Id<EventResource> Id) : IQuery<Result<EventResource>>;

internal sealed class GetEventHandler(EventReader reader) : IQueryHandler<GetEvent, Result<EventResource>>
{
    public async ValueTask<Result<EventResource>> Handle(GetEvent query, CancellationToken cancellationToken) =>
        await reader.FindAsync(query.Caller, query.Id, cancellationToken) is { } found ? found : Problem.NotFound<EventResource>("event of the last 30 days");
}

internal static class GetEventEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/events/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetEvent(caller, Id<EventResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getEvent").WithTags("Events")
        .WithSummary("Read an event")
        .WithDescription("Events can be read for 30 days.")
        .Produces<EventResource>().Refuses(401, 404);
}
