using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed record DeleteWebhookEndpoint(Caller Caller, Id<WebhookEndpointResource> Id) : ICommand<Result<DeletedWebhookEndpoint>>;

internal sealed class DeleteWebhookEndpointHandler(WebhookEndpointStore store, TimeProvider clock) : ICommandHandler<DeleteWebhookEndpoint, Result<DeletedWebhookEndpoint>>
{
    public async ValueTask<Result<DeletedWebhookEndpoint>> Handle(DeleteWebhookEndpoint command, CancellationToken cancellationToken) =>
        await store.DeleteAsync(command.Caller, command.Id, clock.Now(), CancellationToken.None)
            ? new DeletedWebhookEndpoint { Id = command.Id }
            : Problem.NotFound<WebhookEndpointResource>("webhook endpoint");
}

internal static class DeleteWebhookEndpointEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapDelete("/webhook-endpoints/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new DeleteWebhookEndpoint(caller, Id<WebhookEndpointResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.WebhooksManage).Audited()
        .WithName("deleteWebhookEndpoint").WithTags("Webhooks")
        .WithSummary("Delete a webhook endpoint and its deliveries")
        .WithDescription("Nothing more is sent but what is on its way. The events themselves stay.")
        .Produces<DeletedWebhookEndpoint>().Refuses(401, 404);
}
