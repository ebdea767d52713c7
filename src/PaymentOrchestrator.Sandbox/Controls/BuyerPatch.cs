using System.Text.Json;
using PaymentOrchestrator.Sandbox.Rates;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>A change that was read and found possible as a whole.</summary>
internal sealed record BuyerPatch(
    IReadOnlyDictionary<string, bool> Facts, IReadOnlyDictionary<string, long> Balances, long? AlipayBalance)
{
    private const long MaxValue = 9_007_199_254_740_991;

    /// <summary>Reads the body by hand, so that a refusal names the very member that is wrong. Null patch = refused.</summary>
    public static (BuyerPatch? Patch, string Field, string Message) Read(JsonElement body, EcbRates rates)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Refuse("body", "must be a JSON object.");
        var facts = new Dictionary<string, bool>();
        var balances = new Dictionary<string, long>();
        long? alipayBalance = null;
        foreach (var member in body.EnumerateObject())
        {
            switch (member.Name)
            {
                case "facts" or "balances" when member.Value.ValueKind != JsonValueKind.Object:
                    return Refuse(member.Name, "must be an object.");
                case "facts":
                    foreach (var fact in member.Value.EnumerateObject())
                    {
                        if (!Buyers.Facts.All.Contains(fact.Name))
                            return Refuse($"facts.{fact.Name}", "is no fact that can be set.");
                        if (fact.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                            return Refuse($"facts.{fact.Name}", "must be true or false.");
                        facts[fact.Name] = fact.Value.GetBoolean();
                    }

                    break;
                case "balances":
                    foreach (var balance in member.Value.EnumerateObject())
                    {
                        var isAlipay = balance.Name == "alipay_balance";
                        if (!isAlipay && !rates.IsWalletCurrency(balance.Name))
                            return Refuse($"balances.{balance.Name}", "is no currency of a WorldFirst wallet.");
                        if (MinorUnitsOf(balance.Value) is not { } value)
                            return Refuse($"balances.{balance.Name}", NotAnAmount);
                        if (isAlipay)
                            alipayBalance = value;
                        else
                            balances[balance.Name] = value;
                    }

                    break;
                case "alipay_balance":
                    if (MinorUnitsOf(member.Value) is not { } fen)
                        return Refuse("alipay_balance", NotAnAmount);
                    alipayBalance = fen;
                    break;
                default:
                    return Refuse(member.Name, "is unknown.");
            }
        }

        return (new BuyerPatch(facts, balances, alipayBalance), "", "");
    }

    private const string NotAnAmount = "must be a whole number of minor units from 0 to 9007199254740991.";

    private static long? MinorUnitsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var units) && units is >= 0 and <= MaxValue ? units : null;

    private static (BuyerPatch?, string, string) Refuse(string field, string message) => (null, field, message);
}
