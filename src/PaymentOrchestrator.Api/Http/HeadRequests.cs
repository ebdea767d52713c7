namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// HEAD is GET without the body (RFC 9110): whoever watches by HEAD, as load balancers and link checkers do, is answered as GET would be. The server leaves
/// the body out by itself, since it remembers what was asked. Where a provider sends a buyer back is not asked so: a look there uses the link up.
/// </summary>
internal static class HeadRequests
{
    public static void UseHeadAsGet(this WebApplication app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method) && !context.Request.Path.StartsWithSegments("/v1/returns", StringComparison.OrdinalIgnoreCase))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });
}
