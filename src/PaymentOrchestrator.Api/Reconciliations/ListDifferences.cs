using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

internal sealed record ListDifferences(Caller Caller, Id<ReconciliationResource> Id, string? Kind, string? State, Page Page) : IQuery<Result<ReconciliationDifferenceList>>, IValidated
{
    public static readonly string[] States = ["open", "acknowledged", "resolved"];

    private static readonly string[] Kinds = [.. Enum.GetValues<ReconciliationResult>().Where(one => one != ReconciliationResult.Matched).Select(one => one.Code())];

    public void Validate(FieldErrors errors)
    {
        if (Kind is not null && !Kinds.Contains(Kind)) errors.Add("kind", "invalid", $"kind must be one of {string.Join(", ", Kinds)}.");
        if (State is not null && !States.Contains(State)) errors.Add("state", "invalid", $"state must be one of {string.Join(", ", States)}.");
        Page.Validate<ReconciliationDifferenceResource>(errors);
    }
}

internal sealed class ListDifferencesHandler(ReconciliationReader reader) : IQueryHandler<ListDifferences, Result<ReconciliationDifferenceList>>
{
    public async ValueTask<Result<ReconciliationDifferenceList>> Handle(ListDifferences query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var before = query.Page.Before<ReconciliationDifferenceResource>();
        if (await reader.ListDifferencesAsync(query.Caller, query.Id, query.Kind, query.State, before, size + 1, cancellationToken) is not { } found)
            return Problem.NotFound<ReconciliationResource>("reconciliation");
        var more = found.Count > size;
        return new ReconciliationDifferenceList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal sealed record GetDifference(Caller Caller, Id<ReconciliationResource> Reconciliation, Id<ReconciliationDifferenceResource> Id) : IQuery<Result<ReconciliationDifferenceResource>>;

internal sealed class GetDifferenceHandler(ReconciliationReader reader) : IQueryHandler<GetDifference, Result<ReconciliationDifferenceResource>>
{
    public async ValueTask<Result<ReconciliationDifferenceResource>> Handle(GetDifference query, CancellationToken cancellationToken) =>
        await reader.FindDifferenceAsync(query.Caller, query.Reconciliation, query.Id, cancellationToken) is { } found
            ? found.Difference
            : Problem.NotFound<ReconciliationDifferenceResource>("difference of this reconciliation");
}

internal static class ListDifferencesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/reconciliations/{id}/differences", async (
            string id, Caller caller, string? kind, string? state, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListDifferences(caller, Id<ReconciliationResource>.ParseOrNone(id), kind, state, new Page(limit, cursor)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("listReconciliationDifferences").WithTags("Reconciliations")
            .WithSummary("List the differences that a reconciliation shows, the newest first")
            .WithDescription("Also those that an earlier one had shown. Filter by kind and state. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
            .Produces<ReconciliationDifferenceList>().Refuses(400, 401, 404);
        v1.MapGet("/reconciliations/{id}/differences/{difference}", async (string id, string difference, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new GetDifference(caller, Id<ReconciliationResource>.ParseOrNone(id), Id<ReconciliationDifferenceResource>.ParseOrNone(difference)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("getReconciliationDifference").WithTags("Reconciliations")
            .WithSummary("Read a difference")
            .WithDescription("What the statement and the books say of one movement of money, whose move it is, and how it was resolved if it was.")
            .Produces<ReconciliationDifferenceResource>().Refuses(401, 404);
    }
}
