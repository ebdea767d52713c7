using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

internal sealed record GetReconciliation(Caller Caller, Id<ReconciliationResource> Id) : IQuery<Result<ReconciliationResource>>;

internal sealed class GetReconciliationHandler(ReconciliationReader reader) : IQueryHandler<GetReconciliation, Result<ReconciliationResource>>
{
    public async ValueTask<Result<ReconciliationResource>> Handle(GetReconciliation query, CancellationToken cancellationToken) =>
        await reader.FindAsync(query.Caller, query.Id, cancellationToken) is { } found ? found : Problem.NotFound<ReconciliationResource>("reconciliation");
}

internal sealed record ListReconciliations(Caller Caller, string? Provider, Page Page) : IQuery<Result<ReconciliationList>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Provider is not null && !StatementPeriod.Providers.Contains(Provider)) errors.Add("provider", "invalid", $"provider must be one of {string.Join(", ", StatementPeriod.Providers)}.");
        Page.Validate<ReconciliationResource>(errors);
    }
}

internal sealed class ListReconciliationsHandler(ReconciliationReader reader) : IQueryHandler<ListReconciliations, Result<ReconciliationList>>
{
    public async ValueTask<Result<ReconciliationList>> Handle(ListReconciliations query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await reader.ListAsync(query.Caller, query.Provider, query.Page.Before<ReconciliationResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new ReconciliationList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal static class ReadReconciliationsEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/reconciliations", async (Caller caller, string? provider, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListReconciliations(caller, provider, new Page(limit, cursor)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("listReconciliations").WithTags("Reconciliations")
            .WithSummary("List reconciliations, the newest first")
            .WithDescription("Filter by provider. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
            .Produces<ReconciliationList>().Refuses(400, 401);
        v1.MapGet("/reconciliations/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetReconciliation(caller, Id<ReconciliationResource>.ParseOrNone(id)), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("getReconciliation").WithTags("Reconciliations")
            .WithSummary("Read a reconciliation")
            .WithDescription("Its counts by result. The lines and the differences have addresses of their own.")
            .Produces<ReconciliationResource>().Refuses(401, 404);
    }
}
