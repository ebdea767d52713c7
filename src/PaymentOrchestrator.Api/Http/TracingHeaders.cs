using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// Headers that proxies and tracers add, with random numbers of up to 20 digits in them: one in some hundred would look like a card number. The few are named; of
/// them we read traceparent alone, and that only in its exact form.
/// </summary>
internal static partial class TracingHeaders
{
    private static readonly HashSet<string> Unread = new(StringComparer.OrdinalIgnoreCase)
    {
        "X-Cloud-Trace-Context", "X-Datadog-Trace-Id", "X-Datadog-Parent-Id", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "b3",
    };

    public static bool MayHold(string name, StringValues values) =>
        Unread.Contains(name) || (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) && TraceParent().IsMatch(values.ToString()));

    [GeneratedRegex("^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
    private static partial Regex TraceParent();
}
