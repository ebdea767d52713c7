using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>
/// The buyers that a benchmark makes, and the ids of them and their accounts, which hold a kind and the buyer's number. pgbench can reckon with whole numbers
/// and nothing else, so a buyer's number has four decimal digits, which stand in the id as they are; read as hexadecimal they are the shard.
/// </summary>
internal static class BenchIds
{
    public const int BuyerKind = 0;

    /// <summary>The first marketplace's buyers have the numbers from this one on.</summary>
    public const int FirstBuyer = 1000;

    public const int Buyers = 1000;

    /// <summary>Marketplaces besides the first; their buyers follow the first one's.</summary>
    public const int OtherMarketplaces = 9;

    public const int BuyersOfEachOther = 100;

    public const int AllBuyers = Buyers + OtherMarketplaces * BuyersOfEachOther;

    public static Guid Of(int kind, int buyer) => new(Prefix(kind) + buyer.ToString("0000", CultureInfo.InvariantCulture));

    /// <summary>An id without its buyer's number.</summary>
    public static string Prefix(int kind) => $"00000000-0000-7{kind:x3}-8000-00000000";

    /// <summary>The id as an SQL expression of the buyer's number.</summary>
    public static string Sql(int kind, string buyer) => $"('{Prefix(kind)}' || ({buyer}))::uuid";

    public static int MarketplaceOf(int buyer) => buyer < FirstBuyer + Buyers ? 1 : (buyer - FirstBuyer - Buyers) / BuyersOfEachOther + 2;

    public static string MarketplaceSql(string buyer) =>
        $"(case when ({buyer}) < {FirstBuyer + Buyers} then 1 else (({buyer}) - {FirstBuyer + Buyers}) / {BuyersOfEachOther} + 2 end)";

    public static short Shard(int buyer) => short.Parse(buyer.ToString(CultureInfo.InvariantCulture), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The shard as an expression of the buyer's number, which SQL and pgbench both understand.</summary>
    public static string ShardExpression(string buyer) => $"({buyer}) / 1000 * 4096 + ({buyer}) / 100 % 10 * 256 + ({buyer}) / 10 % 10 * 16 + ({buyer}) % 10";

    /// <summary>Null for an id that is not one of this buyer's.</summary>
    public static int? KindOf(string id, int buyer) =>
        int.TryParse(id.AsSpan(15, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var kind) && id == Of(kind, buyer).ToString() ? kind : null;
}
