using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

internal sealed record EndBuyerSession(Caller Caller, Id<BuyerSessionResource> Id) : ICommand<Result<BuyerSessionResource>>;

internal sealed class EndBuyerSessionHandler(BuyerSessionStore store, ApiKeys keys, TimeProvider clock) : ICommandHandler<EndBuyerSession, Result<BuyerSessionResource>>
{
    public async ValueTask<Result<BuyerSessionResource>> Handle(EndBuyerSession command, CancellationToken cancellationToken)
    {
        var (caller, id) = command;
        if (await store.FindAsync(caller, id, cancellationToken) is not { } session) return Problem.NotFound<BuyerSessionResource>("buyer session");
        if (session.RevokedAt is not null) return session;
        await store.RevokeAsync(caller, id, AuditEntry.Of(caller, id.ToString(), id.ShardKey, clock.Now()), CancellationToken.None);
        keys.Forget(id.Value);
        return (await store.FindAsync(caller, id, CancellationToken.None))!;
    }
}

internal static class EndBuyerSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapDelete("/buyer-sessions/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new EndBuyerSession(caller, Id<BuyerSessionResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.SessionsWrite).Audited()
        .WithName("endBuyerSession").WithTags("Access")
        .WithSummary("End a buyer session before its time")
        .WithDescription("Its secret stops working everywhere within five seconds. Ending it again changes nothing; payments that it began go on.")
        .Produces<BuyerSessionResource>().Refuses(401, 404);
}
