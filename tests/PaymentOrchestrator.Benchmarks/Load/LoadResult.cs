namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>What one run of load came to.</summary>
/// <param name="Done">Requests answered as expected.</param>
/// <param name="Errors">Requests answered otherwise.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Of every request, in milliseconds, sorted.</param>
internal sealed record LoadResult(int Done, int Errors, TimeSpan Elapsed, double[] Latencies)
{
    public double PerSecond => Done / Elapsed.TotalSeconds;

    public double Percentile(double share) => Latencies.Length == 0 ? double.NaN : Latencies[Math.Min(Latencies.Length - 1, (int)(share * Latencies.Length))];
}
