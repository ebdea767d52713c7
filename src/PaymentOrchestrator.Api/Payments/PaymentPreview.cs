using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>What paying would make, had it not been a dry run: the payment at the moment before its provider is asked to debit. Nothing of it exists.</summary>
public sealed record PaymentPreview
{
    /// <summary>Always null: there is no payment.</summary>
    public string? Id { get; init; }

    /// <summary>Always <c>payment</c>.</summary>
    public string Object { get; init; } = "payment";

    /// <summary>Always true.</summary>
    public bool DryRun { get; init; } = true;

    /// <summary>Always <c>processing</c>: everything up to the debit was done; what the provider would answer to it, only the debit can tell.</summary>
    public required string Status { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required Id<QuoteResource> QuoteId { get; init; }

    public required PaymentMethod Method { get; init; }

    public required string OrderId { get; init; }

    /// <summary>What the supplier would get, CNY.</summary>
    public required Amount OrderAmount { get; init; }

    /// <summary>The converted order, before fees.</summary>
    public required Amount SourceAmount { get; init; }

    public required IReadOnlyList<QuoteFee> Fees { get; init; }

    /// <summary>What would leave the buyer.</summary>
    public required Amount Total { get; init; }

    public required Amount AmountRefunded { get; init; }

    /// <summary>Always null.</summary>
    public NextAction? NextAction { get; init; }

    /// <summary>Always null.</summary>
    public PaymentFailureResource? Failure { get; init; }

    /// <summary>Always null.</summary>
    public SettlementResource? Settlement { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>Why the payment would be let pass.</summary>
    public required PaymentVerdict Verdict { get; init; }

    internal static PaymentPreview Of(Payment payment, PaymentVerdict verdict) => new()
    {
        Status = payment.Status.Code(),
        BuyerId = payment.BuyerId,
        QuoteId = payment.QuoteId,
        Method = payment.Method,
        OrderId = payment.OrderId,
        OrderAmount = payment.Order,
        SourceAmount = payment.Source,
        Fees = QuoteFees.Of(payment.Fees),
        Total = payment.Total,
        AmountRefunded = new Money(Currency.Cny, payment.Refunded),
        Metadata = payment.Metadata,
        Livemode = payment.Owner.Mode == Mode.Live,
        Verdict = verdict,
    };
}

/// <summary>What came of asking to pay: a payment, or what a dry run shows of one that does not exist.</summary>
internal abstract record PayAnswer
{
    private PayAnswer() { }

    public sealed record Paid(PaymentResource Payment) : PayAnswer;

    public sealed record Previewed(PaymentPreview Preview) : PayAnswer;
}
