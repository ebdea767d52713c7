using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>The gateway's decision table for debits: only S with SUCCESS is paid, only F with a code of the payment itself is refused.</summary>
internal static class AntDebits
{
    /// <summary>The answer to a debit.</summary>
    /// <param name="reply">What came back.</param>
    /// <param name="moved">Reads the answer of a debit that was made.</param>
    /// <param name="reference">The provider's id, if the answer has one.</param>
    public static DebitOutcome Of<T>(AntReply<T> reply, Func<T, DebitOutcome> moved, Func<T, string?> reference)
    {
        switch (reply)
        {
            case AntReply<T>.Lost lost:
                return new DebitOutcome.Unknown(lost.Reason);
            case AntReply<T>.Answered { Status: AntStatus.Success, Code: "SUCCESS" } answered:
                return moved(answered.Body);
            case AntReply<T>.Answered { Status: not AntStatus.Failed } answered when AntCodes.IsInProcess(answered.Code):
                return new DebitOutcome.Pending(reference(answered.Body), null);
            case AntReply<T>.Answered { Status: AntStatus.Failed } answered when !AntCodes.IsAboutOurIntegration(answered.Code):
                return Refused(answered.Code, reference(answered.Body));
            case AntReply<T>.Answered answered:
                return new DebitOutcome.Unknown($"The provider answered {answered.Code}.");
            default:
                throw new InvalidOperationException("Unknown kind of reply.");
        }
    }

    /// <summary>
    /// The answer to an inquiry. Its result speaks of the inquiry alone, so that no F of it, but the one that the request never arrived,
    /// says anything of the payment: a revoked token refuses the question and not the debit.
    /// </summary>
    public static DebitOutcome OfInquiry<T>(AntReply<T> reply, Func<T, DebitOutcome> decided) => reply switch
    {
        AntReply<T>.Answered { Status: AntStatus.Success } answered => decided(answered.Body),
        AntReply<T>.Answered { Status: AntStatus.Failed, Code: AntCodes.NeverArrived } => new DebitOutcome.NotFound(),
        AntReply<T>.Answered answered => new DebitOutcome.Unknown($"The inquiry was answered {answered.Code}."),
        AntReply<T>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
        _ => throw new InvalidOperationException("Unknown kind of reply."),
    };

    public static DebitOutcome.Refused Refused(string? code, string? reference)
    {
        var refusal = AntCodes.Refusal(ProviderText.Code(code));
        return new DebitOutcome.Refused(refusal.Code, refusal.Message, refusal.Retryable, reference);
    }
}
