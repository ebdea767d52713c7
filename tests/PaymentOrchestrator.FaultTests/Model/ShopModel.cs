using System.Globalization;

namespace PaymentOrchestrator.FaultTests.Model;

/// <summary>
/// What the contract says of one buyer's quotes, payments, refunds and keys, and nothing of how it is done: every request happens at once and alone.
/// </summary>
internal sealed class ShopModel
{
    /// <summary>CNY minor units of every order; paid by Alipay in CNY, so that a refund gives back what it says.</summary>
    public const long Amount = 1_000_01;

    /// <summary>The order of each quote: three quotes of one order, one of another.</summary>
    public static readonly int[] OrderOfQuote = [0, 0, 0, 1];

    private readonly Dictionary<string, (string Request, string Answer)> keys = [];
    private readonly Dictionary<int, int> paidBy = [];
    private readonly Dictionary<int, long> refunded = [];
    private readonly List<string> answers = [];

    public void Pay(int quote, string key) => Answer(Keyed($"pay {quote}", key, () =>
    {
        if (refunded.ContainsKey(quote)) return "409 quote_consumed";
        if (paidBy.ContainsKey(OrderOfQuote[quote])) return "409 order_already_paid";
        paidBy[OrderOfQuote[quote]] = quote;
        refunded[quote] = 0;
        return $"201 payment of {quote}";
    }));

    /// <param name="amount">Null for all that is left.</param>
    public void Refund(int quote, long? amount, string key)
    {
        if (!refunded.TryGetValue(quote, out var before))
        {
            Answer("not paid yet");
            return;
        }

        Answer(Keyed($"refund {quote} {amount}", key, () =>
        {
            var left = Amount - before;
            var part = amount ?? left;
            if (left == 0 || part > left) return "422 refund_amount_too_large";
            refunded[quote] = before + part;
            return string.Create(CultureInfo.InvariantCulture, $"201 refund {part} of {quote}");
        }));
    }

    public void Quote(int order) => Answer(paidBy.ContainsKey(order) ? "409 order_already_paid" : "201 quote");

    /// <summary>The answers, whatever their order, and what is left behind.</summary>
    public string State() => Describe(answers, refunded);

    public static string Describe(IEnumerable<string> answers, IReadOnlyDictionary<int, long> refunded) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join("; ", answers.Order(StringComparer.Ordinal))} | {string.Join("; ", refunded.OrderBy(pair => pair.Key).Select(pair => $"quote {pair.Key} paid, {pair.Value} refunded"))}");

    /// <summary>A refusal leaves the key free; an effect takes it for good.</summary>
    private string Keyed(string request, string key, Func<string> act)
    {
        if (keys.TryGetValue(key, out var earlier)) return earlier.Request == request ? earlier.Answer : "422 idempotency_key_reused";
        var answer = act();
        if (answer.StartsWith("201", StringComparison.Ordinal)) keys[key] = (request, answer);
        return answer;
    }

    private void Answer(string answer) => answers.Add(answer);
}
