using System.Globalization;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>An amount as Ant writes it: minor units as text of at most 16 digits.</summary>
internal sealed record AntAmount(string Currency, long Value)
{
    /// <summary>The most that 16 digits can say.</summary>
    public const long MaxValue = 9_999_999_999_999_999;

    public JsonObject ToJson() => new()
    {
        ["currency"] = Currency,
        ["value"] = Value.ToString(CultureInfo.InvariantCulture),
    };

    public override string ToString() => $"{Currency} {Value.ToString(CultureInfo.InvariantCulture)}";
}
