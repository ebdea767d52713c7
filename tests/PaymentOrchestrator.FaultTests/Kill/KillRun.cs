using System.Diagnostics;
using System.Text.Json.Nodes;
using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>Loads the system, does one thing after another to it, lets it come to rest, and checks.</summary>
internal sealed class KillRun(KillWorld world, Load load, Random random, KillRun.Size size, Action<string> say)
{
    /// <param name="Buyers">At work at once.</param>
    /// <param name="Hits">A point kills at one of the first so many times that it is reached.</param>
    /// <param name="Trouble">How likely each kind of trouble is at each call to a provider.</param>
    /// <param name="CheckEvery">After how many steps the system is let come to rest and checked.</param>
    internal sealed record Size(int Buyers, int Hits, double Trouble, int CheckEvery)
    {
        public static readonly Size Full = new(6, 3, 0.02, 10);

        /// <summary>A process that dies young has compiled little.</summary>
        public static readonly Size Small = new(2, 1, 0.05, int.MaxValue);
    }

    /// <summary>A payment that is neither final nor under review this long after the faults have ended is stuck.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PointLimit = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan WorkLimit = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, long> faults = [];
    private readonly SortedSet<string> violations = [];
    private int kills;
    private TimeSpan longestWait;

    /// <param name="steps">Taken one by one, when its turn comes: several runs may share them.</param>
    public static async Task<RunResult> RunAsync(IEnumerable<KillStep> steps, int seed, Size size, Action<string> say, Func<RunResult, Task>? onCheck = null)
    {
        var clock = Stopwatch.StartNew();
        await using var world = await KillWorld.StartAsync();
        await using var load = await Load.StartAsync(world.Shop, seed, size.Buyers);
        var run = new KillRun(world, load, new Random(seed), size, say);
        await run.TroubleAsync(seed);
        // Held after the last check: what is reported is what was checked.
        IDisposable? held = null;
        var done = 0;
        foreach (var step in steps)
        {
            if (held is not null)
            {
                held.Dispose();
                held = null;
                await run.TroubleAsync(seed);
            }

            await run.DoAsync(step);
            if (++done % size.CheckEvery != 0) continue;
            held = await run.RestAndCheckAsync();
            if (onCheck is not null) await onCheck(run.Result(clock.Elapsed));
        }

        if (held is null) await run.RestAndCheckAsync();
        return run.Result(clock.Elapsed);
    }

    private RunResult Result(TimeSpan elapsed) => new()
    {
        Runs = kills,
        Operations = load.Operations,
        Faults = new SortedDictionary<string, long>(faults),
        Violations = violations.Count,
        Details = [.. violations],
        Seconds = elapsed.TotalSeconds,
        Counts = new SortedDictionary<string, long>
        {
            ["payments_acknowledged"] = load.Requests.Count(request => request.Kind == RequestKind.Pay && request.Answers.Any(answer => answer.Id is not null)),
            ["refunds_acknowledged"] = load.Requests.Count(request => request.Kind == RequestKind.Refund && request.Answers.Any(answer => answer.Id is not null)),
            ["longest_wait_ms"] = (long)longestWait.TotalMilliseconds,
        },
    };

    private async Task DoAsync(KillStep step)
    {
        switch (step)
        {
            case KillStep.ApiAt(var point):
                await KillApiAtAsync(point);
                break;
            case KillStep.ApiAnytime:
                await AliveAsync();
                await WorkAsync();
                await world.Api.KillAsync();
                break;
            case KillStep.Sandbox:
                await AliveAsync();
                await WorkAsync();
                await world.Sandbox.KillAsync();
                await Task.Delay(random.Next(0, 400));
                await world.StartSandboxAsync();
                break;
            case KillStep.Postgres:
                await AliveAsync();
                await WorkAsync();
                await world.Database.KillAsync();
                await world.Database.RestartAsync();
                break;
            case KillStep.Break(var ofDatabase, var state):
                await AliveAsync();
                await WorkAsync();
                var link = ofDatabase ? world.DatabaseLink : world.ProviderLink;
                link.State = state;
                await Task.Delay(random.Next(300, 1500));
                link.State = LinkState.Whole;
                break;
        }

        if (step.IsKill) kills++;
        faults[step.Kind] = faults.GetValueOrDefault(step.Kind) + 1;
        say($"{kills} kills; {step.Kind}; {load.Operations} operations");
    }

