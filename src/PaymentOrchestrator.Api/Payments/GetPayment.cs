using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

internal sealed record GetPayment(Caller Caller, Id<PaymentResource> Id) : IQuery<Result<PaymentResource>>;

internal sealed class GetPaymentHandler(PaymentReader reader) : IQueryHandler<GetPayment, Result<PaymentResource>>
{
    public async ValueTask<Result<PaymentResource>> Handle(GetPayment query, CancellationToken cancellationToken) =>
        await reader.FindAsync(query.Caller, query.Id, cancellationToken) is { } payment
            ? payment.ToResource()
            : Problem.NotFound<PaymentResource>("payment");
}

internal static class GetPaymentEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payments/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetPayment(caller, Id<PaymentResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read).OpenToBuyers()
        .WithName("getPayment").WithTags("Payments")
        .WithSummary("Read a payment")
        .WithDescription("As it stands. While status is processing or requires_action, ask again or listen to the webhooks; neither asks the provider a second time for money.")
        .Produces<PaymentResource>().Refuses(401, 404);
}
