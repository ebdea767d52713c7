using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

internal sealed record ListLinkedAccounts(Caller Caller, Id<BuyerResource> BuyerId) : IQuery<Result<LinkedAccountList>>;

internal sealed record GetLinkedAccount(Caller Caller, Id<LinkedAccountResource> Id) : IQuery<Result<LinkedAccountResource>>;

internal sealed class ListLinkedAccountsHandler(LinkedAccountStore store) : IQueryHandler<ListLinkedAccounts, Result<LinkedAccountList>>
{
    public async ValueTask<Result<LinkedAccountList>> Handle(ListLinkedAccounts query, CancellationToken cancellationToken) =>
        query.Caller.MayActFor(query.BuyerId) && await store.ListAsync(query.Caller, query.BuyerId, activeOnly: false, cancellationToken) is { } accounts
            ? new LinkedAccountList { Data = [.. accounts.Select(account => account.ToResource())] }
            : Problem.NotFound<BuyerResource>("buyer");
}

internal sealed class GetLinkedAccountHandler(LinkedAccountStore store) : IQueryHandler<GetLinkedAccount, Result<LinkedAccountResource>>
{
    public async ValueTask<Result<LinkedAccountResource>> Handle(GetLinkedAccount query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } account && query.Caller.MayActFor(account.BuyerId)
            ? account.ToResource()
            : Problem.NotFound<LinkedAccountResource>("linked account");
}

internal static class ReadLinkedAccountsEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/buyers/{id}/linked-accounts", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new ListLinkedAccounts(caller, Id<BuyerResource>.ParseOrNone(id)), cancellationToken)).Ok())
            .Needs(Scope.Read).OpenToBuyers()
            .WithName("listLinkedAccounts").WithTags("Linked accounts")
            .WithSummary("List a buyer's linked accounts")
            .WithDescription("The newest first, those that failed or were revoked included. Use it to show the buyer what is linked; whether it opens a method is told by an eligibility check.")
            .Produces<LinkedAccountList>().Refuses(401, 404);
        v1.MapGet("/linked-accounts/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new GetLinkedAccount(caller, Id<LinkedAccountResource>.ParseOrNone(id)), cancellationToken)).Ok())
            .Needs(Scope.Read).OpenToBuyers()
            .WithName("getLinkedAccount").WithTags("Linked accounts")
            .WithSummary("Read a linked account")
            .WithDescription("Ask here, or listen to the webhooks, after the buyer has come back from the page of next_action: status then says how it ended.")
            .Produces<LinkedAccountResource>().Refuses(401, 404);
    }
}
