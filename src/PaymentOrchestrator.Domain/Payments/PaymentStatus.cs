namespace PaymentOrchestrator.Domain;

public enum PaymentStatus
{
    /// <summary>Intent is committed; the provider's answer is awaited or unknown.</summary>
    Processing,

    /// <summary>The buyer must act at the provider (3-D Secure, a cashier page).</summary>
    RequiresAction,

    /// <summary>The buyer's debit is final.</summary>
    Succeeded,

    /// <summary>The provider refused; no money moved.</summary>
    Failed,

    /// <summary>Ended before money moved, by the marketplace or by expiry.</summary>
    Canceled,

    /// <summary>The provider's word does not fit ours; a person decides.</summary>
    UnderReview,
}
