using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

internal sealed record GetEligibilityCheck(Caller Caller, Id<EligibilityCheckResource> Id) : IQuery<Result<StoredAnswer<EligibilityCheckResource>>>;

internal sealed class GetEligibilityCheckHandler(EligibilityStore store) : IQueryHandler<GetEligibilityCheck, Result<StoredAnswer<EligibilityCheckResource>>>
{
    public async ValueTask<Result<StoredAnswer<EligibilityCheckResource>>> Handle(GetEligibilityCheck query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } check
            ? check
            : Problem.NotFound<EligibilityCheckResource>("eligibility check");
}

internal static class GetEligibilityCheckEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/eligibility-checks/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetEligibilityCheck(caller, Id<EligibilityCheckResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read).OpenToBuyers()
        .WithName("getEligibilityCheck").WithTags("Eligibility")
        .WithSummary("Read an eligibility check as it was answered")
        .WithDescription("Byte for byte, in the language of the first answer, whatever has changed since.")
        .Produces<EligibilityCheckResource>().Refuses(401, 404);
}
