using System.Globalization;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>
/// <c>simulate --seeds N --from S --json file</c>; <c>--worlds W</c> side by side; <c>--only 0,3,5</c> runs these acts of the programme alone; <c>--times T</c>
/// runs each seed T times and fails if it takes different courses; <c>--stop-at-first true</c>; <c>--trace true</c> shows the course of one seed.
/// </summary>
internal static class SimulateCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "seeds", "from", "json", "worlds", "only", "times", "stop-at-first", "trace");
        var seeds = line.Count("seeds", 500);
        var from = line.Number("from", 1);
        var only = line.List("only")?.Select(Number).ToHashSet();
        var file = line.Output("json");
        var (trace, stopAtFirst, times) = (line.Flag("trace"), line.Flag("stop-at-first"), line.Count("times", 20));
        await using var simulation = await Simulator.StartAsync(Math.Min(seeds, line.Count("worlds", Math.Max(1, Environment.ProcessorCount))));
        if (line.Has("times")) return await RepeatAsync(simulation, from, seeds, only, times);
        if (trace)
        {
            var programme = Programme.Of(from);
            foreach (var purchase in programme.Purchases) Console.WriteLine(purchase);
            var outcome = await simulation.RunAsync(only is null ? programme : programme.Only(only));
            foreach (var step in outcome.Trace) Console.WriteLine(step);
            foreach (var violation in outcome.Violations) Console.WriteLine(violation);
            return outcome.Violations.Count == 0 ? 0 : 1;
        }

        var result = await simulation.RunAsync(from, seeds, only, stopAtFirst, Console.Error.WriteLine);
        await result.WriteAsync(file);
        return result.Violations == 0 ? 0 : 1;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"--only is a list of acts by their numbers, such as 0,3,5; \"{text}\" is none.");

    private static async Task<int> RepeatAsync(Simulator simulation, long from, int seeds, IReadOnlySet<int>? only, int times)
    {
        var wavering = 0;
        for (var seed = from; seed < from + seeds; seed++)
        {
            var programme = Programme.Of(seed);
            var (courses, failures, parting) = await simulation.RepeatAsync(only is null ? programme : programme.Only(only), times);
            if (failures > 0) Console.WriteLine($"Seed {seed} failed {failures} times out of {times}.");
            if (courses == 1 && (failures == 0 || failures == times)) continue;
            wavering++;
            Console.WriteLine($"Seed {seed} took {courses} courses in {times} runs; they part at {parting}.");
        }

        Console.WriteLine($"{seeds - wavering} of {seeds} seeds took one course in {times} runs each.");
        return wavering == 0 ? 0 : 1;
    }
}
