using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Consent;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>What a payment asks for.</summary>
internal sealed record AlipayPayment(
    string RequestId, AntAmount Amount, string OrderId, string? Payment, string? AccessToken, string? BuyerId, string? RedirectUrl)
{
    /// <summary>Orders with this prefix make Alipay ask the buyer also under an agreement (modelled).</summary>
    public const string AskingPrefix = "cashier-";

    /// <summary>Under an agreement the user isn't asked again, as a rule.</summary>
    public bool UnderAgreement => AccessToken is not null;

    public bool AsksBuyer => !UnderAgreement || OrderId.StartsWith(AskingPrefix, StringComparison.Ordinal);

    /// <summary>Antom compares the parameters that decide about money; the rest may differ in a repeated request.</summary>
    public string Content(string buyerId) =>
        $"{buyerId} {(UnderAgreement ? "agreement" : "cashier")} {Amount} {OrderId} {Payment}";

    public static AlipayPayment Read(AntCall call)
    {
        var underAgreement = call.OneOf("productCode", "AGREEMENT_PAYMENT", "CASHIER_PAYMENT") == "AGREEMENT_PAYMENT";
        var (order, method) = (call.Part("order"), call.Part("paymentMethod"));
        method.OneOf("paymentMethodType", "ALIPAY_CN");
        var payment = new AlipayPayment(
            call.Text("paymentRequestId", 64), call.Amount("paymentAmount"), order.Text("referenceOrderId"),
            call.JsonText("extendInfo")?.OptionalText("paymentId"),
            underAgreement ? method.Text("paymentMethodId") : null,
            underAgreement ? null : order.Part("buyer").Text("referenceBuyerId"),
            call.OptionalText("paymentRedirectUrl", 2048));
        if (payment.RedirectUrl is not null && !Redirects.IsWebAddress(payment.RedirectUrl))
            throw AntRefusalException.ParamIllegal("paymentRedirectUrl is no web address.");
        if (payment.AsksBuyer && payment.RedirectUrl is null)
            throw AntRefusalException.ParamIllegal("paymentRedirectUrl is missing: the buyer must act.");
        if (!underAgreement && !Buyers.BuyerId.IsWellFormed(payment.BuyerId))
            throw AntRefusalException.ParamIllegal("order.buyer.referenceBuyerId is no buyer id.");
        return order.Amount("orderAmount") == payment.Amount
            ? payment
            : throw AntRefusalException.ParamIllegal("paymentAmount differs from order.orderAmount.");
    }
}
