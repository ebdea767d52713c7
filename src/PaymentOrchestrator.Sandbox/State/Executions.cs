namespace PaymentOrchestrator.Sandbox.State;

/// <summary>One movement of money. The value is in ISO 4217 minor units, whatever the provider counts in.</summary>
internal sealed record Execution(
    string Operation, string Provider, string RequestId, string? BuyerId, string Currency, long Value, string? OrderId,
    string? Payment, DateTime At);

/// <summary>The truth that tests compare the platform with: what was really executed, never refusals or replays.</summary>
internal static class Executions
{
    public static Task Record(Tx tx, Execution execution) => tx.Execute(
        """
        insert into executions (operation, provider, request_id, buyer_id, currency, value, order_id, payment, at)
        values (@Operation, @Provider, @RequestId, @BuyerId, @Currency, @Value, @OrderId, @Payment, @At)
        """, execution);

    public static Task<IReadOnlyList<Execution>> List(Tx tx, string? payment, string? buyer) => tx.List<Execution>(
        """
        select operation, provider, request_id as requestid, buyer_id as buyerid, currency, value, order_id as orderid, payment, at
        from executions
        where (@payment::text is null or payment = @payment) and (@buyer::text is null or buyer_id = @buyer)
        order by execution_id
        """, new { payment, buyer });
}
