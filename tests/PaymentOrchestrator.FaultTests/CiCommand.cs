using System.Collections.Concurrent;
using System.Diagnostics;
using PaymentOrchestrator.FaultTests.Kill;
using PaymentOrchestrator.FaultTests.Mutants;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.Simulation;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests;

/// <summary>
/// <c>ci</c>: what every change has to pass. A hundred seeds, three kills at each named point, some of what is around them, and every mutant. Three lanes side by side, which
/// together fill two cores: seeds in one, mutants in one, kills in one, and whoever is done with the first two helps with the kills. <c>--results folder</c> keeps what the report is made of, <c>--mutants folder</c> names the
/// copy with the mutants where <c>mutants --build</c> has made it before.
/// </summary>
internal static class CiCommand
{
    private const int Seeds = 100;
    private const int FaultKinds = 8;
    private const int KillsPerPoint = 3;

    private static readonly KillStep[] Around =
    [
        new KillStep.Postgres(), new KillStep.Break(OfDatabase: true, LinkState.Cut), new KillStep.Sandbox(), new KillStep.Break(OfDatabase: false, LinkState.Stalled),
        new KillStep.ApiAnytime(), new KillStep.Break(OfDatabase: true, LinkState.Slow), new KillStep.Postgres(),
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "results", "mutants");
        var results = line.Text("results");
        if (results is not null && !Directory.Exists(results)) throw new UsageException($"--results {results}: there is no such folder.");
        // Building is no part of running: the seeds, too, are built before.
        using var mutants = line.Text("mutants") is { } built ? MutantSource.Of(built) : await MutantSource.BuildAsync(Mutant.All);
        var clock = Stopwatch.StartNew();
        void Say(string text) => Console.WriteLine($"{clock.Elapsed.TotalSeconds,4:0} s  {text}");
        string? File(string name) => results is null ? null : Path.Combine(results, $"{name}.json");

        KillStep[] steps = [.. KillStep.AtEach(FaultPoint.All, KillsPerPoint), .. Around];
        var queue = new ConcurrentQueue<KillStep>(steps);
        async Task<RunResult> KillAsync(int lane)
        {
            var run = await KillRun.RunAsync(Taken(queue), seed: lane, KillRun.Size.Small, text => Say($"lane {lane}: {text}"));
            Say($"lane {lane}: no kill is left to do");
            return run;
        }

        async Task<(RunResult Seeds, RunResult Kills)> FirstAsync()
        {
            await using var simulator = await Simulator.StartAsync(1);
            var seeds = await simulator.RunAsync(from: 1, Seeds, only: null, stopAtFirst: false, Say);
            return (seeds, await KillAsync(1));
        }

        async Task<(HuntResult Hunt, RunResult Kills)> SecondAsync()
        {
            var hunt = await MutantHunt.RunAsync(Mutant.All, mutants, find: false, Say);
            return (hunt, await KillAsync(2));
        }

        var (first, second, third) = (Task.Run(FirstAsync), Task.Run(SecondAsync), Task.Run(() => KillAsync(3)));
        var (seeds, kills) = ((await first).Seeds, RunResult.Merge([(await first).Kills, (await second).Kills, await third]));
        var hunt = (await second).Hunt;
        await seeds.SaveAsync(File("simulate"));
        await kills.SaveAsync(File("kill"));
        await MutantCommand.SaveAsync(hunt, File("mutants"));

        var complaints = Complaints(seeds, kills, hunt, steps).ToList();
        foreach (var complaint in complaints) Console.WriteLine($"FAILED {complaint}");
        Console.WriteLine($"{seeds.Runs} seeds with {seeds.Faults.Count} kinds of faults, {kills.Runs} kills at {FaultPoint.All.Count} points and around them, {hunt.Fates.Count(fate => fate.KilledBy is not null)} of {hunt.Fates.Count} mutants, {complaints.Count} complaints, {clock.Elapsed.TotalSeconds:0} s");
        return complaints.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Complaints(RunResult seeds, RunResult kills, HuntResult hunt, KillStep[] steps)
    {
        foreach (var detail in seeds.Details.Concat(kills.Details)) yield return detail;
        if (seeds.Runs != Seeds) yield return $"{seeds.Runs} seeds ran.";
        // What does not happen any more tests nothing.
        if (seeds.Faults.Count < FaultKinds) yield return $"Only these faults happened: {string.Join(", ", seeds.Faults.Keys)}.";
        if (kills.Runs != steps.Count(step => step.IsKill)) yield return $"{kills.Runs} kills happened.";
        foreach (var point in FaultPoint.All)
            if (kills.Faults.GetValueOrDefault(point.Name) != KillsPerPoint) yield return $"{kills.Faults.GetValueOrDefault(point.Name)} kills at {point.Name}.";
        if (kills.Counts.GetValueOrDefault("payments_acknowledged") == 0) yield return "No payment was acknowledged while parts were killed.";
        foreach (var fate in hunt.Fates.Where(fate => fate.KilledBy is null)) yield return $"Mutant {fate.Name} lives: {fate.Defect}";
        if (!hunt.Repeats) yield return $"A failing seed does not repeat: {hunt.Repetition}";
    }

    private static IEnumerable<KillStep> Taken(ConcurrentQueue<KillStep> queue)
    {
        while (queue.TryDequeue(out var step)) yield return step;
    }
}
