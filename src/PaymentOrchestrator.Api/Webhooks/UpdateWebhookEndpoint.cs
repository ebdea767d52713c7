using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>What is left out stays as it is.</summary>
public sealed record UpdateWebhookEndpointRequest
{
    /// <summary>As at creation.</summary>
    public string? Url { get; init; }

    /// <summary><c>["*"]</c> for every type.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>False stops all sending; true resumes what was pending. What happens in between is sent by redelivery.</summary>
    public bool? Enabled { get; init; }
}

internal sealed record UpdateWebhookEndpoint(Caller Caller, Id<WebhookEndpointResource> Id, IfMatch Match, UpdateWebhookEndpointRequest Request)
    : ICommand<Result<WebhookEndpointResource>>, IValidated
{
    public void Validate(FieldErrors errors) => WebhookEndpoint.ValidateTypes(Request.EventTypes, errors);
}

internal sealed class UpdateWebhookEndpointHandler(WebhookEndpointStore store, WebhookSettings settings, TimeProvider clock)
    : ICommandHandler<UpdateWebhookEndpoint, Result<WebhookEndpointResource>>
{
    public async ValueTask<Result<WebhookEndpointResource>> Handle(UpdateWebhookEndpoint command, CancellationToken cancellationToken)
    {
        var (caller, id, match, request) = command;
        if (request.Url is { } url && WebhookUrl.Fault(url, settings.AllowLoopbackHttp) is { } fault) return Problem.Invalid(new FieldError("url", "url_not_allowed", fault));
        if (await store.FindAsync(caller, id, cancellationToken) is not { } endpoint) return Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
        if (!match.Matches(endpoint.Version)) return Stale(endpoint);

        var changed = endpoint with
        {
            Url = request.Url ?? endpoint.Url,
            EventTypes = request.EventTypes is { } types ? [.. types.Distinct()] : endpoint.EventTypes,
            Enabled = request.Enabled ?? endpoint.Enabled,
            DisabledReason = request.Enabled is null ? endpoint.DisabledReason : null,
            Version = endpoint.Version + 1,
            UpdatedAt = clock.Now(),
        };
        var resumes = changed.Enabled && !endpoint.Enabled;
        if (await store.TryUpdateAsync(changed, resumes, new KeyedRequest(null, []), cancellationToken)) return changed.ToResource(changed.UpdatedAt);
        return await store.FindAsync(caller, id, cancellationToken) is { } now ? Stale(now) : Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
    }

    private static Problem Stale(WebhookEndpoint endpoint) =>
        new(ProblemType.PreconditionFailed, $"The endpoint was changed meanwhile; it is at version {endpoint.Version}. Read it, decide again, and send its ETag.");
}

internal static class UpdateWebhookEndpointEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPatch("/webhook-endpoints/{id}", async (
            string id, Caller caller, IfMatch match, RequestBody<UpdateWebhookEndpointRequest> body, ISender sender, CancellationToken cancellationToken) =>
        {
            var result = await sender.Send(new UpdateWebhookEndpoint(caller, Id<WebhookEndpointResource>.ParseOrNone(id), match, body.Value), cancellationToken);
            return result.Ok().WithETag(result);
        })
        .Needs(Scope.WebhooksManage).Audited()
        .WithName("updateWebhookEndpoint").WithTags("Webhooks")
        .WithSummary("Change, enable or disable a webhook endpoint")
        .WithDescription("Needs the If-Match header with the ETag that the change was decided on: 428 without, 412 when someone else was first.")
        .Produces<WebhookEndpointResource>().Refuses(400, 401, 404, 412, 413, 415, 428);
}
