using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Webhooks;

namespace PaymentOrchestrator.Api.Events;

internal sealed record ListEvents(Caller Caller, string? Type, string? ObjectId, CreatedFilter Created, Page Page) : IQuery<Result<EventList>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Type is not null && !EventTypes.All.Contains(Type)) errors.Add("type", "invalid", $"type must be one of {string.Join(", ", EventTypes.All)}.");
        errors.Text("object_id", ObjectId, 64);
        Created.Validate(errors);
        Page.Validate<EventResource>(errors);
    }
}

internal sealed class ListEventsHandler(EventReader reader) : IQueryHandler<ListEvents, Result<EventList>>
{
    public async ValueTask<Result<EventList>> Handle(ListEvents query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await reader.ListAsync(query.Caller, query.Type, query.ObjectId, query.Created.Range, query.Page.Before<EventResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new EventList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

/// <summary>Between which times, as they were given.</summary>
internal sealed record CreatedFilter(string? Gt, string? Gte, string? Lt, string? Lte)
{
    public CreatedRange Range => new(Rfc3339.Parse(Gt), Rfc3339.Parse(Gte), Rfc3339.Parse(Lt), Rfc3339.Parse(Lte));

    public void Validate(FieldErrors errors)
    {
        foreach (var (name, text) in new[] { ("gt", Gt), ("gte", Gte), ("lt", Lt), ("lte", Lte) })
            if (text is not null && Rfc3339.Parse(text) is null) errors.Add($"created_at[{name}]", "invalid", $"created_at[{name}] must be an RFC 3339 time, like 2026-04-13T08:00:00Z.");
        if (Gt is not null && Gte is not null) errors.Add("created_at[gt]", "not_applicable", "Give created_at[gt] or created_at[gte], not both.");
        if (Lt is not null && Lte is not null) errors.Add("created_at[lt]", "not_applicable", "Give created_at[lt] or created_at[lte], not both.");
    }
}

/// <summary>Between which times; null where there is no bound.</summary>
internal sealed record CreatedRange(DateTimeOffset? After, DateTimeOffset? From, DateTimeOffset? Before, DateTimeOffset? Until);

internal static class ListEventsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/events", async (
            Caller caller, string? type, [FromQuery(Name = "object_id")] string? objectId, [FromQuery(Name = "created_at[gt]")] string? createdAfter,
            [FromQuery(Name = "created_at[gte]")] string? createdFrom, [FromQuery(Name = "created_at[lt]")] string? createdBefore,
            [FromQuery(Name = "created_at[lte]")] string? createdUntil, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new ListEvents(caller, type, objectId, new CreatedFilter(createdAfter, createdFrom, createdBefore, createdUntil), new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listEvents").WithTags("Events")
        .WithSummary("List what happened in the last 30 days, the newest first")
        .WithDescription("Filter by type, by the object's id and by time (RFC 3339). limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<EventList>().Refuses(400, 401);
}
