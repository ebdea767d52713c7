namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>When somebody has to see to an account of its own accord: <c>LinkedAccounts:Upkeep:*</c>.</summary>
internal sealed class UpkeepSchedule(IConfiguration configuration)
{
    private readonly IConfigurationSection section = configuration.GetSection("LinkedAccounts:Upkeep");

    /// <summary>How often what is due is looked for.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromSeconds(5));

    /// <summary>How long before its end an authorisation is renewed; one that lives shorter than twice this, at half its life.</summary>
    public TimeSpan RefreshBefore => Read(nameof(RefreshBefore), TimeSpan.FromHours(1));

    /// <summary>After a renewal whose outcome is unknown, and doubling from there.</summary>
    public TimeSpan FirstDelay => Read(nameof(FirstDelay), TimeSpan.FromSeconds(30));

    public TimeSpan MaxDelay => Read(nameof(MaxDelay), TimeSpan.FromMinutes(10));

    /// <summary>A linking whose provider's page is not known after this has lost the process that asked for it: beginning takes three calls at most.</summary>
    public TimeSpan StartLostAfter => Read(nameof(StartLostAfter), TimeSpan.FromMinutes(2));

    /// <summary>A buyer who has not come back after this does not come back: the way back is valid for an hour.</summary>
    public TimeSpan ConsentExpiresAfter => Read(nameof(ConsentExpiresAfter), TimeSpan.FromMinutes(65));

    /// <summary>Above what renewing takes, the reading of the account's name included.</summary>
    public TimeSpan Lease => Read(nameof(Lease), TimeSpan.FromSeconds(60));

    /// <summary>When the account needs somebody next; null when it does not.</summary>
    public DateTimeOffset? NextAt(LinkedAccount account, DateTimeOffset now) => account switch
    {
        { Status: LinkedAccount.Pending, NextActionUrl: null } => account.CreatedAt + StartLostAfter,
        { Status: LinkedAccount.Pending } => account.CreatedAt + ConsentExpiresAfter,
        { Status: LinkedAccount.Active, SecretExpiresAt: { } end } => end - (end - now < 2 * RefreshBefore ? (end - now) / 2 : RefreshBefore),
        _ => null,
    };

    /// <summary>Doubling, at most <see cref="MaxDelay"/>, with up to a quarter of jitter on top so that instances and accounts spread.</summary>
    public TimeSpan DelayAfter(int tries)
    {
        var doubled = FirstDelay * Math.Pow(2, Math.Min(tries, 20));
        var delay = doubled < MaxDelay ? doubled : MaxDelay;
        return delay + (delay * 0.25 * Random.Shared.NextDouble());
    }

    public static DateTime? Utc(DateTimeOffset? at) => at?.UtcDateTime;

    private TimeSpan Read(string name, TimeSpan usual) => section.GetValue<TimeSpan?>(name) ?? usual;
}
