using PaymentOrchestrator.Sandbox.Notifications;

namespace PaymentOrchestrator.Sandbox.State;

/// <summary>A 1688 order as its buyer sees it; the amount in fen, null while nobody has told it.</summary>
internal sealed record Order(string OrderId, string BuyerId, long? Amount, string Status);

/// <summary>
/// Orders are kept per buyer: test marketplaces reuse order numbers, which 1688 itself never does.
/// </summary>
internal static class Orders
{
    public const string WaitBuyerPay = "waitbuyerpay";
    public const string WaitSellerSend = "waitsellersend";

    public const string Cancel = "cancel";

    private const string ClosedPrefix = "closed-";
    private const string PaidPrefix = "paid-";
    private const string UnsettledPrefix = "unsettled-";

    /// <summary>Reads with one yuan more than was told of it.</summary>
    public const string MismatchPrefix = "mismatch-";

    /// <summary>Reads as another member's.</summary>
    public const string ForeignPrefix = "foreign-";

    /// <summary>1688 lists no channel for it by which Alipay, or kuajingbao (World Pay), would pay.</summary>
    public const string NoAlipayPrefix = "no-alipay-";
    public const string NoKuajingbaoPrefix = "no-kuajingbao-";

    /// <summary>A part of it was paid before: this much is left of it, in fen.</summary>
    public const string DepositPrefix = "deposit-";

    /// <summary>The order, made as unpaid when it is first told of with its amount; null for an unknown one.</summary>
    public static async Task<Order?> FindOrTake(Tx tx, string orderId, string buyerId, long? expectedAmount)
    {
        if (expectedAmount is not null)
        {
            await tx.Execute(
                """
                insert into orders (order_id, buyer_id, amount, status) values (@orderId, @buyerId, @expectedAmount, @status)
                on conflict (order_id, buyer_id) do update set amount = excluded.amount where orders.amount is null
                """, new { orderId, buyerId, expectedAmount, status = StatusWhenFirstTold(orderId) });
        }

        return await tx.Find<Order>(
            """
            select order_id as orderid, buyer_id as buyerid, amount, status from orders
            where order_id = @orderId and buyer_id = @buyerId
            """, new { orderId, buyerId });
    }

    /// <summary>A debit names its order, also one that 1688 was not asked for before. 1688 tells the platform when that changed it.</summary>
    public static async Task MarkPaid(Tx tx, string orderId, string buyerId, long? amount)
    {
        if (orderId.StartsWith(UnsettledPrefix, StringComparison.Ordinal))
            return;
        var changed = await tx.Execute(
            """
            insert into orders (order_id, buyer_id, amount, status) values (@orderId, @buyerId, @amount, @WaitSellerSend)
            on conflict (order_id, buyer_id) do update set status = excluded.status where orders.status = @WaitBuyerPay
            """, new { orderId, buyerId, amount, WaitBuyerPay, WaitSellerSend });
        if (changed == 1)
            await Notices.OrderPaid(tx, orderId, buyerId);
    }

    /// <summary>A debit was taken back as a whole: the order can be paid again.</summary>
    public static Task MarkUnpaid(Tx tx, string orderId, string buyerId) => tx.Execute(
        "update orders set status = @WaitBuyerPay where order_id = @orderId and buyer_id = @buyerId and status = @WaitSellerSend",
        new { orderId, buyerId, WaitBuyerPay, WaitSellerSend });

    private static string StatusWhenFirstTold(string orderId) =>
        orderId.StartsWith(ClosedPrefix, StringComparison.Ordinal) ? Cancel
        : orderId.StartsWith(PaidPrefix, StringComparison.Ordinal) ? WaitSellerSend
        : WaitBuyerPay;
}
