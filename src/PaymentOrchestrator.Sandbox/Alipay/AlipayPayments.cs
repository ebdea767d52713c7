using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>What a payment asks for; its text is what two requests under one id are compared by.</summary>
internal sealed record AgreementPayment(string RequestId, AntAmount Amount, string OrderId, string? Payment);

/// <summary>Payment under an agreement: the user isn't asked again, the answer is final.</summary>
internal sealed class AlipayPayments(SandboxDb db, AuthorizationStore authorizations, TimeProvider clock)
{
    private const string Provider = Providers.Alipay;

    public Task<AntReply> Pay(AntCall call)
    {
        call.OneOf("productCode", "AGREEMENT_PAYMENT");
        var (order, method) = (call.Part("order"), call.Part("paymentMethod"));
        method.OneOf("paymentMethodType", "ALIPAY_CN");
        var payment = new AgreementPayment(
            call.Text("paymentRequestId", 64), call.Amount("paymentAmount"), order.Text("referenceOrderId"),
            call.JsonText("extendInfo")?.OptionalText("paymentId"));
        if (payment.Amount.Currency != "CNY")
            return Task.FromResult(AntReply.Fail("CURRENCY_NOT_SUPPORT", "Only CNY is paid here."));
        if (order.Amount("orderAmount") != payment.Amount)
            throw AntRefusalException.ParamIllegal("paymentAmount differs from order.orderAmount.");
        var token = method.Text("paymentMethodId");
        return db.InTransaction(async tx =>
        {
            await tx.Serialize($"{Provider} {payment.RequestId}");
            var buyerId = await authorizations.FindBuyer(tx, Provider, token) ?? throw AntRefusalException.InvalidToken();
            return await DebitRequests.Once(tx, Provider, payment.RequestId, $"{buyerId} {payment}", () => Debit(tx, buyerId, payment));
        });
    }

    public Task<AntReply> InquiryPayment(AntCall call) => db.InTransaction(async tx =>
    {
        var request = await DebitRequests.Find(tx, Provider, call.Text("paymentRequestId", 64));
        if (request is null)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such payment.");
        var fields = request.Fields;
        fields["paymentStatus"] = request.Succeeded ? "SUCCESS" : "FAIL";
        fields["paymentResultCode"] = request.ResultCode;
        fields["paymentResultMessage"] = request.ResultMessage;
        return AntReply.Success(fields);
    });

    private async Task<DebitRequest> Debit(Tx tx, string buyerId, AgreementPayment payment)
    {
        var buyer = await BuyerStore.Lock(tx, buyerId);
        var now = clock.GetUtcNow();
        var refusal = await Refusal(tx, buyer, payment);
        if (refusal is null)
        {
            await Executions.Record(tx, new Execution(
                "pay", Provider, payment.RequestId, buyerId, payment.Amount.Currency, payment.Amount.Value, payment.OrderId,
                payment.Payment, now.UtcDateTime));
            await Orders.MarkPaid(tx, payment.OrderId, buyerId, payment.Amount.Value);
        }

        var time = now.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
        var fields = new JsonObject
        {
            ["paymentRequestId"] = payment.RequestId,
            ["paymentId"] = Ids.New("P"),
            ["paymentAmount"] = payment.Amount.ToJson(),
            ["paymentCreateTime"] = time,
            ["paymentTime"] = time,
        };
        return new DebitRequest(
            Provider, payment.RequestId, $"{buyerId} {payment}", buyerId, refusal?.Code ?? "SUCCESS", refusal?.Message ?? "Success",
            fields.ToJsonString());
    }

    /// <summary>Null if the payment is funded: by the linked bank card, which always has enough, or from the Alipay balance.</summary>
    private static async Task<(string Code, string Message)?> Refusal(Tx tx, Buyer buyer, AgreementPayment payment)
    {
        if (!buyer.Has(Facts.AlipayAccount))
            return ("USER_STATUS_ABNORMAL", "The user's account is closed.");
        if (!buyer.Has(Facts.AlipayIdentity))
            return ("USER_KYC_NOT_QUALIFIED", "The user's identity is not verified.");
        if (buyer.Has(Facts.AlipayFunding) || await BuyerStore.TryDebitAlipay(tx, buyer.BuyerId, payment.Amount.Value))
            return null;
        return ("USER_BALANCE_NOT_ENOUGH", "The balance is not enough and no bank card is linked.");
    }
}
