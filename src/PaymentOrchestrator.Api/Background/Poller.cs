using System.Runtime.CompilerServices;

namespace PaymentOrchestrator.Api.Background;

/// <summary>
/// Work that looks again and again for what is due. Nothing that happens in it ends the instance, which serves requests beside it: what failed is
/// logged, and is due again when its claim runs out.
/// </summary>
/// <param name="interval">Between two looks.</param>
/// <param name="clock">By which they are timed.</param>
/// <param name="log">Where what failed is told.</param>
/// <param name="runs">False on an instance that leaves this work to others.</param>
/// <param name="firstAfter">When the first look is made; null for after an interval.</param>
internal abstract class Poller(TimeSpan interval, TimeProvider clock, ILogger log, bool runs = true, TimeSpan? firstAfter = null) : BackgroundService
{
    private const int AtOnce = 8;

    /// <summary>Begun without a pause between them.</summary>
    private const int Unpaced = 2;

    /// <summary>A full look of a hundred takes half a second this way, and not all of the machine for a sixth of one: requests are served beside it.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!runs) return;
        try
        {
            if (firstAfter is { } first)
            {
                await Task.Delay(first, clock, stoppingToken);
                await GuardedAsync(RunOnceAsync, stoppingToken);
            }

            using var timer = new PeriodicTimer(interval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await GuardedAsync(RunOnceAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what was claimed is due again when its claim runs out.
        }
    }

    /// <summary>One look at what is due.</summary>
    internal abstract Task RunOnceAsync(CancellationToken stoppingToken);

    /// <summary>Several at a time. One that fails is logged by its name and keeps no other waiting.</summary>
    protected Task ForEachAsync<T>(IEnumerable<T> due, Func<T, CancellationToken, Task> work, CancellationToken stoppingToken) =>
        Parallel.ForEachAsync(PacedAsync(due, stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (item, cancellationToken) =>
        {
            try
            {
                await work(item, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Log scopes and messages hold ids alone; T's text is its ids.
                log.LogError(e, "{Item} failed and is due again when its claim runs out.", item);
            }
        });

    // By real time, whatever the clock says: it is the machine that is spared.
    private static async IAsyncEnumerable<T> PacedAsync<T>(IEnumerable<T> due, [EnumeratorCancellation] CancellationToken stoppingToken)
    {
        var begun = 0;
        foreach (var item in due)
        {
            if (begun++ >= Unpaced) await Task.Delay(Pace, stoppingToken);
            yield return item;
        }
    }

    /// <summary>Work outside its turns is no more able to end the instance.</summary>
    protected async Task GuardedAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "The database did not answer; what is due is looked for again in {Interval}.", interval);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            log.LogError(e, "Background work failed and is tried again in {Interval}.", interval);
        }
    }
}
