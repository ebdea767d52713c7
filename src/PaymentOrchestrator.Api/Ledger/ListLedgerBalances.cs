using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Ledger;

internal sealed record ListLedgerBalances(Caller Caller) : IQuery<Result<LedgerBalanceList>>;

internal sealed class ListLedgerBalancesHandler(LedgerReader reader) : IQueryHandler<ListLedgerBalances, Result<LedgerBalanceList>>
{
    public async ValueTask<Result<LedgerBalanceList>> Handle(ListLedgerBalances query, CancellationToken cancellationToken) =>
        new LedgerBalanceList { Data = await reader.BalancesAsync(query.Caller, cancellationToken) };
}

internal static class ListLedgerBalancesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/ledger/balances", async (Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListLedgerBalances(caller), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listLedgerBalances").WithTags("Ledger")
        .WithSummary("What every account adds up to, per currency")
        .WithDescription("The sum of all entries of this mode. Every transaction adds up to nothing in each currency, so that these balances do, too.")
        .Produces<LedgerBalanceList>().Refuses(401);
}
