using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Texts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>The one sentence of a recommendation.</summary>
internal static class RecommendationTexts
{
    /// <summary>Why the first of the ways is the best, in one sentence.</summary>
    /// <param name="language">One of ours.</param>
    /// <param name="ranked">The first is open and has a cost.</param>
    public static string Reason(AcceptedLanguage language, IReadOnlyList<CostedWay> ranked)
    {
        var (best, saving) = (ranked[0].Way, OptionRanking.Saving(ranked[0], ranked)!.Value);
        var open = ranked.Count(costed => costed.Way.Open);
        var priced = ranked.Count(costed => costed is { Way.Open: true, Cost: not null });
        var reason = priced == 1 ? "only" : saving.IsZero ? "same" : "cheapest";
        // Nothing is said of ways whose price did not come.
        var name = priced == open ? $"reason.{reason}" : $"reason.{reason}_priced";
        return BuyerTexts.Of(language, name, BuyerTexts.Of(language, $"method.{best.Method.Code()}"), best.Source, saving);
    }
}
