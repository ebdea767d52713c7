using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.Simulation;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <summary>
/// <c>loose --mutants name,name --json file</c>, in the copy of the source that has them: one simulated world, and one mutant after the other switched on in it.
/// </summary>
internal static class LooseCommand
{
    private const int Seeds = 300;
    private const int Repetitions = 20;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "mutants", "find", "json");
        var mutants = Mutant.Of(line.List("mutants"));
        var simulator = await Simulator.StartAsync(1);
        try
        {
            var fates = new List<MutantFate>();
            foreach (var mutant in mutants)
            {
                // The seed that is known, and others should it find nothing any more.
                var seeds = Enumerable.Range(1, Seeds).Select(seed => (long)seed);
                if (mutant.Seed is { } known && !line.Flag("find")) seeds = seeds.Prepend(known);
                MutantFate? fate = null;
                foreach (var seed in seeds)
                {
                    try
                    {
                        if (await KindsAsync(simulator, mutant, seed) is not { Count: > 0 } kinds) continue;
                        // What the sound code does as well is no work of the mutant's. A seed that is known was looked at when it was found.
                        if (seed != mutant.Seed && await KindsAsync(simulator, null, seed) is { Count: > 0 } unsound) throw new InvalidOperationException($"Seed {seed} fails without a mutant: {string.Join(", ", unsound)}");
                        fate = new MutantFate(mutant.Name, mutant.Defect, $"simulate, seed {seed}: {string.Join(", ", kinds)}", seed);
                    }
                    catch (TimeoutException)
                    {
                        // It has brought the world to a stand. The next one gets another.
                        await simulator.DisposeAsync();
                        simulator = await Simulator.StartAsync(1);
                        fate = new MutantFate(mutant.Name, mutant.Defect, $"simulate, seed {seed}: does not come to rest");
                    }

                    break;
                }

                fates.Add(fate ?? new MutantFate(mutant.Name, mutant.Defect, null));
            }

            var (repetition, repeats) = await RepeatAsync(simulator, fates);
            await MutantCommand.SaveAsync(new HuntResult(fates, repetition, repeats), line.Output("json"));
            return 0;
        }
        finally
        {
            await simulator.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<ViolationKind>> KindsAsync(Simulator simulator, Mutant? mutant, long seed)
    {
        // What another mutant has left behind is with its buyers.
        simulator.World.TakeNewBuyers();
        Switch(mutant?.Name);
        try
        {
            return [.. (await simulator.RunAsync(Programme.Of(seed))).Violations.Select(violation => violation.Kind).Distinct()];
        }
        finally
        {
            Switch(null);
        }
    }

    /// <summary>A seed that fails must fail each time: with a mutant there is one.</summary>
    private static async Task<(string Words, bool Repeats)> RepeatAsync(Simulator simulator, IReadOnlyList<MutantFate> fates)
    {
        if (fates.FirstOrDefault(fate => fate.Seed is not null) is not { Seed: { } seed } failing) return ("No seed failed.", false);
        Switch(failing.Name);
        var (courses, failures, _) = await simulator.RepeatAsync(Programme.Of(seed), Repetitions);
        Switch(null);
        return ($"{failing.Name}, seed {seed}: failed {failures} times of {Repetitions}, and took {courses} course{(courses == 1 ? "" : "s")}.", courses == 1 && failures == Repetitions);
    }

    private static void Switch(string? mutant) => Environment.SetEnvironmentVariable(Mutant.Variable, mutant);
}
