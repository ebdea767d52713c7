using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

public sealed record RotateApiKeyRequest
{
    /// <summary>Seconds that the present key goes on working beside the new one: 0 to 604,800 (seven days), 86,400 (a day) by default.</summary>
    public long? PreviousExpiresIn { get; init; }
}

internal sealed record RotateApiKey(Caller Caller, Id<ApiKeyResource> Id, RotateApiKeyRequest Request, KeyedRequest Key) : ICommand<Result<ApiKeyResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Request.PreviousExpiresIn is < 0 or > 604_800) errors.Add("previous_expires_in", "invalid", "previous_expires_in must be 0 to 604800 seconds.");
    }
}

/// <summary>A new key with the name and the rights of the present one, which ends a while later: time to take the new one into use.</summary>
internal sealed class RotateApiKeyHandler(ApiKeyStore store, WebhookEndpointStore requests, ApiKeys keys, TimeProvider clock)
    : ICommandHandler<RotateApiKey, Result<ApiKeyResource>>
{
    private const long DefaultOverlap = 86_400;

    public async ValueTask<Result<ApiKeyResource>> Handle(RotateApiKey command, CancellationToken cancellationToken)
    {
        var (caller, id, request, key) = command;
        var now = clock.Now();
        if (await store.FindAsync(caller, id, now, cancellationToken) is not { } present) return Problem.NotFound<ApiKeyResource>("API key");
        if (await requests.FindKeyAsync(caller, key.Key, cancellationToken) is { } used)
        {
            if (used.RefusalFor(key.Fingerprint) is { } refusal) return refusal;
            return Result<ApiKeyResource>.Replay((await store.FindAsync(caller, new Id<ApiKeyResource>(used.ResourceId), now, cancellationToken))!);
        }

        if (present.Status != "active")
            return new Problem(ProblemType.ApiKeyNotActive, $"The key is {present.Status}; there is nothing to rotate. Make a new one.");

        // What would have lasted for a while lasts as long again.
        var life = present.ExpiresAt - present.CreatedAt;
        var next = ApiKeyStore.NewId(now);
        var made = new NewApiKey(
            next.Value, ApiKeys.Generate(caller.Mode, present.Kind == ApiKeyResource.PublishableKind), present.Kind, present.Name, present.Scopes,
            present.AllowedOrigins, life is null ? null : now + life);
        var until = now.AddSeconds(request.PreviousExpiresIn ?? DefaultOverlap);
        var audit = AuditEntry.Of(caller, id.ToString(), id.ShardKey, now);
        switch (await store.TryInsertAsync(caller, made, id.Value, until, key, audit, cancellationToken))
        {
            case true:
                keys.Forget(id.Value);
                return (await store.FindAsync(caller, next, now, CancellationToken.None))! with { Secret = made.Text };
            case false:
                return await Handle(command, cancellationToken);
            default:
                return ApiKeyStore.TooMany;
        }
    }
}

internal static class RotateApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/api-keys/{id}/rotate", async (
            string id, Caller caller, OptionalIdempotencyKey key, RequestBody<RotateApiKeyRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new RotateApiKey(caller, Id<ApiKeyResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(made => $"/v1/api-keys/{made.Id}"))
        .Needs(Scope.Admin).Audited()
        .WithName("rotateApiKey").WithTags("Access")
        .WithSummary("Replace an API key")
        .WithDescription("""
            Makes a key with the same name and rights; the present one goes on working until previous_expires_in has passed. The new key's secret is in this answer and
            nowhere else. While two keys of the name are active there is no third: end the older one first.
            """)
        .Produces<ApiKeyResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
