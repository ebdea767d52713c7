using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Background;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Background;

public sealed class PollerTests
{
    [Fact]
    public async Task One_item_that_fails_keeps_no_other_waiting_and_does_not_end_the_instance()
    {
        using var poller = new Lists(["bad", "good"], item => item == "bad" ? throw new InvalidOperationException("Sequence contains no elements") : Task.CompletedTask);
        await poller.StartAsync(TestContext.Current.CancellationToken);

        await poller.UntilAsync(() => poller.Done.Count(item => item == "good") >= 3);
        Assert.Contains(poller.Errors, error => error.StartsWith("bad failed", StringComparison.Ordinal));
        Assert.False(poller.ExecuteTask!.IsCompleted);
        await poller.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(poller.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_look_that_fails_or_times_out_is_logged_and_made_again()
    {
        using var poller = new Lists(["good"], _ => Task.CompletedTask) { FirstLooks = new(["throws", "times out"]) };
        await poller.StartAsync(TestContext.Current.CancellationToken);

        await poller.UntilAsync(() => !poller.Done.IsEmpty);
        Assert.Equal(2, poller.Errors.Count);
        await poller.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Lists(string[] items, Func<string, Task> work, ConcurrentQueue<string> errors) : Poller(TimeSpan.FromMilliseconds(1), TimeProvider.System, new ErrorLog(errors))
    {
        public Lists(string[] items, Func<string, Task> work)
            : this(items, work, [])
        {
        }

        public ConcurrentQueue<string> FirstLooks { get; init; } = [];

        public ConcurrentQueue<string> Done { get; } = [];

        public ConcurrentQueue<string> Errors { get; } = errors;

        public async Task UntilAsync(Func<bool> reached)
        {
            while (!reached() && !ExecuteTask!.IsCompleted) await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        protected override Task RunOnceAsync(CancellationToken stoppingToken) => FirstLooks.TryDequeue(out var look)
            ? throw (look == "throws" ? new InvalidOperationException() : new OperationCanceledException())
            : ForEachAsync(items, async (item, _) =>
            {
                await work(item);
                Done.Enqueue(item);
            }, stoppingToken);
    }

    private sealed class ErrorLog(ConcurrentQueue<string> errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error) errors.Enqueue(formatter(state, exception));
        }
    }
}
