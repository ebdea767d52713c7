namespace PaymentOrchestrator.Api.Access;

internal static class AccessServices
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<BuyerSessionStore>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AllowedOrigins>();
        services.AddSingleton<ClientAddress>();
        services.AddSingleton<RateLimits>();
        services.AddHostedService<KeyUse>();
    }

    public static void MapAccess(this IEndpointRouteBuilder v1)
    {
        CreateApiKeyEndpoint.Map(v1);
        ReadApiKeysEndpoints.Map(v1);
        RotateApiKeyEndpoint.Map(v1);
        RevokeApiKeyEndpoint.Map(v1);

        CreateBuyerSessionEndpoint.Map(v1);
        GetBuyerSessionEndpoint.Map(v1);
        EndBuyerSessionEndpoint.Map(v1);

        ListAuditLogEndpoint.Map(v1);
    }
}
