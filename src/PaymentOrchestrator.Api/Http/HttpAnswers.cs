using System.Text;
using System.Text.Json;

namespace PaymentOrchestrator.Api.Http;

/// <summary>How results become HTTP answers.</summary>
internal static class HttpAnswers
{
    public const string ReplayedHeader = "Idempotent-Replayed";

    public static IResult Ok<T>(this Result<T> result) => result.With(StatusCodes.Status200OK, null);

    /// <summary>201 with the resource's address, also for a replay: the client asked for the same creation.</summary>
    public static IResult Created<T>(this Result<T> result, Func<T, string> location) =>
        result.With(StatusCodes.Status201Created, result.Problem is null ? location(result.Value) : null);

    private static IResult With<T>(this Result<T> result, int status, string? location) =>
        result.Problem is { } problem ? new ProblemAnswer(problem)
        : result.Value is IStoredAnswer stored ? new TextAnswer(stored.Json, status, location, result.Replayed)
        : new JsonAnswer<T>(result.Value, status, location, result.Replayed);

    /// <summary>Writes the problem document and whatever headers it implies.</summary>
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Type.Status;
        if (problem.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (problem.Type == ProblemType.Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return SendAsync(context.Response, Utf8(ProblemDocument.From(problem, context.TraceIdentifier)), "application/problem+json");
    }

    internal sealed class ProblemAnswer(Problem problem) : IResult
    {
        public Problem Problem => problem;

        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);
    }

    private sealed class JsonAnswer<T>(T value, int status, string? location, bool replayed) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            Begin(httpContext.Response, status, location, replayed);
            return SendAsync(httpContext.Response, Utf8(value), "application/json");
        }
    }

    private sealed class TextAnswer(string json, int status, string? location, bool replayed) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            Begin(httpContext.Response, status, location, replayed);
            return SendAsync(httpContext.Response, Encoding.UTF8.GetBytes(json), "application/json");
        }
    }

    private static byte[] Utf8<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.TypeInfo<T>());

    /// <summary>
    /// In one piece with its length, not as chunks of a stream: documents are small. A client that has gone is no fault of ours: the server drops what
    /// is written to nobody.
    /// </summary>
    private static Task SendAsync(HttpResponse response, byte[] body, string contentType)
    {
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    private static void Begin(HttpResponse response, int status, string? location, bool replayed)
    {
        response.StatusCode = status;
        if (location is not null) response.Headers.Location = location;
        if (replayed) response.Headers[ReplayedHeader] = "true";
    }
}
