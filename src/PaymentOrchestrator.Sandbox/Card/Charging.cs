using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The two ends of a charge. The caller holds the intent's row lock.</summary>
internal static class Charging
{
    public static async Task<CardPaymentIntent> Succeed(Tx tx, CardPaymentIntent intent, CardPaymentMethod method, DateTimeOffset now)
    {
        var paid = intent with
        {
            Status = "succeeded",
            PaymentMethod = method.Id,
            NextActionUrl = null,
            LatestCharge = Ids.New("ch_"),
            LastError = null,
            LastErrorPaymentMethod = null,
        };
        await CardStore.Save(tx, paid);
        var orderId = paid.Metadata.GetValueOrDefault("order_id");
        await Executions.Record(tx, new Execution(
            "payment_intent", Providers.Card, paid.RequestId, paid.BuyerId, paid.Currency.ToUpperInvariant(),
            StripeAmounts.ToIso(paid.Currency, paid.Amount), orderId, paid.Metadata.GetValueOrDefault("payment_id"), now.UtcDateTime));
        if (orderId is not null && paid.BuyerId is not null)
            await Orders.MarkPaid(tx, orderId, paid.BuyerId, amount: null);
        await CardEvents.Of(tx, "succeeded", paid, method);
        await BalanceTransactions.Add(tx, "charge", "charge", paid.LatestCharge, paid, paid.Amount, fee: 0, now);
        if (TestCards.Find(method.Token)!.Dispute is { } course)
            await Disputes.Open(tx, paid, course, now);
        return paid;
    }

    public static async Task<CardPaymentIntent> Fail(Tx tx, CardPaymentIntent intent, CardPaymentMethod method, Decline decline)
    {
        var failed = intent with
        {
            Status = "requires_payment_method",
            PaymentMethod = null,
            NextActionUrl = null,
            LatestCharge = Ids.New("ch_"),
            LastError = decline,
            LastErrorPaymentMethod = method.Id,
        };
        await CardStore.Save(tx, failed);
        await CardEvents.Of(tx, "payment_failed", failed, method);
        return failed;
    }
}
