namespace PaymentOrchestrator.FaultTests.Points;

/// <summary>Where in a command or a provider call the process is.</summary>
internal enum Moment
{
    /// <summary>Nothing has left the process yet.</summary>
    Before,

    /// <summary>It has left, and no answer is there.</summary>
    During,

    /// <summary>The answer has been read to its end; of a command outside a transaction: it is committed.</summary>
    After,
}

/// <summary>
/// A named place in the product. The product knows nothing of it: the statement is recognised by a piece of its text, the call by its address, as
/// the driver and the HTTP client report them.
/// </summary>
/// <param name="Name">As reports and command lines name it.</param>
/// <param name="What">The statement or call, from <see cref="Landmark"/>.</param>
/// <param name="When">Which side of it.</param>
internal sealed record FaultPoint(string Name, Landmark What, Moment When)
{
    /// <summary>The three phases of a payment.</summary>
    public static IReadOnlyList<FaultPoint> OfPayments { get; } =
    [
        new("pay.before_intent", Landmark.PaymentIntent, Moment.Before),
        new("pay.after_intent", Landmark.PaymentIntent, Moment.After),
        new("pay.before_debit", Landmark.Debit, Moment.Before),
        new("pay.during_debit", Landmark.Debit, Moment.During),
        new("pay.after_debit", Landmark.Debit, Moment.After),
        new("pay.before_outcome", Landmark.PaymentOutcome, Moment.Before),
        new("pay.after_outcome", Landmark.PaymentOutcome, Moment.After),
    ];

    /// <summary>The three phases of a refund. Its intent is two commands in one transaction.</summary>
    public static IReadOnlyList<FaultPoint> OfRefunds { get; } =
    [
        new("refund.inside_lock", Landmark.RefundLock, Moment.After),
        new("refund.before_intent", Landmark.RefundIntent, Moment.Before),
        new("refund.before_commit", Landmark.RefundIntent, Moment.After),
        new("refund.before_call", Landmark.RefundCall, Moment.Before),
        new("refund.during_call", Landmark.RefundCall, Moment.During),
        new("refund.after_call", Landmark.RefundCall, Moment.After),
        new("refund.before_outcome", Landmark.RefundOutcome, Moment.Before),
        new("refund.after_outcome", Landmark.RefundOutcome, Moment.After),
    ];

    /// <summary>What happens besides: cancellation, the resolvers, settlement, the outbox.</summary>
    public static IReadOnlyList<FaultPoint> OfTheRest { get; } =
    [
        new("cancel.before_claim", Landmark.CancelClaim, Moment.Before),
        new("cancel.after_claim", Landmark.CancelClaim, Moment.After),
        new("cancel.before_call", Landmark.CancelCall, Moment.Before),
        new("cancel.after_call", Landmark.CancelCall, Moment.After),
        new("resolver.before_claim", Landmark.PaymentClaim, Moment.Before),
        new("resolver.after_claim", Landmark.PaymentClaim, Moment.After),
        new("resolver.before_inquiry", Landmark.DebitInquiry, Moment.Before),
        new("resolver.after_inquiry", Landmark.DebitInquiry, Moment.After),
        new("refund_resolver.after_claim", Landmark.RefundClaim, Moment.After),
        new("refund_resolver.after_inquiry", Landmark.RefundInquiry, Moment.After),
        new("settlement.before", Landmark.Settlement, Moment.Before),
        new("settlement.after", Landmark.Settlement, Moment.After),
        new("outbox.before_dispatch", Landmark.OutboxFind, Moment.After),
        new("outbox.after_dispatch", Landmark.OutboxDispatch, Moment.After),
        new("delivery.after_claim", Landmark.DeliveryClaim, Moment.After),
        new("delivery.before_record", Landmark.DeliveryRecord, Moment.Before),
    ];

    public static IReadOnlyList<FaultPoint> All { get; } = [.. OfPayments, .. OfRefunds, .. OfTheRest];

    /// <exception cref="UsageException">There is none of this name.</exception>
    public static FaultPoint Of(string name) => All.FirstOrDefault(point => point.Name == name)
        ?? throw new UsageException($"No point is called {name}. There are: {string.Join(", ", All.Select(point => point.Name))}.");
}
