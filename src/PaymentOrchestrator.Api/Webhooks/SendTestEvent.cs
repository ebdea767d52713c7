using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record SendTestEvent(Caller Caller, Id<WebhookEndpointResource> Id, KeyedRequest Key) : ICommand<Result<WebhookDeliveryResource>>;

internal sealed class SendTestEventHandler(WebhookEndpointStore endpoints, WebhookDeliveryStore deliveries, TimeProvider clock)
    : ICommandHandler<SendTestEvent, Result<WebhookDeliveryResource>>
{
    public async ValueTask<Result<WebhookDeliveryResource>> Handle(SendTestEvent command, CancellationToken cancellationToken)
    {
        var (caller, id, key) = command;
        if (await endpoints.FindAsync(caller, id, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        if (await endpoints.FindKeyAsync(caller, key.Key, cancellationToken) is { } used)
        {
            if (used.RefusalFor(key.Fingerprint) is { } refusal) return refusal;
            return await deliveries.FindAsync(endpoint, new Id<WebhookDeliveryResource>(used.ResourceId), cancellationToken) is { } earlier
                ? Result<WebhookDeliveryResource>.Replay(earlier)
                : Problem.NotFound<WebhookDeliveryResource>("delivery");
        }

        if (!endpoint.Enabled) return WebhookEndpoint.Disabled;
        var now = clock.Now();
        var happened = NewEvent.Of(EventTypes.Test, endpoint.Id.ToString(), endpoint.Version, endpoint.ToResource(now), endpoint.Id.ShardKey, now);
        // The same request came twice: look again at what the first one left.
        if (!await deliveries.TrySendTestAsync(endpoint, happened, key, now, cancellationToken)) return await Handle(command, cancellationToken);
        return (await deliveries.FindAsync(endpoint, new Id<WebhookDeliveryResource>(happened.Id), cancellationToken))!;
    }
}

internal static class SendTestEventEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/webhook-endpoints/{id}/test", async (
            string id, Caller caller, OptionalIdempotencyKey key, EmptyBody body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new SendTestEvent(caller, Id<WebhookEndpointResource>.ParseOrNone(id), new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.WebhooksManage)
        .WithName("sendTestEvent").WithTags("Webhooks")
        .WithSummary("Send an event of type webhook_endpoint.test")
        .WithDescription("To this endpoint alone, whatever types it asked for. The delivery is under way when this answers; list the deliveries to see what came of it.")
        .Produces<WebhookDeliveryResource>().Refuses(400, 401, 404, 409, 413, 415, 422);
}
