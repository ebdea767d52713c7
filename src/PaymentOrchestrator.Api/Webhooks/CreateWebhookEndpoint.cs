using System.Security.Cryptography;
using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

public sealed record CreateWebhookEndpointRequest
{
    /// <summary>An https address on port 443 of a public host, at most 2048 characters, without user information.</summary>
    public required string Url { get; init; }

    /// <summary>What to send; <c>["*"]</c>, which is every type, when left out.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }
}

internal sealed record CreateWebhookEndpoint(Caller Caller, CreateWebhookEndpointRequest Request, KeyedRequest Key) : ICommand<Result<WebhookEndpointResource>>, IValidated
{
    public void Validate(FieldErrors errors) => WebhookEndpoint.ValidateTypes(Request.EventTypes, errors);
}

internal sealed class CreateWebhookEndpointHandler(WebhookEndpointStore store, WebhookSecrets secrets, WebhookSettings settings, TimeProvider clock)
    : ICommandHandler<CreateWebhookEndpoint, Result<WebhookEndpointResource>>
{
    public async ValueTask<Result<WebhookEndpointResource>> Handle(CreateWebhookEndpoint command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        if (WebhookUrl.Fault(request.Url, settings.AllowLoopbackHttp) is { } fault) return Problem.Invalid(new FieldError("url", "url_not_allowed", fault));

        var now = clock.Now();
        var secret = WebhookSecrets.Generate();
        var endpoint = new WebhookEndpoint
        {
            // The row is on every shard; the shard in its id only spreads its test events.
            Id = Id<WebhookEndpointResource>.New((short)RandomNumberGenerator.GetInt32(short.MinValue, short.MaxValue + 1), now),
            Owner = caller,
            Url = request.Url,
            EventTypes = request.EventTypes is { } types ? [.. types.Distinct()] : [EventTypes.Every],
            Enabled = true,
            Secret = secrets.Protect(secret),
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (await EarlierAsync(caller, key, cancellationToken) is { } earlier) return earlier;
        if (await store.TryInsertAsync(endpoint, key, cancellationToken)) return endpoint.ToResource(now, secret);
        return await EarlierAsync(caller, key, cancellationToken)
            ?? new Problem(ProblemType.TooManyWebhookEndpoints, $"There are {WebhookEndpoint.MaxPerMarketplace} endpoints in this mode, as many as there may be. Delete one first.");
    }

    private async Task<Result<WebhookEndpointResource>?> EarlierAsync(Caller caller, KeyedRequest key, CancellationToken cancellationToken)
    {
        if (await store.FindKeyAsync(caller, key.Key, cancellationToken) is not { } used) return null;
        if (used.RefusalFor(key.Fingerprint) is { } refusal) return refusal;
        return await store.FindAsync(caller, new Id<WebhookEndpointResource>(used.ResourceId), cancellationToken) is { } made
            ? Result<WebhookEndpointResource>.Replay(made.ToResource(clock.Now()))
            : Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
    }
}

internal static class CreateWebhookEndpointEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/webhook-endpoints", async (
            Caller caller, OptionalIdempotencyKey key, RequestBody<CreateWebhookEndpointRequest> body, ISender sender, CancellationToken cancellationToken) =>
        {
            var result = await sender.Send(new CreateWebhookEndpoint(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken);
            return result.Created(endpoint => $"/v1/webhook-endpoints/{endpoint.Id}").WithETag(result);
        })
        .Needs(Scope.WebhooksManage).Audited()
        .WithName("createWebhookEndpoint").WithTags("Webhooks")
        .WithSummary("Have events sent to an address of yours")
        .WithDescription("Keep the secret: it is shown in this answer and never again. Deliveries follow the Standard Webhooks specification; verify each with a library for it.")
        .Produces<WebhookEndpointResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
