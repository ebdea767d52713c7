using System.Diagnostics;
using Npgsql;
using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>
/// Lets one operation go on at a time, from one landmark to the next. Whatever reaches a landmark stands there until it is let go; so nothing that matters
/// happens at the same time as anything else, and the order of all of it is the scheduler's.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);

    private readonly object door = new();
    private readonly List<Operation> live = [];
    private readonly string watchConnection;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="database">The API's: a refund holds a row lock between two landmarks, and whoever waits for it rests as well.</param>
    public Scheduler(string database) => watchConnection = new NpgsqlConnectionStringBuilder(database) { ApplicationName = "scheduler", MaxPoolSize = 2 }.ConnectionString;

    /// <summary>Those that stand at a landmark, in the order in which they were begun.</summary>
    public IReadOnlyList<Operation> Standing
    {
        get
        {
            lock (door) return [.. live.Where(operation => operation.At is not null)];
        }
    }

    public bool IsLive(Operation operation)
    {
        lock (door) return live.Contains(operation);
    }

    /// <summary>Told by the watch, on the product's own thread, which stays here until it is let go.</summary>
    public static void Reach(Landmark landmark, Moment moment)
    {
        var at = moment == Moment.Before ? landmark : moment == Moment.After && landmark == Landmark.PaymentIntent ? Landmark.PaymentIntended : null;
        if (at is not null && Flow.Current is Operation operation) operation.Scheduler.Stand(operation, at);
    }

    public async Task StartAsync(Operation operation, Func<Operation, Task> work)
    {
        lock (door) live.Add(operation);
        _ = Task.Run(async () =>
        {
            try
            {
                await work(operation);
            }
#pragma warning disable CA1031 // Whatever it is, it is the operation's result, and the simulator's to judge.
            catch (Exception e)
#pragma warning restore CA1031
            {
                operation.Error = e;
            }

            lock (door)
            {
                live.Remove(operation);
                operation.Flow.End();
                changed.TrySetResult();
            }
        });
        await RestAsync();
    }

    public async Task LetGoAsync(Operation operation)
    {
        lock (door)
        {
            operation.At = null;
            operation.Let.Release();
        }

        await RestAsync();
    }

    public void Dispose() => NpgsqlConnection.ClearPool(new NpgsqlConnection(watchConnection));

    private void Stand(Operation operation, Landmark landmark)
    {
        lock (door)
        {
            operation.At = landmark;
            changed.TrySetResult();
        }

        operation.Let.Wait();
    }

    /// <summary>Until everybody stands at a landmark, has ended, or waits for a lock that one who stands holds.</summary>
    private async Task RestAsync()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Task change;
            int running;
            bool mayBlock;
            lock (door)
            {
                if (changed.Task.IsCompleted) changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                change = changed.Task;
                running = live.Count(operation => operation.At is null);
                mayBlock = live.Any(operation => operation.At == Landmark.RefundIntent);
            }

            if (running == 0) return;
            if (mayBlock && await WaitersAsync() >= running) return;
            if (clock.Elapsed > RestLimit) throw new TimeoutException($"Not at rest after {RestLimit.TotalSeconds:0} s: {string.Join(", ", live)}.");
            await Task.WhenAny(change, Task.Delay(mayBlock ? Glance : TimeSpan.FromSeconds(1)));
        }
    }

    private async Task<long> WaitersAsync()
    {
        await using var connection = new NpgsqlConnection(watchConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>Something that a client, a provider or the time does, on its way through the product.</summary>
internal sealed class Operation
{
    public Operation(Scheduler scheduler, int number, string name)
    {
        (Scheduler, Number, Name) = (scheduler, number, name);
        Flow = Flow.New(this);
    }

    public Scheduler Scheduler { get; }

    public int Number { get; }

    public string Name { get; }

    public Flow Flow { get; }

    /// <summary>Where it stands; null while it runs, and when it has ended.</summary>
    public Landmark? At { get; set; }

    /// <summary>What a resolver is to find, by the key of the request that made it.</summary>
    public string Subject { get; set; } = "";

    /// <summary>What it came to, as the trace tells it: nothing that differs from run to run.</summary>
    public string Result { get; set; } = "";

    public Exception? Error { get; set; }

    public SemaphoreSlim Let { get; } = new(0);

    public override string ToString() => $"#{Number} {Name}";
}
