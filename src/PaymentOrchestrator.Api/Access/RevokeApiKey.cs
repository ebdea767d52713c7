using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

internal sealed record RevokeApiKey(Caller Caller, Id<ApiKeyResource> Id) : ICommand<Result<ApiKeyResource>>;

internal sealed class RevokeApiKeyHandler(ApiKeyStore store, ApiKeys keys, TimeProvider clock) : ICommandHandler<RevokeApiKey, Result<ApiKeyResource>>
{
    public async ValueTask<Result<ApiKeyResource>> Handle(RevokeApiKey command, CancellationToken cancellationToken)
    {
        var (caller, id) = command;
        var now = clock.Now();
        if (await store.FindAsync(caller, id, now, cancellationToken) is not { } key) return Problem.NotFound<ApiKeyResource>("API key");
        if (key.RevokedAt is not null) return key;
        await store.RevokeAsync(caller, id, AuditEntry.Of(caller, id.ToString(), id.ShardKey, now), CancellationToken.None);
        keys.Forget(id.Value);
        return (await store.FindAsync(caller, id, now, CancellationToken.None))!;
    }
}

internal static class RevokeApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapDelete("/api-keys/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new RevokeApiKey(caller, Id<ApiKeyResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Admin).Audited()
        .WithName("revokeApiKey").WithTags("Access")
        .WithSummary("Revoke an API key")
        .WithDescription("It stops working everywhere within five seconds, and is answered 401 from then on. Revoking it again changes nothing.")
        .Produces<ApiKeyResource>().Refuses(401, 404);
}
