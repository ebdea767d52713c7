using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>Runs ranges of seeds, on as many worlds side by side as are asked for.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    /// <summary>A server to use in place of our own: as for the API's tests.</summary>
    private const string ServerVariable = "PO_TEST_POSTGRES";

    private const int ShrinkBudget = 150;

    private readonly Watch watch = new(Scheduler.Reach);
    private readonly List<SimWorld> worlds = [];
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"po-sim-server-{Guid.NewGuid():N}");
    private Database? own;

    private Simulator() { }

    /// <summary>The first one, for whoever needs no scheduler.</summary>
    public SimWorld World => worlds[0];

    public static async Task<Simulator> StartAsync(int worlds)
    {
        // Whoever stands at a landmark holds a thread.
        ThreadPool.SetMinThreads(64 * worlds, 64);
        var simulation = new Simulator();
        try
        {
            var server = Environment.GetEnvironmentVariable(ServerVariable);
            if (string.IsNullOrEmpty(server))
            {
                simulation.own = await Database.StartAsync(simulation.folder, durable: false);
                server = simulation.own.ConnectionString("postgres");
            }

            for (var i = 0; i < worlds; i++) simulation.worlds.Add(await SimWorld.StartAsync(server, simulation.watch));
            return simulation;
        }
        catch
        {
            await simulation.DisposeAsync();
            throw;
        }
    }

    /// <param name="only">The acts of the programme that are run; null for all.</param>
    /// <param name="stopAtFirst">Whether the first seed that fails is enough.</param>
    public async Task<RunResult> RunAsync(long from, int seeds, IReadOnlySet<int>? only, bool stopAtFirst, Action<string> say)
    {
        var clock = Stopwatch.StartNew();
        var queue = new ConcurrentQueue<long>(Enumerable.Range(0, seeds).Select(i => from + i));
        var faults = new ConcurrentDictionary<string, long>();
        var details = new ConcurrentQueue<string>();
        var (done, operations, violations) = (0, 0L, 0);
        await Task.WhenAll(worlds.Select(async world =>
        {
            while (queue.TryDequeue(out var seed))
            {
                var programme = Programme.Of(seed);
                if (only is not null) programme = programme.Only(only);
                var outcome = await SeedRun.RunAsync(world, programme);
                Interlocked.Add(ref operations, outcome.Operations);
                foreach (var (kind, times) in outcome.Faults) faults.AddOrUpdate(kind, times, (_, so) => so + times);
                if (outcome.Violations.Count > 0)
                {
                    Interlocked.Add(ref violations, outcome.Violations.Count);
                    details.Enqueue(await TellAsync(world, programme, outcome, shrink: only is null && !stopAtFirst));
                    say(details.Last());
                    if (stopAtFirst) queue.Clear();
                }

                if (Interlocked.Increment(ref done) % 100 == 0) say($"{done} seeds, {operations} operations, {violations} violations, {clock.Elapsed.TotalSeconds:0} s");
            }
        }));
        foreach (var broken in await Task.WhenAll(worlds.Select(ProofAsync)))
        {
            if (broken is null) continue;
            violations++;
            details.Enqueue(broken);
        }

        return new RunResult
        {
            Runs = done,
            Operations = operations,
            Faults = new SortedDictionary<string, long>(faults.Where(fault => fault.Value > 0).ToDictionary(), StringComparer.Ordinal),
            Violations = violations,
            Details = [.. details],
            Seconds = clock.Elapsed.TotalSeconds,
            From = from,
        };
    }

    /// <summary>The same seed again and again: how many different courses it took, how often it failed, and where two courses part.</summary>
    public async Task<(int Courses, int Failures, string? Parting)> RepeatAsync(Programme programme, int times)
    {
        var courses = new Dictionary<string, IReadOnlyList<string>>();
        var failures = 0;
        for (var i = 0; i < times; i++)
        {
            var outcome = await SeedRun.RunAsync(worlds[i % worlds.Count], programme);
            courses.TryAdd(Digest(outcome.Trace), outcome.Trace);
            if (outcome.Violations.Count > 0) failures++;
        }

        return (courses.Count, failures, courses.Values.ToList() is [var one, var other, ..] ? Parting(one, other) : null);
    }

    private static string Parting(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var step = Enumerable.Range(0, Math.Min(one.Count, other.Count)).TakeWhile(i => one[i] == other[i]).Count();
        return $"step {step}: {one.ElementAtOrDefault(step) ?? "the end"} | {other.ElementAtOrDefault(step) ?? "the end"}";
    }

    public Task<SeedOutcome> RunAsync(Programme programme) => SeedRun.RunAsync(worlds[0], programme);

    private static string Digest(IReadOnlyList<string> trace) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', trace))))[..16];

    public async ValueTask DisposeAsync()
    {
        foreach (var world in worlds) await world.DisposeAsync();
        watch.Dispose();
        NpgsqlConnection.ClearAllPools();
        if (own is not null) await own.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> TellAsync(SimWorld world, Programme programme, SeedOutcome outcome, bool shrink)
    {
        var shortest = shrink
            ? await Shrinker.ShrinkAsync(programme, outcome.Violations, async shorter => (await SeedRun.RunAsync(world, shorter)).Violations, ShrinkBudget)
            : programme;
        var last = shrink ? await SeedRun.RunAsync(world, shortest) : outcome;
        var acts = string.Join(',', shortest.Acts.Select(act => act.Number));
        return $"""
            seed {programme.Seed}: {string.Join("; ", outcome.Violations)}
            {string.Join('\n', last.Trace)}
            {string.Join('\n', last.Violations)}
            again: dotnet run -c Release --project tests/PaymentOrchestrator.FaultTests -- simulate --seeds 1 --from {programme.Seed.ToString(CultureInfo.InvariantCulture)} --only {acts}
            """;
    }

    /// <summary>The product's own proof over all that the seeds have left.</summary>
    private static async Task<string?> ProofAsync(SimWorld world)
    {
        var proof = await world.Shops[0].GetAsync("/v1/ledger/proof");
        return proof is { Status: 200 } && proof.Json.GetProperty("violations").GetInt64() == 0 ? null : $"{ViolationKind.ProofReports}: {proof?.Status} {proof?.Text}";
    }
}
