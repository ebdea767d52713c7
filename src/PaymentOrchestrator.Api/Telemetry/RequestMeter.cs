using System.Diagnostics;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// The outermost part of the pipeline: measures each request, gives every log line of it the request's id and subject, and leaves in its span
/// nothing that a caller wrote.
/// </summary>
internal sealed partial class RequestMeter(RequestDelegate next, TimeProvider clock, ILogger<RequestMeter> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = new RequestTelemetry(clock);
        RequestTelemetry.Current = request;
        using (log.BeginScope(new RequestScope(context, request)))
        {
            await next(context);
            var total = request.Total;
            var own = request.Own(total);
            var endpoint = context.GetEndpoint() as RouteEndpoint;
            var operation = endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;
            var status = context.Response.StatusCode;
            if (operation is not null) Instruments.RequestTook(operation, status, own);
            if (Activity.Current is { IsAllDataRequested: true } span) Describe(span, endpoint, request);
            if (log.IsEnabled(LogLevel.Information))
                LogAnswered(context.Request.Method, endpoint?.RoutePattern.RawText ?? "none", status, total.TotalMilliseconds, own.TotalMilliseconds);
        }
    }

    /// <summary>Addresses, queries and agents are the caller's own words, and may hold anything: the route says enough.</summary>
    private static void Describe(Activity span, RouteEndpoint? endpoint, RequestTelemetry request)
    {
        span.SetTag("url.path", endpoint?.RoutePattern.RawText ?? "none");
        span.SetTag("url.query", null);
        span.SetTag("user_agent.original", null);
        span.SetTag("payment.id", request.PaymentId);
        span.SetTag("quote.id", request.QuoteId);
        span.SetTag("refund.id", request.RefundId);
    }

    [LoggerMessage(LogLevel.Information, "{Method} {Route} answered {Status} in {TotalMs:0.0} ms, {OwnMs:0.0} ms of them without providers")]
    private partial void LogAnswered(string method, string route, int status, double totalMs, double ownMs);

    /// <summary>Read when a line is written, since most of it is known only later.</summary>
    private sealed class RequestScope(HttpContext context, RequestTelemetry request) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 7;

        public KeyValuePair<string, object?> this[int index] => index switch
        {
            0 => new("request_id", context.TraceIdentifier),
            1 => new("marketplace_id", context.Features.Get<Caller>()?.MarketplaceId),
            2 => new("mode", context.Features.Get<Caller>()?.Mode.Code()),
            3 => new("payment_id", request.PaymentId),
            4 => new("quote_id", request.QuoteId),
            5 => new("refund_id", request.RefundId),
            6 => new("key_id", context.Features.Get<Caller>()?.Origin?.KeyId is { } key ? new Id<ApiKeyResource>(key).ToString() : null),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => context.TraceIdentifier;
    }
}
