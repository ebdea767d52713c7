using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>The answer to a refund and, with the status, to asking after one. Both gateways use the same names.</summary>
internal sealed class RefundAnswer : IAntMovementAnswer
{
    public AntResult? Result { get; init; }

    public string? RefundRequestId { get; init; }

    public string? RefundId { get; init; }

    /// <summary>Antom's name of the debit.</summary>
    public string? PaymentId { get; init; }

    /// <summary>WorldFirst's name of the debit.</summary>
    public string? TransferRequestId { get; init; }

    public AntAmount? RefundAmount { get; init; }

    public string? RefundStatus { get; init; }

    public string? RefundResultCode { get; init; }

    string? IAntMovementAnswer.RequestId => RefundRequestId;

    string? IAntMovementAnswer.Reference => RefundId;
}

/// <summary>The gateway's decision table for refunds, which is that for debits.</summary>
internal static class AntRefunds
{
    public static RefundOutcome Of(AntReply<RefundAnswer> reply, ProviderRefund refund) => reply switch
    {
        AntReply<RefundAnswer>.Lost lost => new RefundOutcome.Unknown(lost.Reason),
        AntReply<RefundAnswer>.Answered answered when Stranger(answered.Body, refund) is { } reason => new RefundOutcome.Unknown(reason),
        AntReply<RefundAnswer>.Answered { Status: AntStatus.Success, Code: "SUCCESS" } answered => GivenBack(answered.Body, refund),
        AntReply<RefundAnswer>.Answered { Status: not AntStatus.Failed } answered when AntCodes.IsInProcess(answered.Code) =>
            new RefundOutcome.Pending(answered.Body.RefundId),
        AntReply<RefundAnswer>.Answered { Status: AntStatus.Failed } answered when !AntCodes.NeverReachedTheMoney(answered.Code) => Refused(answered.Code),
        AntReply<RefundAnswer>.Answered answered => new RefundOutcome.Unknown($"The provider answered {answered.Code}."),
        _ => throw new InvalidOperationException("Unknown kind of reply."),
    };

    /// <summary>As with debits, the result speaks of the inquiry alone.</summary>
    public static RefundOutcome OfInquiry(AntReply<RefundAnswer> reply, ProviderRefund refund) => reply switch
    {
        AntReply<RefundAnswer>.Answered { Status: AntStatus.Success } answered when Stranger(answered.Body, refund) is { } reason =>
            new RefundOutcome.Unknown(reason),
        AntReply<RefundAnswer>.Answered { Status: AntStatus.Success } answered => answered.Body.RefundStatus switch
        {
            "SUCCESS" => GivenBack(answered.Body, refund),
            "PROCESSING" => new RefundOutcome.Pending(answered.Body.RefundId),
            "FAIL" when answered.Body.RefundRequestId == refund.RequestId => Refused(answered.Body.RefundResultCode),
            _ => new RefundOutcome.Unknown("The inquiry's answer names no status that is known."),
        },
        AntReply<RefundAnswer>.Answered { Status: AntStatus.Failed, Code: AntCodes.NeverArrived or "REFUND_NOT_EXIST" } => new RefundOutcome.NotFound(),
        AntReply<RefundAnswer>.Answered answered => new RefundOutcome.Unknown($"The inquiry was answered {answered.Code}."),
        AntReply<RefundAnswer>.Lost lost => new RefundOutcome.Unknown(lost.Reason),
        _ => throw new InvalidOperationException("Unknown kind of reply."),
    };

    /// <summary>What it says it gave back is passed on as it is; whether that is right is not decided here.</summary>
    private static RefundOutcome GivenBack(RefundAnswer answer, ProviderRefund refund) =>
        answer.RefundRequestId == refund.RequestId && answer.RefundId is { Length: > 0 } id && AntAmount.TryRead(answer.RefundAmount, out var returned)
            ? new RefundOutcome.Succeeded(id, returned)
            : new RefundOutcome.Unknown("The answer to the refund lacks a field that it must have.");

    private static RefundOutcome.Refused Refused(string? code)
    {
        var refusal = AntCodes.Refusal(ProviderText.Code(code));
        return new RefundOutcome.Refused(refusal.Code, refusal.Message);
    }

    private static string? Stranger(RefundAnswer answer, ProviderRefund refund) =>
        answer.RefundRequestId is { } id && id != refund.RequestId ? "The answer speaks of another refund."
        : (answer.PaymentId is { } payment && payment != refund.DebitReference) || (answer.TransferRequestId is { } transfer && transfer != refund.DebitRequestId)
            ? "The answer speaks of a refund of another debit."
        : refund.ProviderReference is { } known && answer.RefundId is { } reference && reference != known ? "The answer names another reference than before."
        : null;
}
