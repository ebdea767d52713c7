using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>
/// <c>kill --rounds N</c> for a mixture of N kills; <c>kill --each N --points payments|refunds|rest|all|name,name…</c> for N at each of the points;
/// <c>kill --postgres N</c> for N kills of PostgreSQL. <c>--json file</c>, <c>--seed S</c>, <c>--check-every N</c>.
/// </summary>
internal static class KillCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "rounds", "each", "points", "postgres", "seed", "check-every", "json");
        var kinds = new[] { "rounds", "each", "postgres" }.Where(line.Has).ToList();
        if (kinds.Count > 1) throw new UsageException($"One of {string.Join(" and ", kinds.Select(kind => $"--{kind}"))}, not both.");
        if (line.Has("points") && !line.Has("each")) throw new UsageException("--points says where --each is; give --each too.");
        var steps = kinds.FirstOrDefault() switch
        {
            "each" => KillStep.AtEach(Points(line), line.Count("each", 1)),
            "postgres" => Enumerable.Repeat<KillStep>(new KillStep.Postgres(), line.Count("postgres", 20)),
            _ => KillStep.Mixed(line.Count("rounds", 200)),
        };
        var seed = (int)Math.Min(line.Number("seed", 1), int.MaxValue);
        var file = line.Output("json");
        var result = await KillRun.RunAsync(
            [.. steps], seed, KillRun.Size.Full with { CheckEvery = line.Count("check-every", KillRun.Size.Full.CheckEvery) }, text => Console.Error.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss} {text}"),
            // Written after each check: a run that is ended has its result so far.
            so => so.SaveAsync(file));
        await result.WriteAsync(file);
        return result.Violations == 0 ? 0 : 1;
    }

    private static IReadOnlyList<FaultPoint> Points(CommandLine line) => line.Text("points") switch
    {
        null or "all" => FaultPoint.All,
        "payments" => FaultPoint.OfPayments,
        "refunds" => FaultPoint.OfRefunds,
        "rest" => FaultPoint.OfTheRest,
        _ => [.. line.List("points")!.Select(FaultPoint.Of)],
    };
}
