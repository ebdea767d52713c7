using PaymentOrchestrator.Benchmarks.Floor;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>Whose turn it is in request n: the same rule in C# and in SQL.</summary>
internal sealed record BuyerChoice(Func<long, int> Of, Func<string, string> Sql)
{
    /// <summary>All buyers of the first marketplace, one after the other.</summary>
    public static readonly BuyerChoice Uniform = new(n => BenchIds.FirstBuyer + (int)(n % BenchIds.Buyers), n => $"({BenchIds.FirstBuyer} + ({n}) % {BenchIds.Buyers})");

    /// <summary>One buyer has every second request.</summary>
    public static readonly BuyerChoice OneBuyerHasHalf = new(
        n => n % 2 == 0 ? BenchIds.FirstBuyer : Uniform.Of(n), n => $"(case when ({n}) % 2 = 0 then {BenchIds.FirstBuyer} else {Uniform.Sql(n)} end)");

    /// <summary>Marketplaces have their turns, and so have the buyers of each.</summary>
    public static readonly BuyerChoice AllMarketplaces = new(
        n => OfMarketplace((int)(n % (BenchIds.OtherMarketplaces + 1)), n / (BenchIds.OtherMarketplaces + 1)),
        n => OfMarketplaceSql($"(({n}) % {BenchIds.OtherMarketplaces + 1})", $"(({n}) / {BenchIds.OtherMarketplaces + 1})"));

    /// <summary>The first marketplace has every second request, the others have the rest by turns.</summary>
    public static readonly BuyerChoice OneMarketplaceHasHalf = new(
        n => n % 2 == 0 ? OfMarketplace(0, n / 2) : OfMarketplace(1 + (int)(n / 2 % BenchIds.OtherMarketplaces), n / 2 / BenchIds.OtherMarketplaces),
        n => $"(case when ({n}) % 2 = 0 then {OfMarketplaceSql("0", $"(({n}) / 2)")} else {OfMarketplaceSql($"(1 + ({n}) / 2 % {BenchIds.OtherMarketplaces})", $"(({n}) / 2 / {BenchIds.OtherMarketplaces})")} end)");

    // Of each marketplace as many buyers, so that the two choices differ in nothing else.
    private static int OfMarketplace(int index, long turn)
    {
        var buyer = (int)(turn % BenchIds.BuyersOfEachOther);
        return BenchIds.FirstBuyer + (index == 0 ? buyer : BenchIds.Buyers + (index - 1) * BenchIds.BuyersOfEachOther + buyer);
    }

    private static string OfMarketplaceSql(string index, string turn) =>
        $"({BenchIds.FirstBuyer} + {turn} % {BenchIds.BuyersOfEachOther} + case when {index} = 0 then 0 else {BenchIds.Buyers} + ({index} - 1) * {BenchIds.BuyersOfEachOther} end)";
}
