namespace PaymentOrchestrator.Domain;

/// <summary>The payment's state graph, all of it. Whatever is not an edge here cannot happen.</summary>
public static class PaymentTransitions
{
    private static readonly Dictionary<PaymentStatus, PaymentStatus[]> Edges = new()
    {
        [PaymentStatus.RequiresAction] =
            [PaymentStatus.Processing, PaymentStatus.Succeeded, PaymentStatus.Failed, PaymentStatus.Canceled, PaymentStatus.UnderReview],
        [PaymentStatus.Processing] =
            [PaymentStatus.RequiresAction, PaymentStatus.Succeeded, PaymentStatus.Failed, PaymentStatus.Canceled, PaymentStatus.UnderReview],
        // The provider contradicts itself: it had refused, or we had canceled, and it says that money moved.
        [PaymentStatus.Failed] = [PaymentStatus.UnderReview],
        [PaymentStatus.Canceled] = [PaymentStatus.UnderReview],
        // By an operator, or by inquiry where the amounts agree.
        [PaymentStatus.UnderReview] = [PaymentStatus.Succeeded, PaymentStatus.Failed, PaymentStatus.Canceled],
        // Refunds and disputes are objects of their own.
        [PaymentStatus.Succeeded] = [],
    };

    public static bool Allows(PaymentStatus from, PaymentStatus to) => Edges[from].Contains(to);

    public static IReadOnlyList<PaymentStatus> From(PaymentStatus status) => Edges[status];

    /// <summary>The event that a payment's entry into the state publishes.</summary>
    public static string EventOnEntering(PaymentStatus status) => "payment." + status.Code();

    /// <summary>A live payment holds its order: no other payment or quote of the same buyer and order may be made.</summary>
    public static bool HoldsTheOrder(this PaymentStatus status) => status is not (PaymentStatus.Failed or PaymentStatus.Canceled);

    public static string Code(this PaymentStatus status) => status switch
    {
        PaymentStatus.RequiresAction => "requires_action",
        PaymentStatus.Processing => "processing",
        PaymentStatus.Succeeded => "succeeded",
        PaymentStatus.Failed => "failed",
        PaymentStatus.Canceled => "canceled",
        PaymentStatus.UnderReview => "under_review",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static PaymentStatus? FromCode(string? code)
    {
        foreach (var status in Enum.GetValues<PaymentStatus>())
            if (status.Code() == code) return status;
        return null;
    }
}
