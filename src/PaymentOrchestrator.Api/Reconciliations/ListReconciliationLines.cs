using System.Globalization;
using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

internal sealed record ListReconciliationLines(Caller Caller, Id<ReconciliationResource> Id, string? Result, Page Page) : IQuery<Result<ReconciliationLineList>>, IValidated
{
    /// <summary>The number of the last line of the page before; 0 for the first page.</summary>
    public int After => int.TryParse(Page.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public void Validate(FieldErrors errors)
    {
        if (Result is not null && ReconciliationResults.FromCode(Result) is null)
            errors.Add("result", "invalid", $"result must be one of {string.Join(", ", Enum.GetValues<ReconciliationResult>().Select(one => one.Code()))}.");
        Page.Validate(errors, Page.Cursor is null || After > 0);
    }
}

internal sealed class ListReconciliationLinesHandler(ReconciliationReader reader) : IQueryHandler<ListReconciliationLines, Result<ReconciliationLineList>>
{
    public async ValueTask<Result<ReconciliationLineList>> Handle(ListReconciliationLines query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        if (await reader.ListLinesAsync(query.Caller, query.Id, query.Result, query.After, size + 1, cancellationToken) is not { } found)
            return Problem.NotFound<ReconciliationResource>("reconciliation");
        var more = found.Count > size;
        return new ReconciliationLineList
        {
            Data = [.. found.Take(size)],
            HasMore = more,
            NextCursor = more ? found[size - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
        };
    }
}

internal static class ListReconciliationLinesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/reconciliations/{id}/lines", async (
            string id, Caller caller, string? result, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListReconciliationLines(caller, Id<ReconciliationResource>.ParseOrNone(id), result, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listReconciliationLines").WithTags("Reconciliations")
        .WithSummary("List what came of each line, in their order")
        .WithDescription("The statement's lines first, then what it lacks. Filter by result. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<ReconciliationLineList>().Refuses(400, 401, 404);
}
