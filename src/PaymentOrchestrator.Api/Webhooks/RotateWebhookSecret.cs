using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record RotateWebhookSecret(Caller Caller, Id<WebhookEndpointResource> Id, KeyedRequest Key) : ICommand<Result<WebhookEndpointResource>>;

/// <summary>A new secret; the present one goes on signing beside it until every receiver has had time to learn the new one.</summary>
internal sealed class RotateWebhookSecretHandler(WebhookEndpointStore store, WebhookSecrets secrets, WebhookSettings settings, TimeProvider clock)
    : ICommandHandler<RotateWebhookSecret, Result<WebhookEndpointResource>>
{
    public async ValueTask<Result<WebhookEndpointResource>> Handle(RotateWebhookSecret command, CancellationToken cancellationToken)
    {
        var (caller, id, key) = command;
        if (await store.FindAsync(caller, id, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        if (await store.FindKeyAsync(caller, key.Key, cancellationToken) is { } used)
            return used.RefusalFor(key.Fingerprint) ?? Result<WebhookEndpointResource>.Replay(endpoint.ToResource(clock.Now()));

        var now = clock.Now();
        var secret = WebhookSecrets.Generate();
        var rotated = endpoint with
        {
            Secret = secrets.Protect(secret),
            PreviousSecret = endpoint.Secret,
            PreviousSecretUntil = now + settings.SecretOverlap,
            Version = endpoint.Version + 1,
            UpdatedAt = now,
        };
        // Changed meanwhile, or the same request came twice: look again at what is there.
        return await store.TryUpdateAsync(rotated, resumes: false, key, cancellationToken) ? rotated.ToResource(now, secret) : await Handle(command, cancellationToken);
    }
}

internal static class RotateWebhookSecretEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/webhook-endpoints/{id}/rotate-secret", async (
            string id, Caller caller, OptionalIdempotencyKey key, EmptyBody body, ISender sender, CancellationToken cancellationToken) =>
        {
            var result = await sender.Send(
                new RotateWebhookSecret(caller, Id<WebhookEndpointResource>.ParseOrNone(id), new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken);
            return result.Ok().WithETag(result);
        })
        .Needs(Scope.WebhooksManage).Audited()
        .WithName("rotateWebhookSecret").WithTags("Webhooks")
        .WithSummary("Replace a webhook endpoint's secret")
        .WithDescription("The new secret is in this answer and nowhere else. For 24 hours deliveries carry both signatures. Rotating again within that time ends the oldest one at once.")
        .Produces<WebhookEndpointResource>().Refuses(400, 401, 404, 413, 415, 422);
}
