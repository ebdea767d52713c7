using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>
/// What one request took by the server's own clock, from its first line to its answer: read from the span that the framework records of it. How much of that
/// it spent waiting for providers, who stands between them knows.
/// </summary>
internal sealed class ServerWatch : IDisposable
{
    private static readonly ActivitySource Source = new("test");

    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ActivityListener listener;
    private readonly Activity root;

    private ServerWatch()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "test" or "Microsoft.AspNetCore",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        root = Source.StartActivity("request")!;
    }

    /// <summary>From here on the test's next request is the one that is measured.</summary>
    public static ServerWatch Start() => new();

    /// <summary>Call it when the answer has come.</summary>
    /// <param name="calls">When providers were being asked, for this request or others: one request at a time is measured.</param>
    public async Task<Measured> EndAsync(params IEnumerable<(DateTime From, DateTime To)> calls)
    {
        // The first server in the trace is ours: the sandbox gets no trace ids from us.
        for (var patience = 0; ; patience++)
        {
            if (spans.FirstOrDefault(span => span.Source.Name == "Microsoft.AspNetCore" && span.TraceId == root.TraceId) is { } server)
            {
                var end = server.StartTimeUtc + server.Duration;
                return new Measured(server.Duration, Covered(calls.Where(call => call.From >= server.StartTimeUtc && call.To <= end)));
            }

            Assert.True(patience < 200, "The server recorded no span.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        root.Dispose();
        listener.Dispose();
    }

    /// <summary>How long at least one of the calls was under way.</summary>
    private static TimeSpan Covered(IEnumerable<(DateTime From, DateTime To)> calls)
    {
        var (covered, reached) = (TimeSpan.Zero, DateTime.MinValue);
        foreach (var (from, to) in calls.OrderBy(call => call.From))
        {
            if (to <= reached) continue;
            covered += to - (from > reached ? from : reached);
            reached = to;
        }

        return covered;
    }
}

/// <param name="Total">From the request's first line to its answer.</param>
/// <param name="Providers">Of it, while at least one provider was being asked.</param>
internal sealed record Measured(TimeSpan Total, TimeSpan Providers)
{
    public TimeSpan Own => Total - Providers;
}
