using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// How many payments of one buyer may fail within a time before the buyer has to wait: whoever tries stolen cards or accounts fails often. Amounts and successes
/// are never counted, and nothing is unless <c>Velocity:FailedPayments:Max</c> says so.
/// </summary>
internal sealed class FailureVelocity
{
    public FailureVelocity(IConfiguration configuration)
    {
        var section = configuration.GetSection("Velocity:FailedPayments");
        Max = section.GetValue<int>("Max", 0);
        Window = section.GetValue<TimeSpan>("Window", TimeSpan.FromHours(1));
        if (Max < 0) throw new InvalidOperationException("Velocity:FailedPayments:Max must be 1 or more, or 0 to count nothing.");
        if (Window <= TimeSpan.Zero) throw new InvalidOperationException("Velocity:FailedPayments:Window must be longer than nothing.");
    }

    /// <summary>0: failures are not counted.</summary>
    public int Max { get; }

    public TimeSpan Window { get; }

    /// <param name="decisive">When the failure was asked for whose leaving the window lets the buyer pay again.</param>
    public Problem Refusal(DateTimeOffset decisive, DateTimeOffset now) => new(
        ProblemType.TooManyFailedAttempts,
        $"{Max} payments of the buyer failed within {(long)Window.TotalSeconds} seconds. Nothing was asked of the provider and the quote is unused; pay again when Retry-After has passed, if need be with a new quote.")
    {
        RetryAfter = Math.Max(1, checked((int)Math.Ceiling((decisive + Window - now).TotalSeconds))),
    };
}
