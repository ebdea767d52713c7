using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>The ids of the buyers and accounts that a benchmark makes: they hold the buyer's number, which is the shard too, and a kind.</summary>
internal static class BenchIds
{
    public const int BuyerKind = 0;

    public static Guid Of(int kind, int buyer) => new($"00000000-{buyer:x4}-7{kind:x3}-8000-00000000{buyer:x4}");

    /// <summary>The same as an SQL expression of the buyer's number.</summary>
    public static string Sql(int kind, string buyer) =>
        $"(lpad(to_hex(({buyer})::int), 12, '0') || '7{kind:x3}80000000000' || '0' || lpad(to_hex(({buyer})::int), 4, '0'))::uuid";

    /// <summary>Null for an id that is not one of this buyer's.</summary>
    public static int? KindOf(string id, int buyer) =>
        int.TryParse(id.AsSpan(15, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var kind) && id == Of(kind, buyer).ToString() ? kind : null;
}
