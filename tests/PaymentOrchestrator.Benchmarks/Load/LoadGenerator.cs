using System.Diagnostics;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>Sends requests by a number of clients, each on a connection of its own.</summary>
internal sealed class LoadGenerator(Uri server, int clients)
{
    public delegate void AnswerReader(Prepared request, ReadOnlySpan<byte> body);

    /// <summary>Closed loop: each client sends its next request when the last was answered.</summary>
    /// <param name="next">The next request of all clients together; null when there is none left.</param>
    /// <param name="expected">The status of success.</param>
    /// <param name="time">After which no further request is begun.</param>
    /// <param name="answered">Sees each body of a success.</param>
    public async Task<LoadResult> ClosedAsync(Func<Prepared?> next, int expected, TimeSpan time, AnswerReader? answered = null)
    {
        var started = Stopwatch.GetTimestamp();
        return await RunAsync(
            () => Stopwatch.GetElapsedTime(started) < time && next() is { } request ? (request, Stopwatch.GetTimestamp()) : null, expected, answered);
    }

    /// <summary>
    /// Open loop: requests begin at a fixed rate whatever becomes of the earlier ones, and a latency counts from the time that the request was
    /// due, so that a server that stalls cannot hide it by slowing its clients. A client that oversleeps counts against the server too.
    /// </summary>
    public async Task<LoadResult> OpenAsync(Func<Prepared?> next, int expected, double perSecond, TimeSpan time)
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

    private async Task<LoadResult> RunAsync(Func<(Prepared Request, long Due)?> next, int expected, AnswerReader? answered)
    {
        var connections = new List<HttpConnection>();
        try
        {
            for (var i = 0; i < clients; i++)
            {
                var connection = new HttpConnection(server);
                connections.Add(connection);
                await connection.ConnectAsync();
            }

            var started = Stopwatch.GetTimestamp();
            var parts = await Task.WhenAll(connections.Select(connection => Task.Run(() => ClientAsync(connection, next, expected, answered))));
            var elapsed = Stopwatch.GetElapsedTime(started);
            LoadResult.Call[] calls = [.. parts.SelectMany(part => part.Calls)];
            double[] latencies = [.. calls.Select(call => Stopwatch.GetElapsedTime(call.From, call.To).TotalMilliseconds).Order()];
            return new LoadResult(parts.Sum(part => part.Done), parts.Sum(part => part.Errors), parts.Select(part => part.FirstError).FirstOrDefault(error => error is not null), elapsed, latencies, calls);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private static async Task<(int Done, int Errors, string? FirstError, List<LoadResult.Call> Calls)> ClientAsync(
        HttpConnection connection, Func<(Prepared Request, long Due)?> next, int expected, AnswerReader? answered)
    {
        var (done, errors) = (0, 0);
        string? firstError = null;
        var calls = new List<LoadResult.Call>();
        while (next() is var (request, due))
        {
            var early = due - Stopwatch.GetTimestamp();
            if (early > 0) await Task.Delay(TimeSpan.FromSeconds((double)early / Stopwatch.Frequency));
            var status = await connection.SendAsync(request.Bytes);
            calls.Add(new LoadResult.Call(request.Order, due, Stopwatch.GetTimestamp()));
            if (status == expected)
            {
                done++;
                answered?.Invoke(request, connection.Body);
            }
            else
            {
                errors++;
                firstError ??= $"{status} {Encoding.UTF8.GetString(connection.Body)}";
            }
        }

        return (done, errors, firstError, calls);
    }
}
