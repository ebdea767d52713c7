using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Notifications;

/// <summary>The bodies of the notifications of Ant's gateways and of 1688.</summary>
internal static class Notices
{
    /// <summary>Antom's notifyPayment and WorldFirst's notifyTransfer.</summary>
    public static Task Debit(Tx tx, DebitRequest debit)
    {
        var isTransfer = debit.Provider == Providers.WorldFirst;
        var body = debit.Fields;
        body["notifyType"] = isTransfer ? "TRANSFER_RESULT" : "PAYMENT_RESULT";
        body["result"] = Result(debit.ResultCode, debit.ResultMessage);
        if (isTransfer)
        {
            body["transferStatus"] = debit.Succeeded ? "SUCCESS" : "FAIL";
            body["transferMemo"] = debit.Payment;
        }

        return Outbox.Add(tx, new Notification(debit.Provider, isTransfer ? "notifyTransfer" : "notifyPayment", debit.BuyerId, body));
    }

    /// <summary>notifyRefund; at WorldFirst in Antom's form.</summary>
    public static Task Refund(Tx tx, DebitRequest debit, RefundRequest refund)
    {
        var body = refund.Fields;
        body["notifyType"] = "REFUND_RESULT";
        body["result"] = Result(refund.ResultCode, refund.ResultMessage);
        body["refundStatus"] = refund.Succeeded ? "SUCCESS" : "FAIL";
        return Outbox.Add(tx, new Notification(debit.Provider, "notifyRefund", debit.BuyerId, body));
    }

    /// <summary>1688 tells of a paid order; order of messages is not guaranteed there either.</summary>
    public static Task OrderPaid(Tx tx, string orderId, string buyerId)
    {
        var buyer = Member(buyerId);
        return Message(tx, "ORDER_BUYER_VIEW_ORDER_PAY", buyer, orderId, new JsonObject
        {
            ["orderId"] = orderId,
            ["currentStatus"] = Orders.WaitSellerSend,
            ["msgSendTime"] = tx.Now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["buyerMemberId"] = buyer.MemberId,
            ["sellerMemberId"] = "b2b-0000000000000",
        });
    }

    /// <summary>The only public trace of World Pay's debits at 1688.</summary>
    public static Task BatchPaid(Tx tx, string orderId, string buyerId) => Message(tx, "ORDER_BATCH_PAY", Member(buyerId), orderId, new JsonObject
    {
        ["batchPay"] = new JsonArray(new JsonObject { ["orderId"] = orderId, ["status"] = "successed" }),
    });

    private static Task Message(Tx tx, string type, Buyer buyer, string bizKey, JsonObject data) =>
        Outbox.Add(tx, new Notification(Providers.Marketplace1688, type, buyer.BuyerId, new JsonObject
        {
            ["msgId"] = Ids.New("", 20),
            ["gmtBorn"] = tx.Now.ToUnixTimeMilliseconds(),
            ["type"] = type,
            ["userInfo"] = buyer.MemberId,
            ["bizKey"] = bizKey,
            ["data"] = data,
        }));

    /// <summary>A member's name follows from the buyer's id alone.</summary>
    private static Buyer Member(string buyerId) => new(buyerId, new HashSet<string>(), 0);

    private static JsonObject Result(string code, string message) => new()
    {
        ["resultStatus"] = code == DebitResults.Success ? "S" : "F",
        ["resultCode"] = code,
        ["resultMessage"] = message,
    };
}
