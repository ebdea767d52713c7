using PaymentOrchestrator.FaultTests.Points;
using Xunit;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>The shipped parts as processes, killed where it hurts. The small form; <c>kill --rounds 200</c> is the long one.</summary>
public sealed class KillTests
{
    private const int KillsPerPoint = 3;

    /// <summary>Two halves side by side, each with a world of its own: a process spends most of its life starting, on one core.</summary>
    [Fact(Explicit = true)]
    public async Task Killed_three_times_at_each_named_point_nothing_is_lost_doubled_or_stuck()
    {
        var halves = Enumerable.Range(0, 2).Select(half => KillStep.AtEach(FaultPoint.All.Where((_, index) => index % 2 == half), KillsPerPoint).ToList()).ToList();
        var runs = await Task.WhenAll(halves.Select((steps, half) => KillRun.RunAsync(steps, seed: half, KillRun.Size.Small, Say)));
        // A point that is not reached any more, because a statement was rewritten, is among the violations.
        Assert.Empty(runs.SelectMany(run => run.Details));
        Assert.Equal(FaultPoint.All.Count * KillsPerPoint, runs.Sum(run => run.Runs));
        Assert.All(FaultPoint.All, point => Assert.Contains(runs, run => run.Faults.GetValueOrDefault(point.Name) == KillsPerPoint));
        Assert.All(runs, run => Assert.True(run.Counts["payments_acknowledged"] > 0));
    }

    [Fact(Explicit = true)]
    public async Task Neither_a_dead_database_nor_dead_providers_nor_broken_links_lose_or_double_anything()
    {
        KillStep[] steps =
        [
            new KillStep.Postgres(), new KillStep.Break(OfDatabase: true, World.LinkState.Cut), new KillStep.Sandbox(), new KillStep.Break(OfDatabase: false, World.LinkState.Stalled),
            new KillStep.ApiAnytime(), new KillStep.Break(OfDatabase: true, World.LinkState.Slow), new KillStep.Postgres(),
        ];
        var run = await KillRun.RunAsync(steps, seed: 7, KillRun.Size.Small, Say);
        Assert.Empty(run.Details);
        Assert.Equal(steps.Count(step => step.IsKill), run.Runs);
        Assert.True(run.Counts["payments_acknowledged"] > 0);
    }

    private static void Say(string text) => TestContext.Current.SendDiagnosticMessage(text);
}
