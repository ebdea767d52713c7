namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>What is remembered of the request that is being served: the time that it spent on providers, and what it was about.</summary>
internal sealed class RequestTelemetry(TimeProvider clock)
{
    private static readonly AsyncLocal<RequestTelemetry?> Here = new();

    private readonly Lock gate = new();
    private readonly long startedAt = clock.GetTimestamp();
    private int calls;
    private long waitingSince;
    private long waited;

    /// <summary>Null in background work.</summary>
    public static RequestTelemetry? Current
    {
        get => Here.Value;
        set => Here.Value = value;
    }

    public string? PaymentId { get; set; }

    public string? QuoteId { get; set; }

    public string? RefundId { get; set; }

    public TimeSpan Total => clock.GetElapsedTime(startedAt);

    /// <summary>Providers are asked in parallel: the time in which any of them was waited for counts once.</summary>
    public TimeSpan Own(TimeSpan total)
    {
        lock (gate)
        {
            var now = calls > 0 ? clock.GetTimestamp() - waitingSince : 0;
            return total - clock.GetElapsedTime(0, waited + now);
        }
    }

    public void ProviderCallBegins()
    {
        lock (gate)
            if (calls++ == 0) waitingSince = clock.GetTimestamp();
    }

    public void ProviderCallEnds()
    {
        lock (gate)
            if (--calls == 0) waited += clock.GetTimestamp() - waitingSince;
    }
}
