namespace PaymentOrchestrator.Domain;

/// <summary>Where a refund stands.</summary>
public enum RefundStatus
{
    /// <summary>Committed by us, not decided by the provider, or not known to be.</summary>
    Pending,

    /// <summary>The provider gave the money back.</summary>
    Succeeded,

    /// <summary>Nothing was given back, or it came back: the amount can be refunded again.</summary>
    Failed,

    /// <summary>The provider reports another amount, or nothing for too long. A person decides.</summary>
    UnderReview,
}

/// <summary>The state graph of refunds, and what each edge publishes.</summary>
public static class RefundTransitions
{
    private static readonly Dictionary<RefundStatus, RefundStatus[]> Edges = new()
    {
        [RefundStatus.Pending] = [RefundStatus.Succeeded, RefundStatus.Failed, RefundStatus.UnderReview],
        [RefundStatus.UnderReview] = [RefundStatus.Succeeded, RefundStatus.Failed],
        // A bank may send a refund back days later: the card is closed.
        [RefundStatus.Succeeded] = [RefundStatus.Failed],
        // The provider contradicts itself: it had refused, and it says that money moved.
        [RefundStatus.Failed] = [RefundStatus.UnderReview],
    };

    public static bool Allows(RefundStatus from, RefundStatus to) => Edges[from].Contains(to);

    /// <summary>The event that a refund's entry into the state publishes.</summary>
    public static string EventOnEntering(RefundStatus status) => "refund." + status.Code();

    public static string Code(this RefundStatus status) => status switch
    {
        RefundStatus.Pending => "pending",
        RefundStatus.Succeeded => "succeeded",
        RefundStatus.Failed => "failed",
        RefundStatus.UnderReview => "under_review",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static RefundStatus? FromCode(string? code)
    {
        foreach (var status in Enum.GetValues<RefundStatus>())
            if (status.Code() == code) return status;
        return null;
    }
}
