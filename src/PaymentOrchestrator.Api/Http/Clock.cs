namespace PaymentOrchestrator.Api.Http;

internal static class Clock
{
    /// <summary>Now, in whole milliseconds: what is stored and what is shown are then the same instant.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
    }
}
