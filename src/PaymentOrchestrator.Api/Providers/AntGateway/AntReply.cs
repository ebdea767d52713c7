using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>The gateway's <c>resultStatus</c>.</summary>
internal enum AntStatus
{
    /// <summary>S.</summary>
    Success,

    /// <summary>F: refused for good, for this request id.</summary>
    Failed,

    /// <summary>U: accepted, in process, or unknown even to the gateway.</summary>
    Undecided,
}

/// <summary>What came of one call: the gateway's own signed word, or nothing that can be relied on.</summary>
internal abstract record AntReply<T>
{
    private AntReply() { }

    /// <param name="Status">The gateway's verdict on the call.</param>
    /// <param name="Code">Its <c>resultCode</c>, made safe to show.</param>
    /// <param name="Body">The whole answer.</param>
    public sealed record Answered(AntStatus Status, string Code, T Body) : AntReply<T>;

    /// <param name="Reason">For logs and the timeline; holds no secret.</param>
    public sealed record Lost(string Reason) : AntReply<T>;
}

internal static class AntReplies
{
    /// <summary>The answer to a call that moves no money: S is read, F is a refusal in our words, and everything else is unknown.</summary>
    /// <param name="reply">What came back.</param>
    /// <param name="read">Reads an S; null where the answer lacks what it must hold.</param>
    public static ProviderAnswer<TValue> ToAnswer<T, TValue>(this AntReply<T> reply, Func<T, TValue?> read)
        where TValue : notnull
    {
        switch (reply)
        {
            case AntReply<T>.Answered { Status: AntStatus.Success } answered:
                return read(answered.Body) is { } value
                    ? new ProviderAnswer<TValue>.Ok(value)
                    : new ProviderAnswer<TValue>.Unknown("The answer lacks a field that it must have.");
            case AntReply<T>.Answered { Status: AntStatus.Failed } answered when !AntCodes.IsAboutOurIntegration(answered.Code):
                var refusal = AntCodes.Refusal(answered.Code);
                return new ProviderAnswer<TValue>.Refused(refusal.Code, refusal.Message);
            case AntReply<T>.Answered answered:
                return new ProviderAnswer<TValue>.Unknown($"The provider answered {answered.Code}.");
            case AntReply<T>.Lost lost:
                return new ProviderAnswer<TValue>.Unknown(lost.Reason);
            default:
                throw new InvalidOperationException("Unknown kind of reply.");
        }
    }

    /// <summary>The answer to taking an authorisation back: one that was gone before is gone.</summary>
    public static ProviderAnswer<bool> ToRevocation(this AntReply<AntBareAnswer> reply)
    {
        var answer = reply.ToAnswer(_ => true);
        return answer is ProviderAnswer<bool>.Refused { Code: FailureCode.AuthorizationExpired or FailureCode.AccountNotUsable }
            ? new ProviderAnswer<bool>.Ok(true)
            : answer;
    }
}
