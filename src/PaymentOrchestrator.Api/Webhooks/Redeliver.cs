using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

public sealed record RedeliverSinceRequest
{
    /// <summary>RFC 3339, within the last 30 days.</summary>
    public required string Since { get; init; }
}

internal sealed record Redeliver(Caller Caller, Id<WebhookEndpointResource> Endpoint, Id<WebhookDeliveryResource> Id) : ICommand<Result<WebhookDeliveryResource>>;

internal sealed record RedeliverSince(Caller Caller, Id<WebhookEndpointResource> Endpoint, string Since) : ICommand<Result<RedeliveryResource>>, IValidated
{
    /// <summary>Told after each page how many are due by now.</summary>
    public Action<int>? OnPage { get; init; }

    /// <summary>Null when the text is not a time.</summary>
    public DateTimeOffset? Time => Rfc3339.Parse(Since);

    public void Validate(FieldErrors errors)
    {
        if (Time is null) errors.Add("since", "invalid", "since must be an RFC 3339 time, like 2026-04-13T08:00:00Z.");
    }
}

/// <summary>A repetition of either request has the same effect as one, but for one more attempt: no key is needed to be safe.</summary>
internal sealed class RedeliverHandler(WebhookEndpointStore endpoints, WebhookDeliveryStore deliveries, TimeProvider clock)
    : ICommandHandler<Redeliver, Result<WebhookDeliveryResource>>, ICommandHandler<RedeliverSince, Result<RedeliveryResource>>
{
    public async ValueTask<Result<WebhookDeliveryResource>> Handle(Redeliver command, CancellationToken cancellationToken)
    {
        if (await endpoints.FindAsync(command.Caller, command.Endpoint, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        if (!endpoint.Enabled) return WebhookEndpoint.Disabled;
        return await deliveries.RedeliverAsync(endpoint, command.Id, clock.Now(), cancellationToken) is { } delivery
            ? delivery
            : Problem.NotFound<WebhookDeliveryResource>("delivery");
    }

    public async ValueTask<Result<RedeliveryResource>> Handle(RedeliverSince command, CancellationToken cancellationToken)
    {
        if (await endpoints.FindAsync(command.Caller, command.Endpoint, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        if (!endpoint.Enabled) return WebhookEndpoint.Disabled;
        var now = clock.Now();
        var since = command.Time!.Value;
        if (since > now || since < now - EventReader.Kept)
            return Problem.Invalid(new FieldError("since", "invalid", "since must be a time within the last 30 days."));
        return new RedeliveryResource { Since = since, Deliveries = await deliveries.RedeliverSinceAsync(endpoint, since, now, command.OnPage, cancellationToken) };
    }
}

internal static class RedeliverEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/webhook-endpoints/{id}/deliveries/{delivery}/redeliver", async (
                string id, string delivery, Caller caller, EmptyBody body, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(
                    new Redeliver(caller, Id<WebhookEndpointResource>.ParseOrNone(id), Id<WebhookDeliveryResource>.ParseOrNone(delivery)), cancellationToken)).Ok())
            .Needs(Scope.WebhooksManage)
            .WithName("redeliverWebhook").WithTags("Webhooks")
            .WithSummary("Send one event to the endpoint again")
            .WithDescription("Whatever came of it before. The webhook-id is the same, so that a receiver that has it can tell.")
            .Produces<WebhookDeliveryResource>().Refuses(400, 401, 404, 409, 413, 415);
        v1.MapPost("/webhook-endpoints/{id}/redeliver", async (
                string id, Caller caller, RequestBody<RedeliverSinceRequest> body, ISender sender, CancellationToken cancellationToken) =>
                (await sender.Send(new RedeliverSince(caller, Id<WebhookEndpointResource>.ParseOrNone(id), body.Value.Since), cancellationToken)).Ok())
            .Needs(Scope.WebhooksManage)
            .WithName("redeliverWebhooksSince").WithTags("Webhooks")
            .WithSummary("Send everything since a time to the endpoint again")
            .WithDescription("Every event of the types it asks for, delivered before or not; also what happened while it was disabled.")
            .Produces<RedeliveryResource>().Refuses(400, 401, 404, 409, 413, 415);
    }
}
