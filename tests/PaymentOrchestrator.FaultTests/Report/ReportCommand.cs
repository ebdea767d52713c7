using System.Globalization;
using System.Text;
using System.Text.Json;
using PaymentOrchestrator.FaultTests.Mutants;

namespace PaymentOrchestrator.FaultTests.Report;

/// <summary><c>report --simulate file,… --kill file,… --mutants file</c> writes <c>deploy/reports/faults.md</c>, or <c>--to</c> elsewhere.</summary>
internal static class ReportCommand
{
    public static async Task<int> RunAsync(CommandLine line)
    {
        var text = new StringBuilder();
        text.Append("# Faults\n\nMade by `dotnet run -c Release --project tests/PaymentOrchestrator.FaultTests -- report` from the results of the runs below.\n");
        foreach (var (name, unit, what) in new[] { ("simulate", "seeds", "Simulation"), ("kill", "kills", "Kills") })
        {
            foreach (var file in line.List(name) ?? []) Append(text, $"{what}: {Path.GetFileNameWithoutExtension(file)}", unit, await RunResult.ReadAsync(file));
        }

        if (line.Text("mutants") is { } mutants)
        {
            var (fates, repetition) = JsonSerializer.Deserialize(await File.ReadAllTextAsync(mutants), FateJson.Default.HuntResult) ?? throw new InvalidDataException($"{mutants} holds no result.");
            text.Append(CultureInfo.InvariantCulture, $"\n## Mutants\n\n{fates.Count(fate => fate.KilledBy is not null)} of {fates.Count} were killed.\n\n| mutant | defect | killed by |\n|---|---|---|\n");
            foreach (var fate in fates) text.Append(CultureInfo.InvariantCulture, $"| `{fate.Name}` | {fate.Defect} | {fate.KilledBy ?? "**lives**"} |\n");
            text.Append(CultureInfo.InvariantCulture, $"\nA seed that fails, again and again: {repetition}\n");
        }

        var to = line.Text("to") ?? Path.Combine(MutantSource.Root(), "deploy", "reports", "faults.md");
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        await File.WriteAllTextAsync(to, text.ToString());
        Console.WriteLine(to);
        return 0;
    }

    private static void Append(StringBuilder text, string title, string unit, RunResult run)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{run.Runs} {unit}{(run.From is { } from ? $" from {from}" : "")}, {run.Operations} operations, {run.Seconds:0} s, **{run.Violations} violations**.\n\n");
        if (run.Counts.Count > 0) text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", run.Counts.Select(count => $"{count.Key.Replace('_', ' ')} {count.Value}"))}.\n\n");
        text.Append("| fault | times |\n|---|---|\n");
        foreach (var (kind, times) in run.Faults.Where(fault => fault.Value > 0)) text.Append(CultureInfo.InvariantCulture, $"| {kind} | {times} |\n");
        foreach (var detail in run.Details) text.Append(CultureInfo.InvariantCulture, $"\n```\n{detail}\n```\n");
    }
}
