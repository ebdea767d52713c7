namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>What one run of load came to.</summary>
/// <param name="Done">Requests answered as expected.</param>
/// <param name="Errors">Requests answered otherwise.</param>
/// <param name="FirstError">What one of them was answered; null when there was none.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Of every request, in milliseconds, sorted.</param>
/// <param name="Calls">Every request's times.</param>
internal sealed record LoadResult(int Done, int Errors, string? FirstError, TimeSpan Elapsed, double[] Latencies, IReadOnlyList<LoadResult.Call> Calls)
{
    /// <param name="From">When it was due, by the monotonic clock that all processes of the machine share.</param>
    /// <param name="To">When its answer was there.</param>
    internal readonly record struct Call(string? Order, long From, long To);

    public double PerSecond => Done / Elapsed.TotalSeconds;

    public double Percentile(double share) => Figures.Percentile(Latencies, share);
}
