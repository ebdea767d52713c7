namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>How deliveries are made: <c>Webhooks:*</c>.</summary>
internal sealed class WebhookSettings(IConfiguration configuration)
{
    /// <summary>The wait before each attempt, counted from the end of the one before, as Standard Webhooks recommends.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly IConfigurationSection section = configuration.GetSection("Webhooks");

    public static int MaxAttempts => Waits.Length;

    /// <summary>False on an instance that shall serve requests only.</summary>
    public bool Dispatch => Read(nameof(Dispatch), true);

    /// <summary>Lets plain http through to this machine's own addresses, on any port, and nothing else besides. For trying things out.</summary>
    public bool AllowLoopbackHttp => Read(nameof(AllowLoopbackHttp), false);

    /// <summary>How often new events and due deliveries are looked for when there is nothing to do.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromMilliseconds(500));

    /// <summary>One attempt, from the look-up of the name to the last byte that is read.</summary>
    public TimeSpan AttemptLimit => Read(nameof(AttemptLimit), TimeSpan.FromSeconds(15));

    /// <summary>A delivery whose dispatcher has died is due again after this; longer than <see cref="AttemptLimit"/>, or it would go out twice.</summary>
    public TimeSpan Lease => Read(nameof(Lease), TimeSpan.FromSeconds(30));

    /// <summary>Attempts of one instance that run at once.</summary>
    public int MaxInFlight => Read(nameof(MaxInFlight), 64);

    /// <summary>Attempts of one instance that run at once towards one endpoint.</summary>
    public int MaxInFlightPerEndpoint => Read(nameof(MaxInFlightPerEndpoint), 8);

    /// <summary>So many failures in a row, and the endpoint gets one probe at a time.</summary>
    public int BreakAfter => Read(nameof(BreakAfter), 5);

    public TimeSpan ProbeEvery => Read(nameof(ProbeEvery), TimeSpan.FromSeconds(30));

    /// <summary>How long the secret before the present one keeps signing.</summary>
    public TimeSpan SecretOverlap => Read(nameof(SecretOverlap), TimeSpan.FromHours(24));

    /// <summary>1 in earnest; less makes the schedule quicker for tests.</summary>
    private double TimeScale => Read(nameof(TimeScale), 1.0);

    /// <summary>Null when no attempt is left.</summary>
    /// <param name="attempts">How many were made.</param>
    /// <param name="jitter">0 to 1: adds up to a tenth, so that what failed together is not sent together. Never subtracts.</param>
    /// <param name="retryAfter">What the receiver asked for. Can only delay, and by a day at most.</param>
    public TimeSpan? WaitAfter(int attempts, double jitter, TimeSpan? retryAfter)
    {
        if (attempts >= Waits.Length) return null;
        var wait = Waits[attempts] * TimeScale * (1 + (0.1 * jitter));
        var asked = retryAfter is { } time && time > Waits[^1] ? Waits[^1] : retryAfter ?? TimeSpan.Zero;
        // In whole milliseconds, as times are stored and shown; upwards, for a wait is never cut short.
        return TimeSpan.FromMilliseconds(Math.Ceiling((asked > wait ? asked : wait).TotalMilliseconds));
    }

    private T Read<T>(string name, T usual) where T : struct => section.GetValue<T?>(name) ?? usual;
}
