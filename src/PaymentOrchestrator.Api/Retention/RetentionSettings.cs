using PaymentOrchestrator.Api.Events;

namespace PaymentOrchestrator.Api.Retention;

/// <summary>How long things are kept, and how gently they end: <c>Retention:*</c>. Payments, refunds and the books have no age here: they stay.</summary>
internal sealed class RetentionSettings
{
    /// <summary>What the contract promises of keys, at least.</summary>
    private static readonly TimeSpan LeastForKeys = TimeSpan.FromHours(24);

    private readonly IConfigurationSection section;

    /// <exception cref="InvalidOperationException">An age is shorter than what the contract promises, or than that of what refers to it.</exception>
    public RetentionSettings(IConfiguration configuration)
    {
        section = configuration.GetSection("Retention");
        if (IdempotencyKeys < LeastForKeys) throw new InvalidOperationException($"Retention:{nameof(IdempotencyKeys)} must be at least {LeastForKeys}: the contract promises it.");
        foreach (var (name, age) in new[] { (nameof(Quotes), Quotes), (nameof(EligibilityChecks), EligibilityChecks), (nameof(PaymentOptions), PaymentOptions) })
            if (age < IdempotencyKeys) throw new InvalidOperationException($"Retention:{name} must not be shorter than Retention:{nameof(IdempotencyKeys)}: a key answers with what it made.");
        if (Events < EventReader.Kept) throw new InvalidOperationException($"Retention:{nameof(Events)} must be at least {EventReader.Kept}: so long they can be read.");
        if (BatchSize is < 1 or > 10_000) throw new InvalidOperationException($"Retention:{nameof(BatchSize)} must be 1 to 10000.");
    }

    /// <summary>False on an instance that shall serve requests only.</summary>
    public bool Run => Read(nameof(Run), true);

    /// <summary>Twice what is promised, so that no clock that is off by a little breaks the promise. Keys of refunds stay as long as the refunds.</summary>
    public TimeSpan IdempotencyKeys => Read(nameof(IdempotencyKeys), TimeSpan.FromHours(48));

    /// <summary>Those that no payment was made of, counted from when they were made.</summary>
    public TimeSpan Quotes => Read(nameof(Quotes), TimeSpan.FromDays(30));

    public TimeSpan EligibilityChecks => Read(nameof(EligibilityChecks), TimeSpan.FromDays(30));

    public TimeSpan PaymentOptions => Read(nameof(PaymentOptions), TimeSpan.FromDays(30));

    /// <summary>Once dispatched, with their deliveries.</summary>
    public TimeSpan Events => Read(nameof(Events), TimeSpan.FromDays(30));

    /// <summary>Those that have ended; counted from the event, and never longer than the event.</summary>
    public TimeSpan Deliveries => Read(nameof(Deliveries), TimeSpan.FromDays(30));

    /// <summary>How many rows one batch looks at: one round trip, one commit, locks held for milliseconds.</summary>
    public int BatchSize => Read(nameof(BatchSize), 500);

    /// <summary>Between batches, so that requests are not felt to wait.</summary>
    public TimeSpan Pause => Read(nameof(Pause), TimeSpan.FromMilliseconds(50));

    /// <summary>How often an instance looks for what has ended.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromMinutes(1));

    /// <summary>A table whose instance has died is another's after this; longer than a batch may take.</summary>
    public TimeSpan Lease => Read(nameof(Lease), TimeSpan.FromMinutes(5));

    private T Read<T>(string name, T usual) where T : struct => section.GetValue<T?>(name) ?? usual;
}
