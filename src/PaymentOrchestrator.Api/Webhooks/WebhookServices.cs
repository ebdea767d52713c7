namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>What the room is made of.</summary>
internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookSettings>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookEndpointStore>();
        services.AddSingleton<WebhookDeliveryStore>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<DueDeliveryStore>();
        services.AddHostedService<WebhookDispatcher>();
    }

    public static void MapWebhooks(this IEndpointRouteBuilder v1)
    {
        CreateWebhookEndpointEndpoint.Map(v1);
        ReadWebhookEndpointsEndpoints.Map(v1);
        UpdateWebhookEndpointEndpoint.Map(v1);
        DeleteWebhookEndpointEndpoint.Map(v1);
        RotateWebhookSecretEndpoint.Map(v1);
        SendTestEventEndpoint.Map(v1);
        ListWebhookDeliveriesEndpoint.Map(v1);
        RedeliverEndpoints.Map(v1);
    }
}
