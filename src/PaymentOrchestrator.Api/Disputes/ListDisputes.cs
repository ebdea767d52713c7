using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

internal sealed record ListDisputes(Caller Caller, string? PaymentId, string? Status, Page Page) : IQuery<Result<DisputeList>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Status is not null && DisputeTransitions.FromCode(Status) is null)
            errors.Add("status", "invalid", $"status must be one of {string.Join(", ", Enum.GetValues<DisputeStatus>().Select(status => status.Code()))}.");
        Page.Validate<DisputeResource>(errors);
    }
}

internal sealed class ListDisputesHandler(DisputeStore store) : IQueryHandler<ListDisputes, Result<DisputeList>>
{
    public async ValueTask<Result<DisputeList>> Handle(ListDisputes query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await store.ListAsync(
            query.Caller, query.PaymentId is null ? null : Id<PaymentResource>.ParseOrNone(query.PaymentId), query.Status, query.Page.Before<DisputeResource>(), size + 1,
            cancellationToken);
        var more = found.Count > size;
        return new DisputeList
        {
            Data = [.. found.Take(size).Select(dispute => dispute.ToResource())],
            HasMore = more,
            NextCursor = more ? found[size - 1].Id.ToString() : null,
        };
    }
}

internal static class ListDisputesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/disputes", async (
            Caller caller, [FromQuery(Name = "payment_id")] string? paymentId, string? status, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListDisputes(caller, paymentId, status, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listDisputes").WithTags("Disputes")
        .WithSummary("List disputes, the newest first")
        .WithDescription("Filter by payment and status. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<DisputeList>().Refuses(400, 401);
}
