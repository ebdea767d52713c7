using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>Refunds, and the end of payments that are not final.</summary>
internal sealed partial class AlipayProvider
{
    private const int MaxCancelTries = 3;

    private static readonly TimeSpan CancelPause = TimeSpan.FromMilliseconds(300);

    public async Task<RefundOutcome> RefundAsync(ProviderRefund refund, CancellationToken cancellationToken)
    {
        var request = new RefundRequest
        {
            RefundRequestId = refund.RequestId,
            PaymentId = refund.DebitReference,
            RefundAmount = AntAmount.Of(refund.Returned),
            ReferenceRefundId = refund.RefundId,
            RefundNotifyUrl = options.NotifyUrl?.AbsoluteUri,
        };
        // Antom's own advice for a lost or undecided answer: the same refundRequestId again.
        var reply = await client.SendAsync(
            "/payments/refund", request, Json.RefundRequest, Json.RefundAnswer, safeToRepeat: true, accessToken: null, cancellationToken);
        return AntRefunds.Of(reply, refund);
    }

    public async Task<RefundOutcome> InquireRefundAsync(ProviderRefund refund, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/payments/inquiryRefund", new InquiryRefundRequest { RefundRequestId = refund.RequestId }, Json.InquiryRefundRequest, Json.RefundAnswer,
            safeToRepeat: true, accessToken: null, cancellationToken);
        return AntRefunds.OfInquiry(reply, refund);
    }

    /// <summary>
    /// Antom wants a cancellation repeated until it is final; a few times here, and the rest is the caller's. A payment that had succeeded is
    /// given back by it, within Antom's window.
    /// </summary>
    public async Task<CancelOutcome> CancelAsync(Debit debit, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var reply = await client.SendAsync(
                "/payments/cancel", new CancelRequest { PaymentRequestId = debit.RequestId }, Json.CancelRequest, Json.CancelAnswer,
                safeToRepeat: true, accessToken: null, cancellationToken);
            switch (reply)
            {
                case AntReply<CancelAnswer>.Answered { Status: AntStatus.Success, Code: "SUCCESS" } answered:
                    return answered.Body.PaymentRequestId == debit.RequestId
                        ? new CancelOutcome.Canceled()
                        : new CancelOutcome.Unknown("The answer speaks of another payment.");
                // Antom has no such payment just now. One that is still on its way could arrive later: that is for the caller to weigh.
                case AntReply<CancelAnswer>.Answered { Status: AntStatus.Failed, Code: AntCodes.NeverArrived }:
                    return new CancelOutcome.Ended(new DebitOutcome.NotFound());
                case AntReply<CancelAnswer>.Answered { Status: AntStatus.Failed } answered when !AntCodes.NeverReachedTheMoney(answered.Code):
                    return await InquireAsync(debit, cancellationToken) is var outcome and (DebitOutcome.Succeeded or DebitOutcome.Refused)
                        ? new CancelOutcome.Ended(outcome)
                        : new CancelOutcome.Unknown($"The cancellation was answered {answered.Code}.");
                case AntReply<CancelAnswer>.Answered { Status: AntStatus.Undecided } when tries < MaxCancelTries:
                    await Task.Delay(CancelPause * tries, cancellationToken);
                    continue;
                case AntReply<CancelAnswer>.Answered answered:
                    return new CancelOutcome.Unknown($"The cancellation was answered {answered.Code}.");
                case AntReply<CancelAnswer>.Lost lost:
                    return new CancelOutcome.Unknown(lost.Reason);
                default:
                    throw new InvalidOperationException("Unknown kind of reply.");
            }
        }
    }
}
