using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>Payments, their cancellation and their refunds.</summary>
internal sealed class AlipayPayments(SandboxDb db, AuthorizationStore authorizations, TimeProvider clock)
{
    private const string Provider = Providers.Alipay;

    /// <summary>Antom's default for cashier payments.</summary>
    private static readonly TimeSpan CashierLifetime = TimeSpan.FromMinutes(14);

    private static readonly TimeSpan CancelWindow = TimeSpan.FromDays(1);

    public async Task<AntReply> Pay(AntCall call)
    {
        var payment = AlipayPayment.Read(call);
        if (payment.Amount.Currency != "CNY")
            return AntReply.Fail("CURRENCY_NOT_SUPPORT", "Only CNY is paid here.");
        var reply = await Pay(call, payment);
        return payment.Amount.Value switch
        {
            MagicAmounts.PayIsUnknown => AntReply.Unknown(),
            MagicAmounts.PayIsSilent => AntReply.None,
            _ => reply,
        };
    }

    private Task<AntReply> Pay(AntCall call, AlipayPayment payment) =>
        db.InTransaction(async tx =>
        {
            await DebitRequests.Serialize(tx, Provider, payment.RequestId);
            var buyerId = payment.BuyerId
                ?? await authorizations.FindBuyer(tx, Provider, payment.AccessToken!) ?? throw AntRefusalException.InvalidToken();
            return await DebitRequests.Once(
                tx, Provider, payment.RequestId, payment.Content(buyerId), () => Begin(tx, buyerId, payment, call.Origin));
        });

    public Task<AntReply> InquiryPayment(AntCall call) => db.InTransaction(async tx =>
    {
        if (await Locked(tx, call) is not { } request)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such payment.");
        if (request.Value == MagicAmounts.InquiryIsUnknown)
            return AntReply.Unknown();
        if (request.Value == MagicAmounts.InquiryIsSilent)
            return AntReply.None;
        var fields = request.Fields;
        fields.Remove("normalUrl");
        fields["paymentStatus"] = request.CancelledAt is not null ? "CANCELLED"
            : request.IsOpen ? "PROCESSING"
            : request.Succeeded ? "SUCCESS" : "FAIL";
        fields["paymentResultCode"] = request.ResultCode;
        fields["paymentResultMessage"] = request.ResultMessage;
        return AntReply.Success(fields);
    });

    /// <summary>The end of a payment that isn't final; one that succeeded is given back, as long as that is allowed.</summary>
    public Task<AntReply> Cancel(AntCall call) => db.InTransaction(async tx =>
    {
        if (await Locked(tx, call) is not { } request)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such payment.");
        var now = clock.GetUtcNow();
        if (request.Succeeded)
        {
            if (now.UtcDateTime - request.DecidedAt > CancelWindow)
                return AntReply.Fail("CANCEL_WINDOW_EXCEED", "The payment succeeded too long ago to be cancelled.");
            if (await AntRefunds.Total(tx, request) > 0)
                return AntReply.Fail("ORDER_STATUS_INVALID", "The payment was refunded in part.");
            await AntRefunds.GiveBack(tx, request, "cancel", request.RequestId, request.Value, now.UtcDateTime);
            if (request.OrderId is not null)
                await Orders.MarkUnpaid(tx, request.OrderId, request.BuyerId);
        }

        // A refused payment stays what it is: it can't succeed any more either way.
        if (request.CancelledAt is null && (request.IsOpen || request.Succeeded))
            await DebitRequests.Save(tx, request = request with { CancelledAt = now.UtcDateTime, DecidedAt = request.DecidedAt ?? now.UtcDateTime });
        return AntReply.Success(new JsonObject
        {
            ["paymentRequestId"] = request.RequestId,
            ["paymentId"] = request.Reference,
            ["cancelTime"] = AlipayCharges.Time(now),
        });
    });

    public Task<AntReply> Refund(AntCall call)
    {
        call.OptionalText("referenceRefundId", 64);
        var paymentId = call.Text("paymentId", 64);
        var refund = new RefundCall(call.Text("refundRequestId", 64), call.Amount("refundAmount"), "paymentId", paymentId);
        return db.InTransaction(async tx =>
        {
            var now = clock.GetUtcNow();
            return await AntRefunds.Refund(tx, await Locked(tx, call), refund, now.UtcDateTime, AlipayCharges.Time(now));
        });
    }

    public Task<AntReply> InquiryRefund(AntCall call)
    {
        var reference = call.OptionalText("refundId", 64);
        var requestId = reference is null ? call.Text("refundRequestId", 64) : null;
        return db.InTransaction(tx => AntRefunds.Inquire(tx, Provider, requestId, reference));
    }

    private async Task<DebitRequest> Begin(Tx tx, string buyerId, AlipayPayment payment, string origin)
    {
        var (now, reference) = (clock.GetUtcNow(), Ids.New("P"));
        var open = new DebitRequest
        {
            Provider = Provider,
            RequestId = payment.RequestId,
            Content = payment.Content(buyerId),
            BuyerId = buyerId,
            ResultCode = DebitResults.InProcess,
            ResultMessage = "The user has to confirm the payment.",
            Answer = new JsonObject
            {
                ["paymentRequestId"] = payment.RequestId,
                ["paymentId"] = reference,
                ["paymentAmount"] = payment.Amount.ToJson(),
                ["paymentCreateTime"] = AlipayCharges.Time(now),
                ["normalUrl"] = $"{origin}{AlipayCashier.Path}?payment={reference}",
            }.ToJsonString(),
            Reference = reference,
            Currency = payment.Amount.Currency,
            Value = payment.Amount.Value,
            OrderId = payment.OrderId,
            Payment = payment.Payment,
            ExpiresAt = now.UtcDateTime + CashierLifetime,
            RedirectUrl = payment.RedirectUrl,
        };
        if (!payment.AsksBuyer)
        {
            var charged = await AlipayCharges.Charge(tx, open, now);
            if (charged.Succeeded)
                await Notices.Debit(tx, charged);
            return charged;
        }

        // The row of the buyer must be there for the payment's.
        await Buyers.BuyerStore.Lock(tx, buyerId);
        return open;
    }

    /// <summary>By paymentId, which takes precedence, or paymentRequestId; under its lock, and ended if its time is over.</summary>
    private async Task<DebitRequest?> Locked(Tx tx, AntCall call)
    {
        var reference = call.OptionalText("paymentId", 64);
        var requestId = reference is null
            ? call.Text("paymentRequestId", 64)
            : (await DebitRequests.FindByReference(tx, Provider, reference))?.RequestId;
        return requestId is null ? null : await AlipayCharges.Lock(tx, requestId, clock.GetUtcNow());
    }
}
