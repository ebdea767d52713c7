using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Events;

internal sealed record ListEvents(Caller Caller, string? Type, string? ObjectId, Page Page) : IQuery<Result<EventList>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Text("type", Type, 64);
        errors.Text("object_id", ObjectId, 64);
        Page.Validate<EventResource>(errors);
    }
}

internal sealed class ListEventsHandler(EventReader reader) : IQueryHandler<ListEvents, Result<EventList>>
{
    public async ValueTask<Result<EventList>> Handle(ListEvents query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await reader.ListAsync(query.Caller, query.Type, query.ObjectId, query.Page.Before<EventResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new EventList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal static class ListEventsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/events", async (
            Caller caller, string? type, [FromQuery(Name = "object_id")] string? objectId, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListEvents(caller, type, objectId, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listEvents").WithTags("Events")
        .WithSummary("List what happened in the last 30 days, the newest first")
        .WithDescription("Filter by type and by the object's id. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<EventList>().Refuses(400, 401);
}
