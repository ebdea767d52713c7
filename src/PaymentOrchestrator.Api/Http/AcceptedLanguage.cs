using Microsoft.Net.Http.Headers;

namespace PaymentOrchestrator.Api.Http;

/// <summary>The language of sentences that are meant for the buyer: one of ours, by the request's Accept-Language.</summary>
/// <param name="Tag"><c>en</c> or <c>zh-CN</c>.</param>
internal sealed record AcceptedLanguage(string Tag)
{
    public const string English = "en";
    public const string Chinese = "zh-CN";

    public static ValueTask<AcceptedLanguage> BindAsync(HttpContext context) => ValueTask.FromResult(From(context.Request.Headers.AcceptLanguage));

    /// <summary>The one we have that is liked best, the first of equals; English where none of ours is named or the header cannot be read.</summary>
    public static AcceptedLanguage From(IList<string> headers)
    {
        if (!StringWithQualityHeaderValue.TryParseList(headers, out var ranges)) return new AcceptedLanguage(English);
        var best = ranges
            .Where(range => range.Quality != 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .Select(range => Ours(range.Value))
            .FirstOrDefault(tag => tag is not null);
        return new AcceptedLanguage(best ?? English);
    }

    /// <summary>Chinese is written in Simplified here: who asks for Traditional, by script or by region, is not given it for the same.</summary>
    private static string? Ours(Microsoft.Extensions.Primitives.StringSegment range)
    {
        var parts = range.ToString().Split('-');
        var rest = parts[1..];
        return parts[0].ToUpperInvariant() switch
        {
            "EN" => English,
            "ZH" when rest is [] || rest.Any(Is("Hans")) || (!rest.Any(Is("Hant")) && rest.Any(part => Is("CN")(part) || Is("SG")(part))) => Chinese,
            _ => null,
        };

        static Func<string, bool> Is(string subtag) => part => string.Equals(part, subtag, StringComparison.OrdinalIgnoreCase);
    }
}
