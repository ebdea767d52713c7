using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>What refunding would make, had it not been a dry run: the refund at the moment before its provider is asked. Nothing of it exists.</summary>
public sealed record RefundPreview
{
    /// <summary>Always null: there is no refund.</summary>
    public string? Id { get; init; }

    /// <summary>Always <c>refund</c>.</summary>
    public string Object { get; init; } = "refund";

    /// <summary>Always true.</summary>
    public bool DryRun { get; init; } = true;

    /// <summary>Always <c>pending</c>: what the provider would answer, only the refund can tell.</summary>
    public required string Status { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    /// <summary>The part of the order, CNY.</summary>
    public required Amount OrderAmount { get; init; }

    /// <summary>What of the converted order the buyer would get back.</summary>
    public required Amount SourceAmount { get; init; }

    /// <summary>What of the fees the buyer would get back.</summary>
    public required Amount FeeAmount { get; init; }

    /// <summary>Always null.</summary>
    public RefundFailureResource? Failure { get; init; }

    public required string? Reason { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required bool Livemode { get; init; }

    internal static RefundPreview Of(Refund refund) => new()
    {
        Status = refund.Status.Code(),
        PaymentId = refund.PaymentId,
        OrderAmount = refund.Parts.Order,
        SourceAmount = refund.Parts.Source,
        FeeAmount = refund.Parts.Fee,
        Reason = refund.Reason,
        Metadata = refund.Metadata,
        Livemode = refund.Owner.Mode == Mode.Live,
    };
}

/// <summary>What came of asking to refund: a refund, or what a dry run shows of one that does not exist.</summary>
internal abstract record RefundAnswer
{
    private RefundAnswer() { }

    public sealed record Refunded(RefundResource Refund) : RefundAnswer;

    public sealed record Previewed(RefundPreview Preview) : RefundAnswer;
}
