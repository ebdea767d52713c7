using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

internal sealed record GetRefund(Caller Caller, Id<RefundResource> Id) : IQuery<Result<RefundResource>>;

internal sealed class GetRefundHandler(RefundStore store) : IQueryHandler<GetRefund, Result<RefundResource>>
{
    public async ValueTask<Result<RefundResource>> Handle(GetRefund query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } refund
            ? refund.ToResource()
            : Problem.NotFound<RefundResource>("refund");
}

internal static class GetRefundEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/refunds/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetRefund(caller, Id<RefundResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getRefund").WithTags("Refunds")
        .WithSummary("Read a refund")
        .WithDescription("As it stands. While status is processing, ask again or listen to the webhooks.")
        .Produces<RefundResource>().Refuses(401, 404);
}
