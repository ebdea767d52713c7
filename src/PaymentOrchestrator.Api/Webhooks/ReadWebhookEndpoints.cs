using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record ListWebhookEndpoints(Caller Caller) : IQuery<Result<WebhookEndpointList>>;

internal sealed record GetWebhookEndpoint(Caller Caller, Id<WebhookEndpointResource> Id) : IQuery<Result<WebhookEndpointResource>>;

internal sealed class ListWebhookEndpointsHandler(WebhookEndpointStore store, TimeProvider clock) : IQueryHandler<ListWebhookEndpoints, Result<WebhookEndpointList>>
{
    public async ValueTask<Result<WebhookEndpointList>> Handle(ListWebhookEndpoints query, CancellationToken cancellationToken) =>
        new WebhookEndpointList { Data = [.. (await store.ListAsync(query.Caller, cancellationToken)).Select(endpoint => endpoint.ToResource(clock.Now()))] };
}

internal sealed class GetWebhookEndpointHandler(WebhookEndpointStore store, TimeProvider clock) : IQueryHandler<GetWebhookEndpoint, Result<WebhookEndpointResource>>
{
    public async ValueTask<Result<WebhookEndpointResource>> Handle(GetWebhookEndpoint query, CancellationToken cancellationToken) =>
        await store.FindAsync(query.Caller, query.Id, cancellationToken) is { } endpoint
            ? endpoint.ToResource(clock.Now())
            : Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
}

internal static class ReadWebhookEndpointsEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/webhook-endpoints", async (Caller caller, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new ListWebhookEndpoints(caller), cancellationToken)).Ok())
            .Needs(Scope.Read)
            .WithName("listWebhookEndpoints").WithTags("Webhooks")
            .WithSummary("List where events are sent")
            .WithDescription("All endpoints of this mode, without their secrets, the disabled ones included.")
            .Produces<WebhookEndpointList>().Refuses(401);
        v1.MapGet("/webhook-endpoints/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            {
                var result = await sender.Send(new GetWebhookEndpoint(caller, Id<WebhookEndpointResource>.ParseOrNone(id)), cancellationToken);
                return result.Ok().WithETag(result);
            })
            .Needs(Scope.Read)
            .WithName("getWebhookEndpoint").WithTags("Webhooks")
            .WithSummary("Read a webhook endpoint")
            .WithDescription("The ETag header is what a change sends as If-Match.")
            .Produces<WebhookEndpointResource>().Refuses(401, 404);
    }
}
