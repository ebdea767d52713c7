using System.Diagnostics;
using System.Globalization;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>
/// Own latency: what the client waited, less the time in which the provider stub had at least one call of the same order in hand. The stub's time
/// runs from the call's head to its answer's last byte; the way there and back, and what our HTTP client does on it, counts as ours.
/// </summary>
internal static class OwnLatency
{
    /// <summary>Runs the load while the stub notes its calls; sorted milliseconds.</summary>
    public static async Task<(LoadResult Result, double[] Own)> MeasureAsync(int stubPort, Func<Task<LoadResult>> run)
    {
        using var http = new HttpClient { BaseAddress = new Uri(BenchWorld.Url(stubPort)) };
        using (await http.PostAsync(new Uri("/bench/watch", UriKind.Relative), null)) { }
        var result = await run();
        var provider = new Dictionary<string, List<(long From, long To)>>(StringComparer.Ordinal);
        using var lines = new StringReader(await http.GetStringAsync(new Uri("/bench/calls", UriKind.Relative)));
        while (await lines.ReadLineAsync() is { } line)
        {
            var fields = line.Split(' ');
            if (!provider.TryGetValue(fields[0], out var calls)) provider[fields[0]] = calls = [];
            calls.Add((long.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[2], CultureInfo.InvariantCulture)));
        }

        return (result, [.. result.Calls.Select(call => Stopwatch.GetElapsedTime(0, Own(call, provider)).TotalMilliseconds).Order()]);
    }

    private static long Own(LoadResult.Call call, Dictionary<string, List<(long From, long To)>> provider)
    {
        var own = call.To - call.From;
        if (call.Order is null || !provider.TryGetValue(call.Order, out var calls)) return own;
        // Calls may run at once: each moment counts once.
        var upto = call.From;
        foreach (var (from, to) in calls.OrderBy(one => one.From))
        {
            var (begin, end) = (Math.Max(from, upto), Math.Min(to, call.To));
            if (end <= begin) continue;
            own -= end - begin;
            upto = end;
        }

        return own;
    }
}
