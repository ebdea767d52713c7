using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The payment that holds an order, as Dapper reads it. One per order and buyer, while it is neither failed nor canceled.</summary>
internal sealed class LivePayment
{
    /// <summary>Parameters: marketplace, mode, scope (the buyer), orderId, shard.</summary>
    public const string Find = "select p.id, p.status " + OfOrder + ";\n";

    /// <summary>The same, for what else one wants of it.</summary>
    public const string OfOrder = """
        from live_payments l join payments p on p.id = l.payment_id and p.shard_key = l.shard_key
        where l.marketplace_id = @marketplace and l.mode = @mode and l.buyer_id = @scope and l.order_id = @orderId and l.shard_key = @shard
        """;

    public Guid Id { get; init; }

    public string Status { get; init; } = "";

    /// <summary>A payment that only waits for its buyer may still be given up for another price; the others may not.</summary>
    public bool RefusesQuotes => Status != PaymentStatus.RequiresAction.Code();

    public Problem ToProblem() => new(ProblemType.OrderAlreadyPaid, "See payment_id: an order is paid once. To pay in another way, its payment must fail or be canceled first.")
    {
        PaymentId = new Id<PaymentResource>(Id).ToString(),
        PaymentStatus = Status,
    };
}
