using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The timeline as a page for support staff: the same fields as the JSON, one block for each entry, everything escaped, no scripts.</summary>
internal static class TimelinePage
{
    private const string Style =
        "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#111}h1{font-size:1.3rem}ol{list-style:none;padding:0}"
        + "li{border-left:3px solid #9ca3af;margin:0 0 1rem;padding:.1rem 0 .1rem 1rem}h2{font-size:1rem;margin:.2rem 0}time{color:#555;font-weight:400}"
        + "dl{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.1rem 1rem;margin:.3rem 0}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}";

    /// <summary>Whether the client likes text/html better than JSON; without a word of either it gets JSON.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        return Liking(accepted, "text/html") > Liking(accepted, "application/json");
    }

    public static IResult Of(TimelineResource timeline)
    {
        var json = JsonSerializer.SerializeToNode(timeline, ApiJson.TypeInfo<TimelineResource>())!;
        var html = new StringBuilder("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width, initial-scale=1\">");
        html.Append("<title>").Append(Escape($"Payment {timeline.PaymentId}")).Append("</title><style>").Append(Style).Append("</style>");
        html.Append("<h1>").Append(Escape($"Payment {timeline.PaymentId}")).Append("</h1>");
        if (timeline.Truncated) html.Append("<p>There is more of one kind than is told here.</p>");
        html.Append("<ol>");
        foreach (var entry in json["entries"]!.AsArray().Select(entry => entry!.AsObject()))
        {
            var kind = entry["kind"]!.GetValue<string>();
            html.Append("<li><h2>").Append(Escape(kind.Replace('_', ' '))).Append(" <time>").Append(Escape(entry["at"]!.GetValue<string>())).Append("</time></h2>");
            if (entry[kind.StartsWith("attempt", StringComparison.Ordinal) ? "attempt" : kind.StartsWith("refund", StringComparison.Ordinal) ? "refund" : kind] is JsonObject told)
                Append(html, told);
            html.Append("</li>");
        }

        return Results.Content(html.Append("</ol></html>").ToString(), "text/html; charset=utf-8");
    }

    private static void Append(StringBuilder html, JsonObject told)
    {
        html.Append("<dl>");
        foreach (var (name, value) in told)
        {
            if (value is null) continue;
            html.Append("<dt>").Append(Escape(name.Replace('_', ' '))).Append("</dt><dd>");
            if (value is JsonObject part) Append(html, part);
            else if (value is JsonArray list && list.All(item => item is JsonObject)) foreach (var item in list) Append(html, item!.AsObject());
            else html.Append(Escape(value is JsonValue leaf && leaf.TryGetValue<string>(out var text) ? text : value.ToJsonString()));
            html.Append("</dd>");
        }

        html.Append("</dl>");
    }

    /// <summary>The quality that the most specific of the client's ranges gives the type; 0 where none covers it.</summary>
    private static double Liking(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var own = MediaTypeHeaderValue.Parse(type);
        return accepted.Where(range => own.IsSubsetOf(range)).OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0).FirstOrDefault() is { } best
            ? best.Quality ?? 1
            : 0;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
