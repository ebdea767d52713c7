using System.Globalization;
using System.Resources;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>
/// The sentences of a recommendation, from Texts.resx and Texts.zh-CN.resx. Only codes and amounts of our own are put into them. Both files lie in
/// this assembly under names of their own: the framework's look-up of satellites follows cultures, and this process has none but the invariant one.
/// </summary>
internal static class RecommendationTexts
{
    private static readonly Dictionary<string, ResourceManager> Languages = new()
    {
        [AcceptedLanguage.English] = new ResourceManager("payment-options.en", typeof(RecommendationTexts).Assembly),
        [AcceptedLanguage.Chinese] = new ResourceManager("payment-options.zh-CN", typeof(RecommendationTexts).Assembly),
    };

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
        var text = Text(language, priced == open ? $"reason.{reason}" : $"reason.{reason}_priced");
        return string.Format(CultureInfo.InvariantCulture, text, Text(language, $"method.{best.Method.Code()}"), best.Source, saving);
    }

    private static string Text(AcceptedLanguage language, string name) =>
        Languages[language.Tag].GetString(name, CultureInfo.InvariantCulture) ?? throw new InvalidOperationException($"There is no text {name} in {language.Tag}.");
}
