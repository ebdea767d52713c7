namespace PaymentOrchestrator.Api.Rates;

/// <summary>How rates are looked after: <c>Rates:*</c>.</summary>
internal sealed class RateSettings
{
    /// <exception cref="InvalidOperationException">A value makes no sense.</exception>
    public RateSettings(IConfiguration configuration)
    {
        var section = configuration.GetSection("Rates");
        MaxAge = section.GetValue<TimeSpan?>(nameof(MaxAge)) ?? TimeSpan.FromDays(6);
        MaxJump = section.GetValue<decimal?>(nameof(MaxJump)) ?? 0.1m;
        Refresh = section.GetValue<TimeSpan?>(nameof(Refresh)) ?? TimeSpan.FromSeconds(5);
        RetryAfter = section.GetValue<TimeSpan?>(nameof(RetryAfter)) ?? TimeSpan.FromMinutes(1);
        if (MaxJump < 0.0001m || MaxAge <= TimeSpan.Zero || Refresh <= TimeSpan.Zero || RetryAfter <= TimeSpan.Zero)
            throw new InvalidOperationException("Rates:MaxJump must be a share of 0.0001 or more, and Rates:MaxAge, Rates:Refresh and Rates:RetryAfter more than nothing.");
        Operators = section[nameof(Operators)] is { } list
            ? [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))]
            : null;
    }

    /// <summary>An older rate is stale: shown in test mode, refused in live mode. Longer than any holiday gap.</summary>
    public TimeSpan MaxAge { get; }

    /// <summary>A rate that differs by a larger share from the one in force is held back. No day of the ECB's last 260 comes near the default.</summary>
    public decimal MaxJump { get; }

    /// <summary>How often each instance reads the table.</summary>
    public TimeSpan Refresh { get; }

    /// <summary>When a source that failed is asked again.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>An instance that asked and has not written the answer down after this has died.</summary>
    public TimeSpan Lease { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The marketplaces whose live keys may decide on rates that were held back; null: every one, for an installation that serves one.</summary>
    public IReadOnlyList<int>? Operators { get; }

    /// <summary>By which share two rates differ, the same in both directions: half as much and twice as much are both a jump of 1.</summary>
    public static decimal Jump(decimal from, decimal to) => decimal.Round((from > to ? from / to : to / from) - 1m, 10);
}
