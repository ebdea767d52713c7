namespace PaymentOrchestrator.Domain;

/// <summary>Where a dispute stands. The acquirer decides all of it; we only follow.</summary>
public enum DisputeStatus
{
    /// <summary>The bank asks, and takes nothing yet: answering, or refunding the payment, may end it.</summary>
    WarningNeedsResponse,

    /// <summary>The bank looks at the answer to its question.</summary>
    WarningUnderReview,

    /// <summary>The question has ended, and nothing was taken.</summary>
    WarningClosed,

    /// <summary>The money was taken back from the platform; evidence is asked for.</summary>
    NeedsResponse,

    /// <summary>The bank looks at the evidence.</summary>
    UnderReview,

    /// <summary>Decided for the platform: the money comes back.</summary>
    Won,

    /// <summary>Decided for the cardholder: the money is gone.</summary>
    Lost,
}

/// <summary>The state graph of disputes, and what each edge publishes.</summary>
public static class DisputeTransitions
{
    private static readonly DisputeStatus[] Open =
        [DisputeStatus.WarningNeedsResponse, DisputeStatus.WarningUnderReview, DisputeStatus.NeedsResponse, DisputeStatus.UnderReview];

    private static readonly DisputeStatus[] Formal = [DisputeStatus.NeedsResponse, DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost];

    private static readonly Dictionary<DisputeStatus, DisputeStatus[]> Edges = new()
    {
        [DisputeStatus.WarningNeedsResponse] = [DisputeStatus.WarningUnderReview, DisputeStatus.WarningClosed, .. Formal],
        [DisputeStatus.WarningUnderReview] = [DisputeStatus.WarningNeedsResponse, DisputeStatus.WarningClosed, .. Formal],
        // A question that was dropped can come back as a formal dispute.
        [DisputeStatus.WarningClosed] = [.. Formal],
        [DisputeStatus.NeedsResponse] = [DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost],
        [DisputeStatus.UnderReview] = [DisputeStatus.NeedsResponse, DisputeStatus.Won, DisputeStatus.Lost],
        // The bank may still give way after it had decided.
        [DisputeStatus.Lost] = [DisputeStatus.Won],
        [DisputeStatus.Won] = [],
    };

    public static bool Allows(DisputeStatus from, DisputeStatus to) => Edges[from].Contains(to);

    /// <summary>Whether the acquirer has not decided yet.</summary>
    public static bool IsOpen(this DisputeStatus status) => Open.Contains(status);

    /// <summary>Whether a refund may still be made beside it: the money has not been taken for good or for the time being.</summary>
    /// <param name="status">Where the dispute stands.</param>
    /// <param name="refundable">What the acquirer says of the payment.</param>
    public static bool AllowsRefund(this DisputeStatus status, bool refundable) => status switch
    {
        DisputeStatus.Won or DisputeStatus.WarningClosed => true,
        DisputeStatus.Lost => false,
        _ => refundable,
    };

    /// <summary>The event of a change.</summary>
    /// <param name="from">Null for a dispute that we had not heard of.</param>
    /// <param name="to">The same as before where only money has moved.</param>
    public static string EventOf(DisputeStatus? from, DisputeStatus to) =>
        from is null ? "dispute.created" : to.IsOpen() || from == to ? "dispute.updated" : "dispute.closed";

    public static string Code(this DisputeStatus status) => status switch
    {
        DisputeStatus.WarningNeedsResponse => "warning_needs_response",
        DisputeStatus.WarningUnderReview => "warning_under_review",
        DisputeStatus.WarningClosed => "warning_closed",
        DisputeStatus.NeedsResponse => "needs_response",
        DisputeStatus.UnderReview => "under_review",
        DisputeStatus.Won => "won",
        DisputeStatus.Lost => "lost",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static DisputeStatus? FromCode(string? code)
    {
        foreach (var status in Enum.GetValues<DisputeStatus>())
            if (status.Code() == code) return status;
        return null;
    }
}
