using System.Globalization;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The version that a change was decided on, as the If-Match header names it: <c>"3"</c>, several, or <c>*</c> for whatever is there.</summary>
internal sealed record IfMatch(IReadOnlyList<string> Tags, Problem? Refusal) : IRequestPart
{
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var tags = context.Request.Headers.IfMatch.SelectMany(value => (value ?? "").Split(',')).Select(tag => tag.Trim()).Where(tag => tag.Length > 0).ToList();
        return ValueTask.FromResult(new IfMatch(tags, tags.Count > 0 ? null : new Problem(
            ProblemType.PreconditionRequired, "Read the resource, and send its ETag as If-Match: a change must say which version it was decided on.")));
    }

    /// <summary>Weak tags (W/…) never match, by the header's definition.</summary>
    public bool Matches(int version) => Tags.Contains("*") || Tags.Contains(EntityTag.Of(version));
}

internal static class EntityTag
{
    public static string Of(int version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>An endpoint's answer with its version as the ETag header.</summary>
    public static IResult WithETag(this IResult answer, Result<WebhookEndpointResource> result) =>
        result.Problem is null ? new Tagged(answer, Of(result.Value.Version)) : answer;

    private sealed class Tagged(IResult answer, string tag) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.ETag = tag;
            return answer.ExecuteAsync(httpContext);
        }
    }
}
