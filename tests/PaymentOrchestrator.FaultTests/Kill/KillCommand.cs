using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>
/// <c>kill --rounds N</c> for a mixture of N kills; <c>kill --each N --points payments|refunds|all|name,name…</c> for N at each of the points;
/// <c>kill --postgres N</c> for N kills of PostgreSQL. <c>--json file</c>, <c>--seed S</c>.
/// </summary>
internal static class KillCommand
{
    public static async Task<int> RunAsync(CommandLine line)
    {
        IReadOnlyList<KillStep> steps = line switch
        {
            _ when line.Text("each") is not null => [.. KillStep.AtEach(Points(line), line.Number("each", 1))],
            _ when line.Text("postgres") is not null => [.. Enumerable.Repeat<KillStep>(new KillStep.Postgres(), line.Number("postgres", 20))],
            _ => [.. KillStep.Mixed(line.Number("rounds", 200))],
        };
        var seed = line.Number("seed", 1);
        var result = await KillRun.RunAsync(
            steps, seed, KillRun.Size.Full with { CheckEvery = line.Number("check-every", KillRun.Size.Full.CheckEvery) }, text => Console.Error.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss} {text}"),
            // Written after each check: a run that is ended has its result so far.
            so => so.SaveAsync(line.Text("json")));
        await result.WriteAsync(line.Text("json"));
        return result.Violations == 0 ? 0 : 1;
    }

    private static IEnumerable<FaultPoint> Points(CommandLine line) => line.Text("points") switch
    {
        null or "all" => FaultPoint.All,
        "payments" => FaultPoint.OfPayments,
        "refunds" => FaultPoint.OfRefunds,
        _ => line.List("points")!.Select(FaultPoint.Of),
    };
}
