using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Ledger;

internal sealed record ProveLedger(Caller Caller) : IQuery<Result<LedgerProofResource>>;

internal sealed class ProveLedgerHandler(LedgerProof proof) : IQueryHandler<ProveLedger, Result<LedgerProofResource>>
{
    public async ValueTask<Result<LedgerProofResource>> Handle(ProveLedger query, CancellationToken cancellationToken) =>
        await proof.RunAsync(query.Caller, cancellationToken);
}

internal static class ProveLedgerEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/ledger/proof", async (Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ProveLedger(caller), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("proveLedger").WithTags("Ledger")
        .WithSummary("Hold the books against themselves, payments and refunds")
        .WithDescription("Reads everything: for operating, not for every request. violations is 0 when every cent is accounted for.")
        .Produces<LedgerProofResource>().Refuses(401);
}
