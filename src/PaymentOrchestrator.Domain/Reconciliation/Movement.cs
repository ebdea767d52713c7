namespace PaymentOrchestrator.Domain;

/// <summary>What kind of movement a line of a statement, or an entry of ours, is.</summary>
public enum MovementType
{
    Payment,

    /// <summary>A payment that was taken and given back by its cancellation.</summary>
    PaymentReversal,

    Refund,

    /// <summary>A refund that came back.</summary>
    RefundReversal,

    /// <summary>Money withdrawn over a dispute.</summary>
    Dispute,

    /// <summary>Money given back after a dispute.</summary>
    DisputeReversal,
}

/// <summary>One line of a provider's statement.</summary>
/// <param name="Number">Its place: the line of the file, or its number in the provider's answer, from 1.</param>
/// <param name="Type">What it says that happened.</param>
/// <param name="ProviderReference">The provider's own id of the movement.</param>
/// <param name="RequestId">Our request id, as the provider was told it; null where the line has none.</param>
/// <param name="PaymentId">Our payment, as the provider was told it; null where the line has none.</param>
/// <param name="Amount">Positive, whichever way it went; in the currency that was debited from the buyer.</param>
/// <param name="OccurredAt">When, by the provider's clock.</param>
public sealed record StatementLine(
    int Number, MovementType Type, string ProviderReference, string? RequestId, string? PaymentId, Money Amount, DateTimeOffset OccurredAt);

/// <summary>What our books say that a provider moved.</summary>
/// <param name="Type">What happened.</param>
/// <param name="ObjectId">The payment, refund or dispute.</param>
/// <param name="PaymentId">The payment that it belongs to.</param>
/// <param name="ProviderReference">The provider's id of it, where it is known.</param>
/// <param name="Amount">Positive, whichever way it went.</param>
/// <param name="Due">Whether it belongs into the statement's time; others are only there to be found.</param>
public sealed record Movement(MovementType Type, string ObjectId, string PaymentId, string? ProviderReference, Money Amount, bool Due);

/// <summary>A payment whose supplier got the money late, or has not got it yet.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Order">What the supplier is to have.</param>
/// <param name="SettledAt">Null while it is pending.</param>
public sealed record LateSettlement(string PaymentId, Money Order, DateTimeOffset? SettledAt);

public static class MovementTypes
{
    public static string Code(this MovementType type) => type switch
    {
        MovementType.Payment => "payment",
        MovementType.PaymentReversal => "payment_reversal",
        MovementType.Refund => "refund",
        MovementType.RefundReversal => "refund_reversal",
        MovementType.Dispute => "dispute",
        MovementType.DisputeReversal => "dispute_reversal",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static MovementType? FromCode(string? code)
    {
        foreach (var type in Enum.GetValues<MovementType>())
            if (type.Code() == code) return type;
        return null;
    }
}
