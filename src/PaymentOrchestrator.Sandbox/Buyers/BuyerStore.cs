using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Buyers;

/// <summary>
/// Buyers and their money. Whoever changes a buyer locks the row first, and before any object of the buyer: that order
/// makes a balance safe under concurrent debits and keeps calls from waiting for each other in a circle.
/// </summary>
internal static class BuyerStore
{
    public static async Task<Buyer> Read(Tx tx, string buyerId) => await Find(tx, buyerId, "") ?? Unknown(buyerId);

    /// <summary>
    /// "No key update", for a plain update lock would also stop foreign keys: a charge that adds an order could then wait for a
    /// detachment which waits for the charge's card.
    /// </summary>
    public static async Task<Buyer> Lock(Tx tx, string buyerId)
    {
        await tx.Execute("insert into buyers (buyer_id) values (@buyerId) on conflict do nothing", new { buyerId });
        return await Find(tx, buyerId, "for no key update") ?? throw new InvalidOperationException("A buyer vanished.");
    }

    /// <summary>Sets some facts and leaves the others as they are.</summary>
    public static async Task SetFacts(Tx tx, string buyerId, IReadOnlyDictionary<string, bool> changes)
    {
        var buyer = await Lock(tx, buyerId);
        var facts = buyer.TrueFacts.Where(fact => !changes.ContainsKey(fact))
            .Concat(changes.Where(change => change.Value).Select(change => change.Key))
            .Order(StringComparer.Ordinal).ToArray();
        await tx.Execute("update buyers set facts = @facts where buyer_id = @buyerId", new { buyerId, facts });
    }

    public static Task<IReadOnlyList<Balance>> Balances(Tx tx, string buyerId) => tx.List<Balance>(
        "select currency, value from balances where buyer_id = @buyerId order by currency", new { buyerId });

    public static Task SetBalance(Tx tx, string buyerId, string currency, long value) => tx.Execute(
        """
        insert into balances (buyer_id, currency, value) values (@buyerId, @currency, @value)
        on conflict (buyer_id, currency) do update set value = excluded.value
        """, new { buyerId, currency, value });

    public static Task SetAlipayBalance(Tx tx, string buyerId, long value) => tx.Execute(
        "update buyers set alipay_balance = @value where buyer_id = @buyerId", new { buyerId, value });

    /// <summary>Takes the whole amount or nothing.</summary>
    public static async Task<bool> TryDebit(Tx tx, string buyerId, string currency, long value) => await tx.Execute(
        "update balances set value = value - @value where buyer_id = @buyerId and currency = @currency and value >= @value",
        new { buyerId, currency, value }) == 1;

    public static async Task<bool> TryDebitAlipay(Tx tx, string buyerId, long value) => await tx.Execute(
        "update buyers set alipay_balance = alipay_balance - @value where buyer_id = @buyerId and alipay_balance >= @value",
        new { buyerId, value }) == 1;

    public static Task Credit(Tx tx, string buyerId, string currency, long value) => tx.Execute(
        """
        insert into balances (buyer_id, currency, value) values (@buyerId, @currency, @value)
        on conflict (buyer_id, currency) do update set value = balances.value + excluded.value
        """, new { buyerId, currency, value });

    public static Task CreditAlipay(Tx tx, string buyerId, long value) => tx.Execute(
        "update buyers set alipay_balance = alipay_balance + @value where buyer_id = @buyerId", new { buyerId, value });

    private static async Task<Buyer?> Find(Tx tx, string buyerId, string locking)
    {
        var row = await tx.Find<Row>(
            $"select buyer_id as buyerid, facts, alipay_balance as alipaybalance from buyers where buyer_id = @buyerId {locking}",
            new { buyerId });
        return row is null ? null : new Buyer(row.BuyerId, row.Facts.ToHashSet(StringComparer.Ordinal), row.AlipayBalance);
    }

    private static Buyer Unknown(string buyerId) => new(buyerId, new HashSet<string>(), 0);

    private sealed class Row
    {
        public string BuyerId { get; init; } = "";

        public string[] Facts { get; init; } = [];

        public long AlipayBalance { get; init; }
    }
}
