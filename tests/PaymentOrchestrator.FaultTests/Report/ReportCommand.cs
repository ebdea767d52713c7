using System.Globalization;
using System.Text;
using System.Text.Json;
using PaymentOrchestrator.FaultTests.Mutants;
using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.Report;

/// <summary>
/// <c>report --simulate file,… --kill file,… --mutants file</c> writes <c>deploy/reports/faults.md</c>, or <c>--to</c> elsewhere; a long run may lie in several files, one for
/// each part of it. <c>--ci folder</c> adds the results of <c>ci</c>.
/// </summary>
internal static class ReportCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "simulate", "kill", "mutants", "ci", "to");
        var text = new StringBuilder();
        text.Append("# Faults\n\nMade by `dotnet run -c Release --project tests/PaymentOrchestrator.FaultTests -- report` from the results of the runs below.\n");
        if (line.List("simulate") is { } seeds) AppendSeeds(text, "Simulation", await ReadAsync(seeds));
        if (line.List("kill") is { } kills) AppendKills(text, "Kills", RunResult.Merge(await ReadAsync(kills)));
        if (line.Text("mutants") is { } mutants) AppendMutants(text, "Mutants", await HuntAsync(mutants));
        if (line.Text("ci") is { } folder)
        {
            text.Append("\n# In continuous integration\n\n`-- ci`, the form for every change.\n");
            AppendSeeds(text, "Seeds", await ReadAsync([Path.Combine(folder, "simulate.json")]));
            AppendKills(text, "Kills at each point", RunResult.Merge(await ReadAsync([Path.Combine(folder, "kill.json")])));
            AppendMutants(text, "Mutants, by the seeds that are known", await HuntAsync(Path.Combine(folder, "mutants.json")));
        }

        var to = line.Output("to") ?? Path.Combine(MutantSource.Root(), "deploy", "reports", "faults.md");
        await File.WriteAllTextAsync(to, text.ToString());
        Console.WriteLine(to);
        return 0;
    }

    private static async Task<IReadOnlyList<RunResult>> ReadAsync(IReadOnlyList<string> files)
    {
        var runs = new List<RunResult>();
        foreach (var file in files) runs.Add(await RunResult.ReadAsync(Existing(file)));
        return runs;
    }

    private static async Task<HuntResult> HuntAsync(string file) =>
        JsonSerializer.Deserialize(await File.ReadAllTextAsync(Existing(file)), HuntJson.Default.HuntResult) ?? throw new InvalidDataException($"{file} holds no result.");

    private static string Existing(string file) => File.Exists(file) ? file : throw new UsageException($"There is no file {file}.");

    private static void AppendSeeds(StringBuilder text, string title, IReadOnlyList<RunResult> runs)
    {
        var run = RunResult.Merge(runs);
        // Ranges that follow each other are one.
        var ranges = new List<(long From, long To)>();
        foreach (var part in runs.OrderBy(part => part.From))
        {
            var (from, to) = (part.From!.Value, part.From!.Value + part.Runs - 1);
            if (ranges is [.., var last] && from <= last.To) throw new UsageException($"Seed {from} is counted twice.");
            if (ranges is [.., var before] && from == before.To + 1) ranges[^1] = (before.From, to);
            else ranges.Add((from, to));
        }

        AppendHead(text, title, run, "seeds", string.Join(", ", ranges.Select(range => $"{range.From}–{range.To}")));
        AppendTable(text, "fault", run.Faults);
        AppendDetails(text, run);
    }

    private static void AppendKills(StringBuilder text, string title, RunResult run)
    {
        AppendHead(text, title, run, "kills", "");
        if (run.Counts.Count > 0) text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", run.Counts.Select(count => $"{count.Key.Replace('_', ' ')} {count.Value}"))}.\n\n");
        var points = FaultPoint.All.Where(point => run.Faults.ContainsKey(point.Name)).Select(point => KeyValuePair.Create(point.Name, run.Faults[point.Name])).ToList();
        if (points.Count > 0) AppendTable(text, "killed at", points);
        AppendTable(text, "killed or broken besides, and providers' faults", run.Faults.Where(fault => points.All(point => point.Key != fault.Key)));
        AppendDetails(text, run);
    }

    private static void AppendMutants(StringBuilder text, string title, HuntResult hunt)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{hunt.Fates.Count(fate => fate.KilledBy is not null)} of {hunt.Fates.Count} were killed.\n\n| mutant | defect | killed by |\n|---|---|---|\n");
        foreach (var fate in hunt.Fates) text.Append(CultureInfo.InvariantCulture, $"| `{fate.Name}` | {fate.Defect} | {fate.KilledBy ?? "**lives**"} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\nA seed that fails, again and again: {hunt.Repetition}\n");
    }

    private static void AppendHead(StringBuilder text, string title, RunResult run, string unit, string which) =>
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{run.Runs} {unit}{(which.Length > 0 ? $" ({which})" : "")}, {run.Operations} operations, {run.Seconds:0} s, **{run.Violations} violations**.\n\n");

    private static void AppendTable(StringBuilder text, string what, IEnumerable<KeyValuePair<string, long>> counts)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {what} | times |\n|---|---|\n");
        foreach (var (kind, times) in counts.Where(count => count.Value > 0)) text.Append(CultureInfo.InvariantCulture, $"| {kind} | {times} |\n");
        text.Append('\n');
    }

    private static void AppendDetails(StringBuilder text, RunResult run)
    {
        foreach (var detail in run.Details) text.Append(CultureInfo.InvariantCulture, $"```\n{detail}\n```\n\n");
    }
}
