using System.Diagnostics;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>Sends requests by a number of clients, each on a connection of its own.</summary>
internal sealed class LoadGenerator(Uri server, int clients)
{
    /// <summary>Closed loop: each client sends its next request when the last was answered.</summary>
    /// <param name="next">The next request of all clients together; null when there is none left.</param>
    /// <param name="expected">The status of success.</param>
    /// <param name="time">After which no further request is begun.</param>
    /// <param name="answered">Sees each body.</param>
    public async Task<LoadResult> ClosedAsync(Func<byte[]?> next, int expected, TimeSpan time, BodyReader? answered = null)
    {
        var started = Stopwatch.GetTimestamp();
        return await RunAsync(
            () => Stopwatch.GetElapsedTime(started) < time && next() is { } request ? (request, Stopwatch.GetTimestamp()) : null, expected, answered);
    }

    /// <summary>
    /// Open loop: requests begin at a fixed rate whatever becomes of the earlier ones, and a latency counts from the time that the request was
    /// due, so that a server that stalls cannot hide it by slowing its clients.
    /// </summary>
    public async Task<LoadResult> OpenAsync(Func<byte[]?> next, int expected, double perSecond, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        var step = Stopwatch.Frequency / perSecond;
        var last = started + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var number = -1L;
        return await RunAsync(
            () =>
            {
                var due = started + (long)(Interlocked.Increment(ref number) * step);
                return due < last && next() is { } request ? (request, due) : null;
            },
            expected, null);
    }

    public delegate void BodyReader(ReadOnlySpan<byte> body);

    private async Task<LoadResult> RunAsync(Func<(byte[] Request, long Due)?> next, int expected, BodyReader? answered)
    {
        var started = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(next, expected, answered))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        double[] latencies = [.. parts.SelectMany(part => part.Latencies)];
        Array.Sort(latencies);
        return new LoadResult(parts.Sum(part => part.Done), parts.Sum(part => part.Errors), elapsed, latencies);
    }

    private async Task<(int Done, int Errors, List<double> Latencies)> ClientAsync(Func<(byte[] Request, long Due)?> next, int expected, BodyReader? answered)
    {
        using var connection = new HttpConnection(server);
        await connection.ConnectAsync();
        var (done, errors) = (0, 0);
        var latencies = new List<double>(100_000);
        while (next() is var (request, due))
        {
            var early = due - Stopwatch.GetTimestamp();
            if (early > 0) await Task.Delay(TimeSpan.FromSeconds((double)early / Stopwatch.Frequency));
            var status = await connection.SendAsync(request);
            latencies.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
            if (status == expected)
            {
                done++;
                answered?.Invoke(connection.Body);
            }
            else
            {
                errors++;
            }
        }

        return (done, errors, latencies);
    }
}
