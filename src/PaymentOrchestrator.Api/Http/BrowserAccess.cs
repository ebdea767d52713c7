using PaymentOrchestrator.Api.Access;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// CORS, for publishable keys alone: an origin that a key lists is named back to its browser, never <c>*</c>, and no credentials of the browser's own are allowed.
/// Without it, scripts of other pages can neither call with headers of their own nor read an answer.
/// </summary>
internal sealed class BrowserAccess(RequestDelegate next, AllowedOrigins origins)
{
    private const string PublishableBearer = "Bearer po_pk_";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || !request.Path.StartsWithSegments("/v1"))
        {
            await next(context);
            return;
        }

        context.Response.Headers.Append("Vary", "Origin");
        var isPreflight = HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0;
        var isCall = request.Headers.Authorization.ToString().StartsWith(PublishableBearer, StringComparison.OrdinalIgnoreCase);
        if ((!isPreflight && !isCall) || !await origins.ContainAsync(origin, context.RequestAborted))
        {
            await next(context);
            return;
        }

        if (isPreflight)
        {
            var headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowMethods = "GET, POST";
            headers.AccessControlAllowHeaders = $"Authorization, {ApiKeyGate.SessionHeader}, Content-Type, {IdempotencyKeyHeader.Name}, Accept-Language";
            headers.AccessControlMaxAge = "600";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        // At the last moment: an answer that begins anew because of an exception has lost its headers.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.AccessControlExposeHeaders = $"Request-Id, RateLimit, RateLimit-Policy, Retry-After, Location, {HttpAnswers.ReplayedHeader}";
            return Task.CompletedTask;
        });
        await next(context);
    }
}
