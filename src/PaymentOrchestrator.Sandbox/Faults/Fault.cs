using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>Scripted trouble: what, for whom, and how often.</summary>
internal sealed record Fault
{
    public required string FaultId { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null is everybody.</summary>
    public string? BuyerId { get; init; }

    /// <summary>Null is every provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Null is every operation to which the fault can happen.</summary>
    public string? Operation { get; init; }

    /// <summary>How often it is still to happen.</summary>
    public required int Times { get; init; }

    public int? DelayMs { get; init; }

    /// <summary>How likely it is at each matching call; null is certain.</summary>
    public decimal? Probability { get; init; }

    public required long Seed { get; init; }

    /// <summary>How many matching calls have come so far.</summary>
    public int Draws { get; init; }

    /// <summary>How many of them it hit.</summary>
    public int Hits { get; init; }

    /// <summary>The same sequence of yes and no for the same seed, on every machine.</summary>
    public bool HitsAt(int draw)
    {
        if (Probability is not { } probability)
            return true;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed.ToString(CultureInfo.InvariantCulture)}:{draw.ToString(CultureInfo.InvariantCulture)}"));
        var roll = (decimal)BitConverter.ToUInt32(hash, 0) / uint.MaxValue;
        return roll < probability;
    }
}

internal static class FaultKinds
{
    public const string Delay = "delay";
    public const string TimeoutBefore = "timeout_before";
    public const string TimeoutAfter = "timeout_after";
    public const string ErrorBefore = "error_before";
    public const string ErrorAfter = "error_after";
    public const string CutBody = "cut_body";
    public const string BadSignature = "bad_signature";
    public const string WrongAmount = "wrong_amount";
    public const string WrongReference = "wrong_reference";
    public const string NotFoundThenFound = "not_found_then_found";
    public const string RateJump = "rate_jump";
    public const string DuplicateNotification = "duplicate_notification";
    public const string ReorderedNotification = "reordered_notification";
    public const string LateNotification = "late_notification";
    public const string NoNotification = "no_notification";

    /// <summary>Those that happen to the answer of a call.</summary>
    public static readonly IReadOnlyList<string> OfAnswers =
    [
        Delay, TimeoutBefore, TimeoutAfter, ErrorBefore, ErrorAfter, CutBody, BadSignature, WrongAmount, WrongReference, NotFoundThenFound,
    ];

    public static readonly IReadOnlyList<string> OfNotifications = [DuplicateNotification, ReorderedNotification, LateNotification, NoNotification];

    public static readonly IReadOnlyList<string> All = [.. OfAnswers, RateJump, .. OfNotifications];
}
