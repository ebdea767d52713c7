using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record ListWebhookDeliveries(Caller Caller, Id<WebhookEndpointResource> Endpoint, string? Status, Page Page)
    : IQuery<Result<WebhookDeliveryList>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Status is not (null or "pending" or "succeeded" or "exhausted")) errors.Add("status", "invalid", "status must be one of pending, succeeded, exhausted.");
        Page.Validate<WebhookDeliveryResource>(errors);
    }
}

internal sealed class ListWebhookDeliveriesHandler(WebhookEndpointStore endpoints, WebhookDeliveryStore deliveries)
    : IQueryHandler<ListWebhookDeliveries, Result<WebhookDeliveryList>>
{
    public async ValueTask<Result<WebhookDeliveryList>> Handle(ListWebhookDeliveries query, CancellationToken cancellationToken)
    {
        if (await endpoints.FindAsync(query.Caller, query.Endpoint, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        var size = query.Page.Size;
        var found = await deliveries.ListAsync(endpoint, query.Status, query.Page.Before<WebhookDeliveryResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new WebhookDeliveryList { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal static class ListWebhookDeliveriesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/webhook-endpoints/{id}/deliveries", async (
            string id, Caller caller, string? status, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListWebhookDeliveries(caller, Id<WebhookEndpointResource>.ParseOrNone(id), status, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listWebhookDeliveries").WithTags("Webhooks")
        .WithSummary("What was sent to an endpoint, and what it answered")
        .WithDescription("Those of the newest events first. Filter by status; limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<WebhookDeliveryList>().Refuses(400, 401, 404);
}
