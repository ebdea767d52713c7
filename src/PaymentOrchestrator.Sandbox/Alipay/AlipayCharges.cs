using System.Globalization;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>The ends of an open payment: funded or refused, declined by the buyer, or out of time. The caller holds the payment's lock.</summary>
internal static class AlipayCharges
{
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>The payment under its lock; one whose time is over is ended first.</summary>
    public static async Task<DebitRequest?> Lock(Tx tx, string requestId, DateTimeOffset now)
    {
        await DebitRequests.Serialize(tx, Providers.Alipay, requestId);
        if (await DebitRequests.Find(tx, Providers.Alipay, requestId) is not { } request)
            return null;
        if (!request.IsOpen || request.ExpiresAt > now.UtcDateTime)
            return request;
        var closed = Ended(request, ("ORDER_IS_CLOSED", "The user did not confirm in time."), now);
        await DebitRequests.Save(tx, closed);
        return closed;
    }

    /// <summary>Takes the money, or says why not.</summary>
    public static async Task<DebitRequest> Charge(Tx tx, DebitRequest open, DateTimeOffset now)
    {
        var buyer = await BuyerStore.Lock(tx, open.BuyerId);
        var (refusal, funding) = await Fund(tx, buyer, open.Value);
        var ended = Ended(open, refusal ?? (DebitResults.Success, "Success"), now) with { Funding = funding };
        if (refusal is null)
        {
            await Executions.Record(tx, new Execution(
                "pay", open.Provider, open.RequestId, open.BuyerId, open.Currency, open.Value, open.OrderId, open.Payment, now.UtcDateTime));
            await Orders.MarkPaid(tx, open.OrderId!, open.BuyerId, open.Value);
        }

        return ended;
    }

    public static DebitRequest Ended(DebitRequest open, (string Code, string Message) result, DateTimeOffset now)
    {
        var fields = open.Fields;
        fields.Remove("normalUrl");
        fields["paymentTime"] = Time(now);
        return open with
        {
            ResultCode = result.Code,
            ResultMessage = result.Message,
            Answer = fields.ToJsonString(),
            DecidedAt = now.UtcDateTime,
        };
    }

    /// <summary>By the linked bank card, which always has enough, or from the Alipay balance.</summary>
    private static async Task<((string Code, string Message)? Refusal, string? Funding)> Fund(Tx tx, Buyer buyer, long value)
    {
        if (!buyer.Has(Facts.AlipayAccount))
            return (("USER_STATUS_ABNORMAL", "The user's account is closed."), null);
        if (!buyer.Has(Facts.AlipayIdentity))
            return (("USER_KYC_NOT_QUALIFIED", "The user's identity is not verified."), null);
        if (buyer.Has(Facts.AlipayFunding))
            return (null, Fundings.BankCard);
        return await BuyerStore.TryDebitAlipay(tx, buyer.BuyerId, value)
            ? (null, Fundings.AlipayBalance)
            : (("USER_BALANCE_NOT_ENOUGH", "The balance is not enough and no bank card is linked."), null);
    }
}
