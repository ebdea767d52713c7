using System.Text.Json.Serialization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>A price list: published, and never edited or deleted.</summary>
public sealed record FeeScheduleResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "fee";

    /// <summary><c>fee_…</c>: what quotes name as their fee_schedule_id.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>fee_schedule</c>.</summary>
    public string Object { get; init; } = "fee_schedule";

    /// <summary><c>marketplace</c>, or <c>platform</c> for the default below it.</summary>
    public required string Owner { get; init; }

    /// <summary><c>in_force</c>: quotes are made with it now; <c>scheduled</c>: it has not begun; <c>superseded</c>: another has taken its place, or lies above it.</summary>
    public required string Status { get; init; }

    /// <summary>The instant from which on it holds, until another begins.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    public required IReadOnlyList<FeeRuleDocument> Rules { get; init; }

    /// <summary>Yours, as it was given.</summary>
    public required string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page of price lists, the one that begins last first.</summary>
public sealed record FeeScheduleList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<FeeScheduleResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>The cursor of the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
