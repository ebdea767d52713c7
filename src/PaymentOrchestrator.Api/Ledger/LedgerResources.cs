using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

/// <summary>One movement in the books: its legs sum to zero in each currency.</summary>
public sealed record LedgerTransactionResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "ltx";

    public required Id<LedgerTransactionResource> Id { get; init; }

    /// <summary>Always <c>ledger_transaction</c>.</summary>
    public string Object { get; init; } = "ledger_transaction";

    /// <summary><c>payment</c>, <c>refund</c>, <c>refund_reversal</c>, <c>suspense</c>, <c>suspense_reversal</c>, <c>settlement</c>, <c>dispute_opened</c>, <c>dispute_won</c>, <c>dispute_lost</c> …</summary>
    public required string Kind { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    /// <summary>The refund that caused it; null for any other cause.</summary>
    public required Id<RefundResource>? RefundId { get; init; }

    /// <summary>The dispute that caused it; null for any other cause.</summary>
    public required Id<DisputeResource>? DisputeId { get; init; }

    public required IReadOnlyList<LedgerLegResource> Entries { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One leg of a movement.</summary>
public sealed record LedgerLegResource
{
    public required string Account { get; init; }

    /// <summary>Debit positive, credit negative.</summary>
    public required Amount Amount { get; init; }
}

/// <summary>One leg of a movement, by itself.</summary>
public sealed record LedgerEntryResource
{
    /// <summary>Always <c>ledger_entry</c>.</summary>
    public string Object { get; init; } = "ledger_entry";

    public required Id<LedgerTransactionResource> TransactionId { get; init; }

    /// <summary>Its place in the transaction, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The transaction's kind.</summary>
    public required string Kind { get; init; }

    public required Id<PaymentResource> PaymentId { get; init; }

    /// <summary>The refund that caused it; null for any other cause.</summary>
    public required Id<RefundResource>? RefundId { get; init; }

    /// <summary>The dispute that caused it; null for any other cause.</summary>
    public required Id<DisputeResource>? DisputeId { get; init; }

    /// <summary>The account's code in the chart of accounts.</summary>
    public required string Account { get; init; }

    /// <summary>Debit positive, credit negative.</summary>
    public required Amount Amount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page of entries, the newest transaction first, its lines in order.</summary>
public sealed record LedgerEntryList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<LedgerEntryResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>What the entries of an account add up to in one currency.</summary>
public sealed record LedgerBalanceResource
{
    public required string Account { get; init; }

    /// <summary>Debit positive, credit negative.</summary>
    public required Amount Balance { get; init; }

    /// <summary>How many entries it is the sum of.</summary>
    public required long Entries { get; init; }
}

/// <summary>Every account in every currency that it has entries in.</summary>
public sealed record LedgerBalanceList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<LedgerBalanceResource> Data { get; init; }
}

/// <summary>The books held against themselves and against what payments and refunds say.</summary>
public sealed record LedgerProofResource
{
    /// <summary>Always <c>ledger_proof</c>.</summary>
    public string Object { get; init; } = "ledger_proof";

    /// <summary>How many transactions were looked at.</summary>
    public required long Transactions { get; init; }

    /// <summary>How many entries were looked at.</summary>
    public required long Entries { get; init; }

    /// <summary>Of all checks together. Zero: the books are right.</summary>
    public required long Violations { get; init; }

    public required IReadOnlyList<LedgerCheckResource> Checks { get; init; }

    /// <summary>The moment that was looked at; all checks see the same.</summary>
    public required DateTimeOffset AsOf { get; init; }
}

/// <summary>One thing that must hold.</summary>
public sealed record LedgerCheckResource
{
    public required string Name { get; init; }

    /// <summary>How many transactions, payments or refunds break it.</summary>
    public required long Violations { get; init; }
}
