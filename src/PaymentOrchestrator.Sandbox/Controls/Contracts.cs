using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>A buyer at all four providers.</summary>
/// <param name="BuyerId">The platform's id of the buyer.</param>
/// <param name="Facts">Every fact, by the platform's requirement code.</param>
/// <param name="Balances">Money in the WorldFirst wallet, in minor units; not available while <c>worldfirst.balance</c> is false.</param>
/// <param name="AlipayBalance">Money in the Alipay account, in fen.</param>
public sealed record BuyerView(
    string BuyerId, IReadOnlyDictionary<string, bool> Facts, IReadOnlyDictionary<string, long> Balances, long AlipayBalance)
{
    internal static BuyerView Of(Buyer buyer, IEnumerable<Balance> balances) => new(
        buyer.BuyerId,
        Buyers.Facts.All.ToDictionary(code => code, buyer.Has),
        balances.ToDictionary(balance => balance.Currency, balance => balance.Value),
        buyer.AlipayBalance);
}

/// <summary>What to change; everything that is left out stays.</summary>
/// <param name="Facts">Facts by requirement code.</param>
/// <param name="Balances">Money in the WorldFirst wallet by currency, in minor units.</param>
/// <param name="AlipayBalance">Money in the Alipay account, in fen.</param>
public sealed record BuyerPatchBody(
    IReadOnlyDictionary<string, bool>? Facts, IReadOnlyDictionary<string, long>? Balances, long? AlipayBalance);

/// <summary>What was really executed, newest last.</summary>
/// <param name="Data">Movements of money; never refusals or replays.</param>
public sealed record ExecutionList(IReadOnlyList<ExecutionView> Data);

/// <summary>An amount in ISO 4217 minor units (CNH with two decimals).</summary>
public sealed record AmountView(string Currency, long Value);

/// <summary>One movement of money.</summary>
/// <param name="Operation"><c>createTransfer</c>, <c>pay</c>, <c>payment_intent</c>, <c>refund</c>, or <c>refund_returned</c> when a refund failed later.</param>
/// <param name="Provider"><c>worldfirst</c>, <c>alipay</c> or <c>card</c>.</param>
/// <param name="RequestId">transferRequestId, paymentRequestId or Idempotency-Key.</param>
/// <param name="Amount">What left the buyer, or came back to the card.</param>
/// <param name="OrderId">The order, as far as the request named it.</param>
/// <param name="Payment">The platform's payment, as far as the request named it.</param>
/// <param name="At">When.</param>
public sealed record ExecutionView(
    string Operation, string Provider, string RequestId, AmountView Amount, string? OrderId, string? Payment, DateTime At)
{
    internal static ExecutionView Of(Execution execution) => new(
        execution.Operation, execution.Provider, execution.RequestId, new AmountView(execution.Currency, execution.Value),
        execution.OrderId, execution.Payment, execution.At);
}

/// <summary>Notifications of payments, refunds, orders and disputes.</summary>
/// <param name="Data">Oldest first.</param>
public sealed record NotificationList(IReadOnlyList<NotificationView> Data);

/// <summary>One notification.</summary>
/// <param name="Provider">In whose form and under whose signature.</param>
/// <param name="Type">The provider's name of it.</param>
/// <param name="Status"><c>pending</c>, <c>delivered</c> or <c>given_up</c>.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="DueAt">When it is sent next, while it is pending.</param>
/// <param name="LastError">Why the platform did not take it the last time.</param>
public sealed record NotificationView(string Provider, string Type, string Status, int Attempts, DateTime? DueAt, string? LastError)
{
    internal static NotificationView Of(OutboxRow row)
    {
        var status = row.DeliveredAt is not null ? "delivered" : row.GaveUpAt is not null ? "given_up" : "pending";
        return new NotificationView(row.Provider, row.Type, status, row.Attempts, status == "pending" ? row.DueAt : null, row.LastError);
    }
}
