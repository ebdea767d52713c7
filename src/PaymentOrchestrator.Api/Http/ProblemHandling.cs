using Microsoft.AspNetCore.Diagnostics;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Makes every answer that is not a success a problem document, whoever refused: our code, the framework, or a bug.</summary>
internal static class ProblemHandling
{
    private const string RequestIdHeader = "Request-Id";

    public static void UseProblemDocuments(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.TraceIdentifier = "req_" + Guid.CreateVersion7().ToString("N");
            context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
            return next(context);
        });
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerException, SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException });
        app.UseStatusCodePages(context => HttpAnswers.WriteAsync(context.HttpContext, ForStatus(context.HttpContext.Response.StatusCode)));
    }

    /// <summary>Stops before the endpoint when something bound from the request was refused.</summary>
    public static async ValueTask<object?> RefuseBadParts(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is not IRequestPart { Refusal: { } refusal }) continue;
            await HttpAnswers.WriteAsync(context.HttpContext, refusal);
            return Results.Empty;
        }

        return await next(context);
    }

    private static Task AnswerException(HttpContext context)
    {
        var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
        return HttpAnswers.WriteAsync(context, exception switch
        {
            BadHttpRequestException e => RequestFaults.From(e),
            Npgsql.NpgsqlException { IsTransient: true } or TimeoutException => new Problem(
                ProblemType.NotReady, "The database did not answer. Nothing is half done; repeat the request with the same Idempotency-Key.")
            { RetryAfter = 1 },
            _ => new Problem(ProblemType.InternalError, "Nothing is half done. Repeat the request with the same Idempotency-Key; if it fails again, quote request_id to support."),
        });
    }

    private static Problem ForStatus(int status)
    {
        var type = ProblemType.ForStatus(status);
        return new Problem(type, status switch
        {
            404 => "Nothing is served at this address. See /openapi.yaml for what is.",
            405 => "This address answers other HTTP methods; see the Allow header.",
            415 => "Send the body as application/json in UTF-8.",
            _ => type.Title,
        });
    }
}
