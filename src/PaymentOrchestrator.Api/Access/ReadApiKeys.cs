using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

internal sealed record ListApiKeys(Caller Caller, Page Page) : IQuery<Result<ApiKeyList>>, IValidated
{
    public void Validate(FieldErrors errors) => Page.Validate<ApiKeyResource>(errors);
}

internal sealed record GetApiKey(Caller Caller, Id<ApiKeyResource> Id) : IQuery<Result<ApiKeyResource>>;

internal sealed class ListApiKeysHandler(ApiKeyStore store, TimeProvider clock) : IQueryHandler<ListApiKeys, Result<ApiKeyList>>
{
    public async ValueTask<Result<ApiKeyList>> Handle(ListApiKeys query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await store.ListAsync(query.Caller, query.Page.Before<ApiKeyResource>(), size + 1, clock.Now(), cancellationToken);
        var more = found.Count > size;
        return new ApiKeyList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal sealed class GetApiKeyHandler(ApiKeyStore store, TimeProvider clock) : IQueryHandler<GetApiKey, Result<ApiKeyResource>>
{
    public async ValueTask<Result<ApiKeyResource>> Handle(GetApiKey query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, clock.Now(), cancellationToken) is { } key ? key : Problem.NotFound<ApiKeyResource>("API key");
}

internal static class ReadApiKeysEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/api-keys", async (Caller caller, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new ListApiKeys(caller, new Page(limit, cursor)), cancellationToken)).Ok())
            .Needs(Scope.Admin)
            .WithName("listApiKeys").WithTags("Access")
            .WithSummary("List the keys of this mode, the newest first")
            .WithDescription("limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
            .Produces<ApiKeyList>().Refuses(400, 401);
        v1.MapGet("/api-keys/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new GetApiKey(caller, Id<ApiKeyResource>.ParseOrNone(id)), cancellationToken)).Ok())
            .Needs(Scope.Admin)
            .WithName("getApiKey").WithTags("Access")
            .WithSummary("Read what a key is and may, without the key itself")
            .WithDescription("For a look at its scopes, when it was last used and when it ends. The secret is never shown again.")
            .Produces<ApiKeyResource>().Refuses(401, 404);
    }
}
