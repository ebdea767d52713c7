using System.Text.Json.Serialization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>A mid rate against CNY. Stored once, with its source and time, and never changed.</summary>
public sealed record ExchangeRateResource : IResource
{
    [JsonIgnore]
    public static string Prefix => "fxr";

    /// <summary>Null for par, which nobody fixes.</summary>
    public Id<ExchangeRateResource>? Id { get; init; }

    /// <summary>Always <c>exchange_rate</c>.</summary>
    public string Object { get; init; } = "exchange_rate";

    /// <summary>One unit of this currency …</summary>
    public required Currency Base { get; init; }

    /// <summary>… is worth <c>mid</c> units of this one: always CNY.</summary>
    public required Currency Counter { get; init; }

    /// <summary>Ten significant digits, half to even.</summary>
    public required string Mid { get; init; }

    /// <summary><c>ecb</c>; <c>table</c>: set by whoever runs this; <c>worldfirst</c>: guaranteed for an order; <c>par</c> for CNH.</summary>
    public required string Source { get; init; }

    /// <summary>When the source fixed it.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Older than the configured age.</summary>
    public required bool Stale { get; init; }

    /// <summary><c>accepted</c>; <c>held</c>: it jumped, and waits for a decision; <c>rejected</c>. Only accepted rates are ever in force.</summary>
    public string Status { get; init; } = "accepted";

    /// <summary>When we got it; null in the list of what is in force.</summary>
    public DateTimeOffset? FetchedAt { get; init; }

    /// <summary>Why it was held back; null when it was not.</summary>
    public RateJump? Jump { get; init; }

    /// <summary>What was decided on a rate that was held back; null while nothing was.</summary>
    public RateDecision? Decision { get; init; }

    internal static ExchangeRateResource From(MidRate mid) => new()
    {
        Id = mid.RateId is { } id ? new Id<ExchangeRateResource>(id) : null,
        Base = mid.Rate.Base,
        Counter = mid.Rate.Counter,
        Mid = mid.Rate.ToRateString(),
        Source = mid.Source,
        AsOf = mid.AsOf,
        Stale = mid.Stale,
    };
}

/// <summary>How a rate differs from the one that was in force when it came.</summary>
public sealed record RateJump
{
    /// <summary>As a decimal share, the same in both directions: half as much and twice as much are both 1.</summary>
    public required string Share { get; init; }

    /// <summary>The rate that was in force.</summary>
    public required Id<ExchangeRateResource> ComparedWith { get; init; }
}

/// <summary>What a person decided on a rate that was held back.</summary>
public sealed record RateDecision
{
    /// <summary><c>accepted</c> or <c>rejected</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Who, as the request named them.</summary>
    public required string DecidedBy { get; init; }

    public required string? Reason { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }
}

/// <summary>Rates: those in force, or a page of the history.</summary>
public sealed record ExchangeRateList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ExchangeRateResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>The cursor of the next page; null on the last, and for what is in force.</summary>
    public required string? NextCursor { get; init; }

    /// <summary>Rates that wait for a decision, the newest first, at most 100; the ones in force stay until then, and age.</summary>
    public required IReadOnlyList<ExchangeRateResource> Held { get; init; }

    /// <summary>How the sources of reference rates do.</summary>
    public required IReadOnlyList<RateSourceStatus> Sources { get; init; }
}

/// <summary>How a source of reference rates does.</summary>
public sealed record RateSourceStatus
{
    public required string Source { get; init; }

    /// <summary><c>ok</c>; <c>failing</c>: the last look at it failed, and the last good rates stay; <c>not_checked</c> yet.</summary>
    public required string Status { get; init; }

    /// <summary>Why the last look failed; null when it did not.</summary>
    public required string? Error { get; init; }

    public required DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When it last answered, be it that nothing had changed.</summary>
    public required DateTimeOffset? SucceededAt { get; init; }
}
