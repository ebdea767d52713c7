using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>
/// Refunds. The public call refunds a payment of WorldFirst's checkout, by its payToRequestId; that it takes a transfer instead is modelled,
/// and so is asking after it. No public call cancels a transfer, so this provider declares no cancelling.
/// </summary>
internal sealed partial class WorldFirstProvider
{
    /// <summary>On our own account: a buyer who has ended the authorisation is given the money back all the same.</summary>
    public async Task<RefundOutcome> RefundAsync(ProviderRefund refund, CancellationToken cancellationToken)
    {
        var request = new RefundRequest
        {
            RefundRequestId = refund.RequestId,
            TransferRequestId = refund.DebitRequestId,
            RefundAmount = AntAmount.Of(refund.Returned),
            RefundMemo = refund.RefundId,
        };
        // The same id gives money back once, so that a lost answer may be asked for again.
        var reply = await client.SendAsync(
            "/business/refund", request, Json.RefundRequest, Json.RefundAnswer, safeToRepeat: true, accessToken: null, cancellationToken);
        return AntRefunds.Of(reply, refund);
    }

    public async Task<RefundOutcome> InquireRefundAsync(ProviderRefund refund, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/business/inquiryRefund", new InquiryRefundRequest { RefundRequestId = refund.RequestId }, Json.InquiryRefundRequest, Json.RefundAnswer,
            safeToRepeat: true, accessToken: null, cancellationToken);
        return AntRefunds.OfInquiry(reply, refund);
    }
}
