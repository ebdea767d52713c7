namespace PaymentOrchestrator.Domain;

/// <summary>A way to pay with what it costs.</summary>
/// <param name="Way">The way.</param>
/// <param name="Cost">Its quote's total in the currency of comparison; null where it is closed or no price was to be had.</param>
public sealed record CostedWay(PaymentWay Way, Money? Cost);

/// <summary>Puts the ways to pay in order. Pure.</summary>
public static class OptionRanking
{
    /// <summary>
    /// Open ones first, the cheapest at the top; then those that are open and have no price just now; then the closed ones. Ties stand in the
    /// product's order of methods, then by currency code.
    /// </summary>
    /// <exception cref="InvalidOperationException">The costs are of different currencies.</exception>
    public static IReadOnlyList<CostedWay> Rank(IEnumerable<CostedWay> ways) => [.. ways.Order(Comparer<CostedWay>.Create(Compare))];

    /// <summary>A total order: 0 only for the same method and currency with the same cost.</summary>
    public static int Compare(CostedWay left, CostedWay right)
    {
        var byStanding = Standing(left).CompareTo(Standing(right));
        if (byStanding != 0) return byStanding;
        var byCost = left is { Way.Open: true, Cost: { } one } && right.Cost is { } other ? one.CompareTo(other) : 0;
        if (byCost != 0) return byCost;
        var byMethod = left.Way.Method.CompareTo(right.Way.Method);
        return byMethod != 0 ? byMethod : string.CompareOrdinal(left.Way.Source?.Code, right.Way.Source?.Code);
    }

    /// <summary>What the way saves against the dearest open one; null where it has no cost. Zero for the dearest itself.</summary>
    public static Money? Saving(CostedWay way, IEnumerable<CostedWay> all) =>
        way is { Way.Open: true, Cost: { } cost } ? all.Where(other => other is { Way.Open: true, Cost: not null }).Max(other => other.Cost!.Value) - cost : null;

    private static int Standing(CostedWay way) => !way.Way.Open ? 2 : way.Cost is null ? 1 : 0;
}
