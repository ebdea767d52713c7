using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>The gateway's decision table for debits: only S with SUCCESS is paid, only F with a code of the payment itself is refused.</summary>
internal static class AntDebits
{
    /// <summary>The answer to a debit.</summary>
    /// <param name="reply">What came back.</param>
    /// <param name="debit">What was asked for.</param>
    /// <param name="moved">Reads the answer of a debit that was made.</param>
    /// <param name="page">Where the buyer must go, if the answer says so.</param>
    public static DebitOutcome Of<T>(AntReply<T> reply, Debit debit, Func<T, DebitOutcome> moved, Func<T, Uri?>? page = null)
        where T : IAntMovementAnswer => reply switch
        {
            AntReply<T>.Lost lost => new DebitOutcome.Unknown(lost.Reason),
            AntReply<T>.Answered { Status: AntStatus.Success, Code: "SUCCESS" } answered => Ours(moved(answered.Body), answered.Body, debit),
            AntReply<T>.Answered answered when Stranger(answered.Body, debit) is { } reason => new DebitOutcome.Unknown(reason),
            AntReply<T>.Answered { Status: not AntStatus.Failed } answered when AntCodes.IsInProcess(answered.Code) =>
                new DebitOutcome.Pending(answered.Body.Reference, page?.Invoke(answered.Body)),
            AntReply<T>.Answered { Status: AntStatus.Failed } answered when !AntCodes.NeverReachedTheMoney(answered.Code) =>
                Refused(answered.Code, answered.Body.Reference),
            AntReply<T>.Answered answered => new DebitOutcome.Unknown($"The provider answered {answered.Code}."),
            _ => throw new InvalidOperationException("Unknown kind of reply."),
        };

    /// <summary>
    /// The answer to an inquiry. Its result speaks of the inquiry alone, so that no F of it, but the one that the request never arrived,
    /// says anything of the payment: a revoked token refuses the question and not the debit.
    /// </summary>
    public static DebitOutcome OfInquiry<T>(AntReply<T> reply, Debit debit, Func<T, DebitOutcome> decided)
        where T : IAntMovementAnswer => reply switch
        {
            AntReply<T>.Answered { Status: AntStatus.Success } answered => Ours(decided(answered.Body), answered.Body, debit),
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

    /// <summary>A success that names a stranger is money that moved and is not ours to count; anything else that does says nothing.</summary>
    private static DebitOutcome Ours<T>(DebitOutcome outcome, T answer, Debit debit)
        where T : IAntMovementAnswer =>
        Stranger(answer, debit) is not { } reason ? outcome
        : outcome is DebitOutcome.Succeeded done ? done with { OfAnotherRequest = true }
        : new DebitOutcome.Unknown(reason);

    /// <summary>Why the answer is not about this debit; null if it is, as far as it says. A refusal often names nothing at all.</summary>
    private static string? Stranger<T>(T answer, Debit debit)
        where T : IAntMovementAnswer =>
        answer.RequestId is { } id && id != debit.RequestId ? "The answer speaks of another request."
        : debit.ProviderReference is { } known && answer.Reference is { } reference && reference != known ? "The answer names another reference than before."
        : null;
}
