using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>As Stripe pages: newest first, ten unless asked otherwise, and the next page begins after the last id of this one.</summary>
internal static class Paging
{
    public static async Task<StripeReply> Page<T>(StripeRequest request, string url, IReadOnlyList<T> newestFirst, Func<T, Task<JsonObject>> show)
        where T : CardObject
    {
        var limit = request.Whole("limit") ?? 10;
        if (limit is < 1 or > 100)
            throw StripeErrorException.Invalid("Invalid limit: must be between 1 and 100.", "limit", "parameter_invalid_integer");
        IEnumerable<T> rest = newestFirst;
        if (request.Text("starting_after") is { } after)
            rest = newestFirst.Any(item => item.Id == after) ? newestFirst.SkipWhile(item => item.Id != after).Skip(1) : throw StripeErrorException.NoSuch("object", after, "starting_after");
        if (request.Text("ending_before") is not null)
            throw StripeErrorException.Invalid("Only starting_after is simulated.", "ending_before");
        var left = rest.ToList();
        var page = new List<JsonObject>();
        foreach (var item in left.Take((int)limit))
            page.Add(await show(item));
        return StripeReply.Ok(CardJson.List(url, page, hasMore: left.Count > limit));
    }
}
