namespace PaymentOrchestrator.Api.Notifications;

/// <summary>How long notifications of what is not here are kept, and when they are looked at again: <c>Notifications:Parked:*</c>.</summary>
internal sealed class ParkingSchedule(IConfiguration configuration)
{
    private readonly IConfigurationSection section = configuration.GetSection("Notifications:Parked");

    /// <summary>How often the follower looks for what is due.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromSeconds(2));

    public TimeSpan FirstDelay => Read(nameof(FirstDelay), TimeSpan.FromSeconds(1));

    public TimeSpan MaxDelay => Read(nameof(MaxDelay), TimeSpan.FromMinutes(5));

    /// <summary>As long as the most patient provider repeats a notification by itself. What has not appeared by then never will.</summary>
    public TimeSpan KeepFor => Read(nameof(KeepFor), TimeSpan.FromHours(24));

    /// <summary>Beyond it the oldest go: a provider that tells of payments of somebody else's must not fill the database.</summary>
    public int MaxKept => section.GetValue<int?>(nameof(MaxKept)) ?? 10_000;

    /// <summary>Doubling, at most <see cref="MaxDelay"/>.</summary>
    public TimeSpan DelayAfter(int tries)
    {
        var doubled = FirstDelay * Math.Pow(2, Math.Min(tries, 20));
        return doubled < MaxDelay ? doubled : MaxDelay;
    }

    private TimeSpan Read(string name, TimeSpan usual) => section.GetValue<TimeSpan?>(name) ?? usual;
}
