using System.Collections;
using System.Globalization;
using System.Resources;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Texts;

/// <summary>
/// The sentences that a buyer reads, from BuyerTexts.resx and BuyerTexts.zh-CN.resx. Only codes and amounts of our own are put into them, and only as
/// arguments: nothing that a caller or a provider wrote becomes part of a sentence. Both files lie in this assembly under names of their own: the
/// framework's look-up of satellites follows cultures, and this process has none but the invariant one.
/// </summary>
internal static class BuyerTexts
{
    private static readonly Dictionary<string, ResourceManager> Languages = new()
    {
        [AcceptedLanguage.English] = new ResourceManager("buyer-texts.en", typeof(BuyerTexts).Assembly),
        [AcceptedLanguage.Chinese] = new ResourceManager("buyer-texts.zh-CN", typeof(BuyerTexts).Assembly),
    };

    /// <summary>The sentence of this name; an argument that it does not mention is left out.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Of(AcceptedLanguage language, string name, params object?[] arguments) =>
        string.Format(
            CultureInfo.InvariantCulture,
            Languages[language.Tag].GetString(name, CultureInfo.InvariantCulture) ?? throw new InvalidOperationException($"There is no text {name} in {language.Tag}."),
            arguments);

    public static bool Has(AcceptedLanguage language, string name) => Languages[language.Tag].GetString(name, CultureInfo.InvariantCulture) is not null;

    /// <summary>Every sentence of a language, by name and with its places for arguments.</summary>
    public static IReadOnlyDictionary<string, string> All(AcceptedLanguage language) =>
        Languages[language.Tag].GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}
