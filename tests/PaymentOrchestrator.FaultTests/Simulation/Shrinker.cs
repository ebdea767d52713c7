using PaymentOrchestrator.FaultTests.Checking;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>Looks for the shortest programme that still fails in the same way: acts are left out, half of them at first and at last one by one.</summary>
internal static class Shrinker
{
    /// <param name="run">Runs a programme; what it found.</param>
    /// <param name="budget">How many programmes may be tried.</param>
    public static async Task<Programme> ShrinkAsync(Programme failing, IReadOnlyList<Violation> violations, Func<Programme, Task<IReadOnlyList<Violation>>> run, int budget)
    {
        var kinds = violations.Select(violation => violation.Kind).ToHashSet();
        var acts = failing.Acts.Select(act => act.Number).ToList();
        for (var size = Math.Max(1, acts.Count / 2); ; size = Math.Max(1, size / 2))
        {
            var shorter = false;
            for (var at = 0; at < acts.Count && budget > 0;)
            {
                var candidate = acts.Where((_, index) => index < at || index >= at + size).ToList();
                budget--;
                if (candidate.Count > 0 && (await run(failing.Only(candidate.ToHashSet()))).Any(violation => kinds.Contains(violation.Kind)))
                {
                    acts = candidate;
                    shorter = true;
                }
                else
                {
                    at += size;
                }
            }

            if (budget <= 0 || (size == 1 && !shorter)) return failing.Only(acts.ToHashSet());
        }
    }
}
