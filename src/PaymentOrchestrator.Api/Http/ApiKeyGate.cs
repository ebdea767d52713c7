using PaymentOrchestrator.Api.Access;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Metadata of the few endpoints that answer without an API key.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KeylessAttribute : Attribute;

/// <summary>Lets only known keys reach the business routes, and each only those that it has the scope for; runs before the body is read.</summary>
internal sealed class ApiKeyGate(RequestDelegate next, ApiKeys keys, ClientAddress addresses, RateLimits limits, AuditTrail audit)
{
    public const string SessionHeader = "Buyer-Session";

    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        // The endpoint says whether it is open, never the address: routing takes /V1 for /v1. What is no route (404, 405) has nothing to guard.
        if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<KeylessAttribute>() is not null)
        {
            if (endpoint is RouteEndpoint && endpoint.Metadata.GetMetadata<UnlimitedAttribute>() is null && limits.Refuse(context, addresses.Of(context)) is { } tooMany)
                await HttpAnswers.WriteAsync(context, tooMany);
            else await next(context);
            return;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var secret = context.Request.Headers[SessionHeader].ToString();
        var presented = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
        // Whoever tries keys gets no more look-ups than answers.
        var mayAsk = presented is not null && (keys.Remembers(presented, secret) || !limits.IsSpent(addresses.Of(context)));
        var key = mayAsk ? await keys.FindAsync(presented!, secret.Length == 0 ? null : secret, context.RequestAborted) : null;
        if (key is null or { Publishable: true, Session: null })
        {
            await HttpAnswers.WriteAsync(context, limits.Refuse(context, addresses.Of(context)) ?? new Problem(ProblemType.Unauthorized, key is null
                ? "Send the header Authorization: Bearer <key> with a po_test_… or po_live_… key that is neither revoked nor expired."
                : $"A publishable key works with a buyer session alone: have the marketplace's server open one, and send its client_secret in the header {SessionHeader}."));
            return;
        }

        if (limits.Refuse(context, key) is { } limited)
        {
            await HttpAnswers.WriteAsync(context, limited);
            return;
        }

        var caller = ToCaller(context, endpoint, key);
        context.Features.Set(caller);
        if (Refuse(context, endpoint, key) is { } refusal)
        {
            await HttpAnswers.WriteAsync(context, refusal);
            if (endpoint.Metadata.GetMetadata<Audited>() is not null) await audit.RefusedAsync(context, refusal);
            return;
        }

        await next(context);
    }

    private Caller ToCaller(HttpContext context, Endpoint endpoint, FoundKey key)
    {
        var address = addresses.Of(context);
        return new Caller(key.MarketplaceId, key.Mode)
        {
            Origin = new RequestOrigin(key.Id, endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "", context.TraceIdentifier, address),
            Session = key.Session is { } session ? new CallerSession(session.Id, session.BuyerId, session.OrderId, session.OrderAmount, address) : null,
        };
    }

    private static Problem? Refuse(HttpContext context, Endpoint endpoint, FoundKey key)
    {
        var needed = endpoint.Metadata.GetMetadata<NeededScope>()!.Scope.Code;
        if (!key.Publishable)
        {
            return key.Scopes.Contains(needed)
                ? null
                : new Problem(ProblemType.InsufficientScope, $"The call needs a key with the scope {needed}, and this key does not have it.") { NeededScope = needed };
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !key.AllowedOrigins.Contains(origin))
            return new Problem(ProblemType.OriginNotAllowed, "The page's origin is not among the key's allowed_origins. Call from a page of one that is, or make a key for this one.");
        return endpoint.Metadata.GetMetadata<OpenToBuyers>() is not null
            ? null
            : new Problem(ProblemType.InsufficientScope, $"A buyer's browser may not call this. It is for the marketplace's server, with a key that has the scope {needed}.") { NeededScope = needed };
    }
}
