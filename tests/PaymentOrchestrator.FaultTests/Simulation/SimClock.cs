namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>
/// The time of a simulated world: it stands still until the scheduler moves it. Whoever pauses for a moment, as before a repetition, goes on at once; whoever sets a limit never
/// sees it pass. So a machine that is slow changes nothing of what happens, and nobody waits for nothing.
/// </summary>
internal sealed class SimClock(DateTimeOffset start) : TimeProvider
{
    /// <summary>Limits are longer, pauses are shorter.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long ticks = start.UtcTicks;

    public DateTimeOffset Now => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(base.CreateTimer(callback, state, Of(dueTime), Timeout.InfiniteTimeSpan));

    private static TimeSpan Of(TimeSpan span) => span >= Pause || span == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;

    private sealed class Timer(ITimer real) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => real.Change(Of(dueTime), Timeout.InfiniteTimeSpan);

        public void Dispose() => real.Dispose();

        public ValueTask DisposeAsync() => real.DisposeAsync();
    }
}