    private async Task KillApiAtAsync(FaultPoint point)
    {
        await world.Api.DisposeAsync();
        load.Focus = point.Name.Split('.')[0] switch { "refund" or "refund_resolver" => Focus.Refund, "cancel" => Focus.Cancel, _ => null };
        await world.StartApiAsync(point, random.Next(1, size.Hits + 1));
        try
        {
            await world.Api.WaitForEndAsync().WaitAsync(PointLimit);
            if (world.Api.KilledAt != point.Name) Note($"The API ended by itself before {point.Name}: {world.Api.LastWords}");
        }
        catch (TimeoutException)
        {
            Note($"{point.Name} was not reached within {PointLimit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Lets the buyers get something done, so that what comes next comes in the middle of it.</summary>
    private async Task WorkAsync()
    {
        var enough = load.Operations + (size.Buyers * random.Next(4, 10));
        for (var patience = Stopwatch.StartNew(); load.Operations < enough && patience.Elapsed < WorkLimit;) await Task.Delay(10);
        await Task.Delay(random.Next(0, 50));
    }

    /// <summary>An API that is not about to kill itself, and that nothing but us has ended.</summary>
    private async Task AliveAsync()
    {
        if (!world.Api.HasEnded) return;
        await world.Api.DisposeAsync();
        await world.StartApiAsync();
    }

    /// <returns>Holds the load until it is disposed.</returns>
    private async Task<IDisposable> RestAndCheckAsync()
    {
        // A fresh instance: one that waits for a point would die of the rest.
        await world.Api.DisposeAsync();
        await world.StartApiAsync();
        foreach (var (kind, hits) in await world.Shop.EndTroubleAsync()) faults[kind] = faults.GetValueOrDefault(kind) + hits;
        var hold = await load.PauseAsync();
        var (waited, quiet) = await world.WaitForQuietAsync(StuckAfter);
        longestWait = waited > longestWait ? waited : longestWait;
        if (!quiet) Note($"Not quiet {StuckAfter.TotalSeconds:0} s after the last fault.");
        if (world.Api.HasEnded) Note($"The API has ended by itself: {world.Api.LastWords}");
        if (world.Sandbox.HasEnded) Note($"The sandbox has ended by itself: {world.Sandbox.LastWords}");
        var seen = await world.ObserveAsync(load.Requests) with { Quotes = load.Quotes };
        foreach (var violation in Checker.Check(seen)) Note(violation.ToString());
        say($"checked {seen.Payments.Count} payments, {seen.Refunds.Count} refunds, {seen.Executions.Count} executions after {waited.TotalSeconds:0.0} s: {violations.Count} violations");
        return hold;
    }

    /// <summary>Providers that now and then fail, so that there is something to inquire about.</summary>
    private async Task TroubleAsync(int seed)
    {
        (string Provider, string[] Operations)[] money =
        [
            ("worldfirst", ["createTransfer", "inquiryTransfer", "refund", "inquiryRefund"]),
            ("alipay", ["pay", "inquiryPayment", "refund", "inquiryRefund"]),
            ("card", ["payment_intents.create", "refunds.create"]),
        ];
        foreach (var (provider, operations) in money)
        {
            foreach (var operation in operations)
            {
                foreach (var (kind, delay) in new (string, int?)[] { ("error_before", null), ("error_after", null), ("cut_body", null), ("timeout_after", 200), ("timeout_before", 200), ("delay", 150) })
                {
                    var fault = new JsonObject
                    {
                        ["fault"] = kind,
                        ["times"] = 1_000_000,
                        ["probability"] = size.Trouble,
                        ["seed"] = seed,
                        ["scope"] = new JsonObject { ["provider"] = provider, ["operation"] = operation },
                    };
                    if (delay is { } ms) fault["delay_ms"] = ms;
                    await world.Shop.ScriptAsync(fault);
                }
            }
        }
    }

    private void Note(string violation)
    {
        if (violations.Add(violation)) say($"VIOLATION {violation}");
    }
}
