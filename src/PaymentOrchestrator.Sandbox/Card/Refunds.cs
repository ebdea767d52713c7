using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Money back to the card; all refunds of a charge together never exceed it.</summary>
internal static class Refunds
{
    /// <summary>How long the two odd courses stay in their first state.</summary>
    private const long FirstStateSeconds = 5;

    public static async Task<StripeReply> Create(StripeRequest request)
    {
        var tx = request.Tx;
        var intentId = request.Required("payment_intent");
        var intent = await CardStore.Lock<CardPaymentIntent>(tx, intentId)
            ?? throw StripeErrorException.NoSuch("payment_intent", intentId, "payment_intent");
        if (intent.Status != "succeeded")
            throw StripeErrorException.Invalid("This PaymentIntent does not have a successful charge to refund.", "payment_intent");
        if (request.Text("reason") is { } reason && reason is not ("duplicate" or "fraudulent" or "requested_by_customer"))
            throw StripeErrorException.Invalid("Invalid reason", "reason");
        foreach (var earlier in await CardStore.List<CardRefund>(tx, parentId: intent.Id))
            (_, intent) = await Advance(tx, earlier, intent, request.Now);

        await Disputes.RefuseRefund(tx, intent);
        var left = intent.Amount - intent.AmountRefunded;
        if (left == 0)
            throw StripeErrorException.Invalid("The charge has already been refunded.", null, "charge_already_refunded");
        var amount = request.Whole("amount") ?? left;
        StripeAmounts.Check(intent.Currency, amount, "amount");
        if (amount > left)
            throw StripeErrorException.Invalid($"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", "amount");

        var method = await CardStore.Find<CardPaymentMethod>(tx, intent.PaymentMethod!)
            ?? throw new InvalidOperationException("A charge that lost its payment method.");
        var course = TestCards.Find(method.Token)!.Refund;
        var id = Ids.New("re_");
        var refund = new CardRefund
        {
            Id = id,
            Created = request.UnixNow,
            Metadata = request.Metadata(),
            Customer = intent.Customer,
            BuyerId = intent.BuyerId,
            PaymentIntent = intent.Id,
            Charge = intent.LatestCharge!,
            Amount = amount,
            Currency = intent.Currency,
            Status = course == RefundCourse.PendingFirst ? "pending" : "succeeded",
            Course = course,
            RequestId = request.IdempotencyKey ?? id,
            Reason = request.Text("reason"),
        };
        await CardStore.Add(tx, refund);
        intent = intent with { AmountRefunded = intent.AmountRefunded + amount };
        await CardStore.Save(tx, intent);
        await Record(tx, "refund", refund, intent, request.Now);
        await BalanceTransactions.Add(tx, "refund", "refund", refund.Id, refund, -refund.Amount, fee: 0, request.Now);
        await CardEvents.Of(tx, "created", refund);
        await CardEvents.ChargeRefunded(tx, intent, method);
        return StripeReply.Ok(CardJson.Of(refund));
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request)
    {
        var refund = await CardStore.Find<CardRefund>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("refund", request.RouteId);
        return StripeReply.Ok(CardJson.Of(await Advance(request.Tx, refund, request.Now)));
    }

    public static async Task<StripeReply> List(StripeRequest request)
    {
        var intentId = request.Required("payment_intent");
        _ = await CardStore.Find<CardPaymentIntent>(request.Tx, intentId)
            ?? throw StripeErrorException.NoSuch("payment_intent", intentId, "payment_intent");
        var refunds = await CardStore.List<CardRefund>(request.Tx, parentId: intentId);
        return await Paging.Page(request, "/v1/refunds", refunds, async refund => CardJson.Of(await Advance(request.Tx, refund, request.Now)));
    }

    private static async Task<CardRefund> Advance(Tx tx, CardRefund refund, DateTimeOffset now)
    {
        var intent = await CardStore.Lock<CardPaymentIntent>(tx, refund.PaymentIntent)
            ?? throw new InvalidOperationException("A refund without its payment.");
        var current = (await CardStore.Find<CardRefund>(tx, refund.Id))!;
        return (await Advance(tx, current, intent, now)).Refund;
    }

    /// <summary>What time alone has changed, written when somebody looks. The caller holds the intent's row lock.</summary>
    private static async Task<(CardRefund Refund, CardPaymentIntent Intent)> Advance(
        Tx tx, CardRefund refund, CardPaymentIntent intent, DateTimeOffset now)
    {
        if (now.ToUnixTimeSeconds() < refund.Created + FirstStateSeconds)
            return (refund, intent);
        switch (refund)
        {
            case { Course: RefundCourse.PendingFirst, Status: "pending" }:
                refund = refund with { Status = "succeeded" };
                await CardStore.Save(tx, refund);
                await CardEvents.Of(tx, "updated", refund);
                return (refund, intent);
            case { Course: RefundCourse.FailsLater, Status: "succeeded" }:
                // The card's bank sent the money back: the charge can be refunded again.
                refund = refund with { Status = "failed", FailureReason = "expired_or_canceled_card" };
                intent = intent with { AmountRefunded = intent.AmountRefunded - refund.Amount };
                await CardStore.Save(tx, refund);
                await CardStore.Save(tx, intent);
                await Record(tx, "refund_returned", refund, intent, now);
                await BalanceTransactions.Add(tx, "refund_failure", "refund_failure", refund.Id, refund, refund.Amount, fee: 0, now);
                await CardEvents.Of(tx, "failed", refund);
                return (refund, intent);
            default:
                return (refund, intent);
        }
    }

    private static Task Record(Tx tx, string operation, CardRefund refund, CardPaymentIntent intent, DateTimeOffset now) =>
        Executions.Record(tx, new Execution(
            operation, Providers.Card, refund.RequestId, intent.BuyerId, refund.Currency.ToUpperInvariant(),
            StripeAmounts.ToIso(refund.Currency, refund.Amount), intent.Metadata.GetValueOrDefault("order_id"),
            intent.Metadata.GetValueOrDefault("payment_id"), now.UtcDateTime));
}
