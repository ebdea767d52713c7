namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>The time of a simulated world: it stands still until the scheduler moves it. What waits for a span waits as it does in reality.</summary>
internal sealed class SimClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public DateTimeOffset Now => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);

    public override DateTimeOffset GetUtcNow() => Now;
}
