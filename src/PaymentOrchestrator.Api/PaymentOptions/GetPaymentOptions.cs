using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

internal sealed record GetPaymentOptions(Caller Caller, Id<PaymentOptionsResource> Id) : IQuery<Result<StoredAnswer<PaymentOptionsResource>>>;

internal sealed class GetPaymentOptionsHandler(PaymentOptionsStore store) : IQueryHandler<GetPaymentOptions, Result<StoredAnswer<PaymentOptionsResource>>>
{
    public async ValueTask<Result<StoredAnswer<PaymentOptionsResource>>> Handle(GetPaymentOptions query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } options
            ? options
            : Problem.NotFound<PaymentOptionsResource>("list of payment options");
}

internal static class GetPaymentOptionsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payment-options/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetPaymentOptions(caller, Id<PaymentOptionsResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read).OpenToBuyers()
        .WithName("getPaymentOptions").WithTags("Payment options")
        .WithSummary("Read a list of payment options as it was answered")
        .WithDescription("Byte for byte, in the language of the first answer, whatever has changed since. Quotes are shown as they were then; GET /v1/quotes/{id} says whether one is still open.")
        .Produces<PaymentOptionsResource>().Refuses(401, 404);
}
