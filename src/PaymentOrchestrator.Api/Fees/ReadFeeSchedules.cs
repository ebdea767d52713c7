using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Fees;

internal sealed record ListFeeSchedules(Caller Caller, Page Page) : IQuery<Result<FeeScheduleList>>, IValidated
{
    public void Validate(FieldErrors errors) =>
        Page.Validate(errors, Page.Cursor is null or { Length: <= 64 } && Page.Cursor?.StartsWith("fee_", StringComparison.Ordinal) != false && Page.Cursor?.Any(char.IsControl) != true);
}

internal sealed record GetFeeSchedule(Caller Caller, string Id) : IQuery<Result<FeeScheduleResource>>;

internal sealed class ReadFeeSchedulesHandler(FeeScheduleStore store, TimeProvider clock)
    : IQueryHandler<ListFeeSchedules, Result<FeeScheduleList>>, IQueryHandler<GetFeeSchedule, Result<FeeScheduleResource>>
{
    public async ValueTask<Result<FeeScheduleList>> Handle(ListFeeSchedules query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await store.ListAsync(query.Caller, query.Page.Cursor, size + 1, clock.Now(), cancellationToken);
        var more = found.Count > size;
        return new FeeScheduleList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id : null };
    }

    public async ValueTask<Result<FeeScheduleResource>> Handle(GetFeeSchedule query, CancellationToken cancellationToken) =>
        // No text of another form is an id, and PostgreSQL takes no NUL.
        query.Id.Length <= 64 && !query.Id.Any(char.IsControl) && await store.FindAsync(query.Caller, query.Id, clock.Now(), cancellationToken) is { } schedule
            ? schedule
            : Problem.NotFound<FeeScheduleResource>("fee schedule");
}

internal static class ReadFeeSchedulesEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/fee-schedules", async (Caller caller, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListFeeSchedules(caller, new Page(limit, cursor)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("listFeeSchedules").WithTags("Fee schedules")
            .WithSummary("List price lists: yours and the default below them, the one that begins last first")
            .WithDescription("limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
            .Produces<FeeScheduleList>().Refuses(400, 401);
        v1.MapGet("/fee-schedules/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetFeeSchedule(caller, id), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("getFeeSchedule").WithTags("Fee schedules")
            .WithSummary("A price list")
            .WithDescription("With its rules as they were published. Quotes name the price list they were made with, so that each can be recomputed for ever.")
            .Produces<FeeScheduleResource>().Refuses(401, 404);
    }
}
