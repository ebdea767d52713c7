using System.Globalization;
using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record ListWebhookDeliveries(Caller Caller, Id<WebhookEndpointResource> Endpoint, string? Status, string? Limit, string? Cursor)
    : IQuery<Result<WebhookDeliveryList>>, IValidated
{
    private const int DefaultLimit = 20;

    public int Page => Limit is null ? DefaultLimit : int.Parse(Limit, CultureInfo.InvariantCulture);

    public void Validate(FieldErrors errors)
    {
        if (Status is not (null or "pending" or "succeeded" or "exhausted")) errors.Add("status", "invalid", "status must be one of pending, succeeded, exhausted.");
        if (Limit is not null && !(int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= 100))
            errors.Add("limit", "invalid", "limit must be 1 to 100.");
        if (Cursor is not null && !Id<WebhookDeliveryResource>.TryParse(Cursor, null, out _))
            errors.Add("cursor", "invalid", "cursor must be the next_cursor of an earlier page.");
    }
}

internal sealed class ListWebhookDeliveriesHandler(WebhookEndpointStore endpoints, WebhookDeliveryStore deliveries)
    : IQueryHandler<ListWebhookDeliveries, Result<WebhookDeliveryList>>
{
    public async ValueTask<Result<WebhookDeliveryList>> Handle(ListWebhookDeliveries query, CancellationToken cancellationToken)
    {
        if (await endpoints.FindAsync(query.Caller, query.Endpoint, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        var before = query.Cursor is null ? (Id<WebhookDeliveryResource>?)null : Id<WebhookDeliveryResource>.ParseOrNone(query.Cursor);
        var found = await deliveries.ListAsync(endpoint, query.Status, before, query.Page + 1, cancellationToken);
        var more = found.Count > query.Page;
        return new WebhookDeliveryList { Data = [.. found.Take(query.Page)], HasMore = more, NextCursor = more ? found[query.Page - 1].Id.ToString() : null };
    }
}

internal static class ListWebhookDeliveriesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/webhook-endpoints/{id}/deliveries", async (
            string id, Caller caller, string? status, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListWebhookDeliveries(caller, Id<WebhookEndpointResource>.ParseOrNone(id), status, limit, cursor), cancellationToken)).Ok())
        .WithName("listWebhookDeliveries").WithTags("Webhooks")
        .WithSummary("What was sent to an endpoint, and what it answered")
        .WithDescription("Those of the newest events first. Filter by status; limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<WebhookDeliveryList>().Refuses(400, 401, 404);
}
