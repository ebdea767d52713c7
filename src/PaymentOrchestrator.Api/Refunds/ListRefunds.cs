using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

internal sealed record ListRefunds(Caller Caller, Id<PaymentResource> PaymentId, Page Page) : IQuery<Result<RefundList>>, IValidated
{
    public void Validate(FieldErrors errors) => Page.Validate<RefundResource>(errors);
}

internal sealed class ListRefundsHandler(RefundStore store) : IQueryHandler<ListRefunds, Result<RefundList>>
{
    public async ValueTask<Result<RefundList>> Handle(ListRefunds query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        if (await store.ListAsync(query.Caller, query.PaymentId, query.Page.Before<RefundResource>(), size + 1, cancellationToken) is not { } found)
            return Problem.NotFound<PaymentResource>("payment");
        var more = found.Count > size;
        return new RefundList
        {
            Data = [.. found.Take(size).Select(refund => refund.ToResource())],
            HasMore = more,
            NextCursor = more ? found[size - 1].Id.ToString() : null,
        };
    }
}

internal static class ListRefundsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payments/{id}/refunds", async (string id, Caller caller, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListRefunds(caller, Id<PaymentResource>.ParseOrNone(id), new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listRefunds").WithTags("Refunds")
        .WithSummary("List a payment's refunds, the newest first")
        .WithDescription("limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<RefundList>().Refuses(400, 401, 404);
}
