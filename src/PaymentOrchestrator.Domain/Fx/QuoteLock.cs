namespace PaymentOrchestrator.Domain;

/// <summary>How long a price is held. A longer hold carries more risk, and a price list may ask more for it.</summary>
public enum QuoteLock
{
    OneMinute,
    FifteenMinutes,
    OneHour,
    OneDay,
}

public static class QuoteLocks
{
    public static IReadOnlyList<QuoteLock> All { get; } = Enum.GetValues<QuoteLock>();

    /// <summary>As contracts name it: <c>1m</c>, <c>15m</c>, <c>1h</c>, <c>24h</c>.</summary>
    public static string Code(this QuoteLock hold) => hold switch
    {
        QuoteLock.OneMinute => "1m",
        QuoteLock.FifteenMinutes => "15m",
        QuoteLock.OneHour => "1h",
        QuoteLock.OneDay => "24h",
        _ => throw new ArgumentOutOfRangeException(nameof(hold)),
    };

    public static TimeSpan Length(this QuoteLock hold) => hold switch
    {
        QuoteLock.OneMinute => TimeSpan.FromMinutes(1),
        QuoteLock.FifteenMinutes => TimeSpan.FromMinutes(15),
        QuoteLock.OneHour => TimeSpan.FromHours(1),
        QuoteLock.OneDay => TimeSpan.FromHours(24),
        _ => throw new ArgumentOutOfRangeException(nameof(hold)),
    };

    public static QuoteLock? FromCode(string? code)
    {
        foreach (var hold in All)
            if (hold.Code() == code) return hold;
        return null;
    }

    /// <summary>The shortest hold that is at least so long; null where even a day is shorter.</summary>
    public static QuoteLock? Covering(TimeSpan length)
    {
        foreach (var hold in All)
            if (hold.Length() >= length) return hold;
        return null;
    }
}
