using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

public sealed record CreateApiKeyRequest
{
    /// <summary>Yours, 1–64 characters: what the key is for. At most two active keys of a kind have the same name.</summary>
    public required string Name { get; init; }

    /// <summary><c>secret</c> (default) or <c>publishable</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>secret only, required there: what the key may do, see <c>security</c> of each operation. None includes another.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>publishable only, required there: the origins whose pages may call with the key, like <c>https://shop.example</c>; 1 to 20.</summary>
    public IReadOnlyList<string>? AllowedOrigins { get; init; }

    /// <summary>Seconds until the key ends by itself: 60 to 315,360,000 (ten years). Without it the key lasts until it is revoked.</summary>
    public long? ExpiresIn { get; init; }
}

internal sealed record CreateApiKey(Caller Caller, CreateApiKeyRequest Request, KeyedRequest Key) : ICommand<Result<ApiKeyResource>>, IValidated
{
    public const long ShortestLife = 60;
    public const long LongestLife = 315_360_000;

    public void Validate(FieldErrors errors)
    {
        errors.Text("name", Request.Name, 64);
        if (Request.Kind is not (null or ApiKeyResource.SecretKind or ApiKeyResource.PublishableKind)) errors.Add("kind", "invalid", "kind must be secret or publishable.");
        if (Request.ExpiresIn is < ShortestLife or > LongestLife) errors.Add("expires_in", "invalid", $"expires_in must be {ShortestLife} to {LongestLife} seconds.");
        if (Request.Kind == ApiKeyResource.PublishableKind) ValidatePublishable(errors);
        else ValidateSecret(errors);
    }

    private void ValidateSecret(FieldErrors errors)
    {
        if (Request.AllowedOrigins is not null) errors.Add("allowed_origins", "not_applicable", "allowed_origins is for publishable keys only; leave it out.");
        if (Request.Scopes is not { Count: > 0 } scopes)
        {
            errors.Add("scopes", "required", $"scopes must name at least one of {string.Join(", ", Scope.Codes)}.");
            return;
        }

        for (var i = 0; i < scopes.Count; i++)
            if (!Scope.Codes.Contains(scopes[i])) errors.Add($"scopes[{i}]", "invalid", $"scopes[{i}] must be one of {string.Join(", ", Scope.Codes)}.");
    }

    private void ValidatePublishable(FieldErrors errors)
    {
        if (Request.Scopes is not null) errors.Add("scopes", "not_applicable", "scopes is for secret keys only; leave it out.");
        if (Request.AllowedOrigins is not { Count: >= 1 and <= 20 } origins)
        {
            errors.Add("allowed_origins", "required", "allowed_origins must name 1 to 20 origins, like https://shop.example.");
            return;
        }

        for (var i = 0; i < origins.Count; i++)
        {
            if (!AllowedOrigins.IsOrigin(origins[i], Caller.Mode))
                errors.Add($"allowed_origins[{i}]", "invalid", $"allowed_origins[{i}] must be an origin like https://shop.example, in small letters and without a path; in test mode http://localhost:3000 serves as well.");
        }
    }
}

internal sealed class CreateApiKeyHandler(ApiKeyStore store, WebhookEndpointStore requests, TimeProvider clock) : ICommandHandler<CreateApiKey, Result<ApiKeyResource>>
{
    public async ValueTask<Result<ApiKeyResource>> Handle(CreateApiKey command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        var now = clock.Now();
        if (await requests.FindKeyAsync(caller, key.Key, cancellationToken) is { } used)
        {
            if (used.RefusalFor(key.Fingerprint) is { } refusal) return refusal;
            return Result<ApiKeyResource>.Replay((await store.FindAsync(caller, new Id<ApiKeyResource>(used.ResourceId), now, cancellationToken))!);
        }

        var kind = request.Kind ?? ApiKeyResource.SecretKind;
        var id = ApiKeyStore.NewId(now);
        var made = new NewApiKey(
            id.Value, ApiKeys.Generate(caller.Mode, kind == ApiKeyResource.PublishableKind), kind, request.Name, [.. (request.Scopes ?? []).Distinct()],
            [.. (request.AllowedOrigins ?? []).Distinct()], request.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null);
        var audit = AuditEntry.Of(caller, id.ToString(), id.ShardKey, now);
        return await store.TryInsertAsync(caller, made, null, now, key, audit, cancellationToken) switch
        {
            true => (await store.FindAsync(caller, id, now, CancellationToken.None))! with { Secret = made.Text },
            false => await Handle(command, cancellationToken),
            null => ApiKeyStore.TooMany,
        };
    }
}

internal static class CreateApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/api-keys", async (
            Caller caller, OptionalIdempotencyKey key, RequestBody<CreateApiKeyRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new CreateApiKey(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(made => $"/v1/api-keys/{made.Id}"))
        .Needs(Scope.Admin).Audited()
        .WithName("createApiKey").WithTags("Access")
        .WithSummary("Make an API key")
        .WithDescription("""
            Keep the secret: it is in this answer and nowhere else. The key belongs to the mode of the key that makes it. For a frontend in the browser make a
            publishable key, and open a buyer session for each buyer.
            """)
        .Produces<ApiKeyResource>(201).Refuses(400, 401, 409, 413, 415, 422);
}
