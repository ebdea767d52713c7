using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>A provider's statement of a time, held against the books line by line.</summary>
public sealed record ReconciliationResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "rec";

    public required Id<ReconciliationResource> Id { get; init; }

    /// <summary>Always <c>reconciliation</c>.</summary>
    public string Object { get; init; } = "reconciliation";

    /// <summary><c>worldfirst</c>, <c>alipay</c> or <c>card</c>.</summary>
    public required string Provider { get; init; }

    /// <summary><c>upload</c> or <c>provider</c>: where the statement came from.</summary>
    public required string Source { get; init; }

    /// <summary>The first moment of the statement.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment after it.</summary>
    public required DateTimeOffset To { get; init; }

    public required ReconciliationCounts Counts { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>How many lines came to what.</summary>
public sealed record ReconciliationCounts
{
    /// <summary>The statement's lines about this marketplace.</summary>
    public required int Lines { get; init; }

    /// <summary>Both sides say the same.</summary>
    public required int Matched { get; init; }

    /// <summary>The provider moved something that the books do not have.</summary>
    public required int MissingHere { get; init; }

    /// <summary>The books have something that the statement lacks.</summary>
    public required int MissingThere { get; init; }

    public required int AmountDiffers { get; init; }

    public required int CurrencyDiffers { get; init; }

    /// <summary>Payments of the time whose supplier got the money late, or has not got it.</summary>
    public required int SettledLate { get; init; }
}

/// <summary>What came of one line of a statement, or of a movement that it lacks.</summary>
public sealed record ReconciliationLineResource
{
    /// <summary>Always <c>reconciliation_line</c>.</summary>
    public string Object { get; init; } = "reconciliation_line";

    /// <summary>Its place in the reconciliation, from 1.</summary>
    public required int Number { get; init; }

    /// <summary><c>matched</c>, <c>missing_here</c>, <c>missing_there</c>, <c>amount_differs</c>, <c>currency_differs</c> or <c>settled_late</c>.</summary>
    public required string Result { get; init; }

    /// <summary>The line of the file; null for what the statement lacks.</summary>
    public required int? LineNumber { get; init; }

    /// <summary><c>payment</c>, <c>payment_reversal</c>, <c>refund</c>, <c>refund_reversal</c>, <c>dispute</c>, <c>dispute_reversal</c> or <c>settlement</c>.</summary>
    public required string Type { get; init; }

    public required string? ProviderReference { get; init; }

    /// <summary>Our request id, as the provider repeats it.</summary>
    public required string? RequestId { get; init; }

    /// <summary>What the statement says; null for what it lacks.</summary>
    public required Amount? ProviderAmount { get; init; }

    /// <summary>When, by the provider's clock.</summary>
    public required DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The payment, refund or dispute; null where there is none.</summary>
    public required string? ObjectId { get; init; }

    public required string? PaymentId { get; init; }

    /// <summary>What the books say; null for what they lack.</summary>
    public required Amount? BooksAmount { get; init; }

    public required Id<ReconciliationDifferenceResource>? DifferenceId { get; init; }
}

/// <summary>Something that provider and books say differently. It is found once, whichever statements show it, and stays until someone has seen to it.</summary>
public sealed record ReconciliationDifferenceResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "dif";

    public required Id<ReconciliationDifferenceResource> Id { get; init; }

    /// <summary>Always <c>reconciliation_difference</c>.</summary>
    public string Object { get; init; } = "reconciliation_difference";

    /// <summary>The first reconciliation that showed it.</summary>
    public required Id<ReconciliationResource> ReconciliationId { get; init; }

    public required string Provider { get; init; }

    /// <summary><c>missing_here</c>, <c>missing_there</c>, <c>amount_differs</c>, <c>currency_differs</c> or <c>settled_late</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>As in the lines of a reconciliation.</summary>
    public required string Type { get; init; }

    public required string? ProviderReference { get; init; }

    public required string? RequestId { get; init; }

    /// <summary>What the statement says; null for what it lacks.</summary>
    public required Amount? ProviderAmount { get; init; }

    public required DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The payment, refund or dispute; null where there is none.</summary>
    public required string? ObjectId { get; init; }

    public required string? PaymentId { get; init; }

    /// <summary>What the books say; null for what they lack.</summary>
    public required Amount? BooksAmount { get; init; }

    /// <summary>What to do about it.</summary>
    public required string OwnerAction { get; init; }

    /// <summary><c>open</c>, <c>acknowledged</c> (someone is on it) or <c>resolved</c>.</summary>
    public required string State { get; init; }

    /// <summary>Who said so last; null while it is open.</summary>
    public required DifferenceResolution? Resolution { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What was done about a difference.</summary>
public sealed record DifferenceResolution
{
    /// <summary>Who, as they named themselves.</summary>
    public required string By { get; init; }

    public required string Note { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A page of reconciliations, the newest first.</summary>
public sealed record ReconciliationList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ReconciliationResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>A page of lines, in their order.</summary>
public sealed record ReconciliationLineList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ReconciliationLineResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>A page of differences, the newest first.</summary>
public sealed record ReconciliationDifferenceList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ReconciliationDifferenceResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
