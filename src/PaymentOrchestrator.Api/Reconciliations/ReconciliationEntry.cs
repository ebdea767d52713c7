using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>One entry as it is stored.</summary>
internal sealed record ReconciliationEntry
{
    private const string Settlement = "settlement";

    public required ReconciliationResult Result { get; init; }

    public required int? LineNumber { get; init; }

    public required string Type { get; init; }

    public required string? ProviderReference { get; init; }

    public required string? RequestId { get; init; }

    public required Money? Theirs { get; init; }

    public required DateTimeOffset? OccurredAt { get; init; }

    public required string? ObjectId { get; init; }

    public required string? PaymentId { get; init; }

    public required Money? Ours { get; init; }

    /// <summary>What to do about it, and which difference it is; null where there is none.</summary>
    public required (string OwnerAction, byte[] Identity)? Difference { get; init; }

    public static ReconciliationEntry Of(ReconciledEntry entry, string? namedStatus, string provider)
    {
        var made = new ReconciliationEntry
        {
            Result = entry.Result,
            LineNumber = entry.Line?.Number,
            Type = (entry.Line?.Type ?? entry.Ours?.Type)?.Code() ?? Settlement,
            ProviderReference = entry.Line?.ProviderReference ?? entry.Ours?.ProviderReference,
            RequestId = entry.Line?.RequestId,
            Theirs = entry.Line?.Amount,
            OccurredAt = entry.Line?.OccurredAt,
            ObjectId = entry.Ours?.ObjectId ?? entry.Late?.PaymentId,
            PaymentId = entry.Ours?.PaymentId ?? entry.Late?.PaymentId ?? entry.Line?.PaymentId,
            Ours = entry.Ours?.Amount ?? entry.Late?.Order,
            Difference = null,
        };
        return entry.Result == ReconciliationResult.Matched
            ? made
            : made with { Difference = (ReconciliationResults.OwnerAction(entry, namedStatus), made.IdentityAt(provider)) };
    }

    /// <summary>What it is about and what both sides say of it: the same in every statement that shows it, wherever on it.</summary>
    private byte[] IdentityAt(string provider) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{provider}\n{Result.Code()}\n{Type}\n{(Theirs is null ? "" : ProviderReference)}\n{Theirs?.Currency} {Theirs?.Value}\n{ObjectId}\n{Ours?.Currency} {Ours?.Value}"));
}
