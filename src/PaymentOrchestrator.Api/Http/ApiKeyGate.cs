using PaymentOrchestrator.Api.Access;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Metadata of the few endpoints that answer without an API key.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KeylessAttribute : Attribute;

/// <summary>Lets only known keys reach the business routes; runs before anything of the request is read.</summary>
internal sealed class ApiKeyGate(RequestDelegate next, ApiKeys keys)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        // The endpoint says whether it is open, never the address: routing takes /V1 for /v1. What is no route (404, 405) has nothing to guard.
        if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<KeylessAttribute>() is not null)
        {
            await next(context);
            return;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var caller = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await keys.FindAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : null;
        if (caller is null)
        {
            await HttpAnswers.WriteAsync(context, new Problem(
                ProblemType.Unauthorized, "Send the header Authorization: Bearer <key> with a po_test_… or po_live_… key that is not revoked."));
            return;
        }

        context.Features.Set(caller);
        await next(context);
    }
}
