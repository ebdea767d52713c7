using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <param name="KilledBy">The test and what it reported; null for a mutant that lives.</param>
internal sealed record MutantFate(string Name, string Defect, string? KilledBy);

/// <param name="Repetition">What came of running a seed that fails again and again.</param>
internal sealed record HuntResult(IReadOnlyList<MutantFate> Fates, string Repetition);

/// <summary>Lets each mutant loose on the simulation or the kill harness, and sees who reports it.</summary>
internal static partial class MutantHunt
{
    private const int Seeds = 150;
    private const int AtOnce = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <exception cref="InvalidOperationException">The sound code fails as well, so that a failure would say nothing.</exception>
    public static async Task<HuntResult> RunAsync(IReadOnlyList<Mutant> mutants, Action<string> say)
    {
        // All patches, whichever are hunted: so that one that does not fit any more is always noticed.
        using var source = await MutantSource.BuildAsync(Mutant.All);
        say("built");
        var folder = Path.Combine(Path.GetTempPath(), $"po-mutant-server-{Guid.NewGuid():N}");
        try
        {
            await using var server = await Database.StartAsync(folder, durable: false);
            var connection = server.ConnectionString("postgres");
            if (await RunAsync(source, null, connection, ["simulate", "--seeds", "20", "--from", "1", "--worlds", "1"]) is { } unsound)
                throw new InvalidOperationException($"Without a mutant: {unsound}");
            var fates = new MutantFate[mutants.Count];
            await Parallel.ForEachAsync(Enumerable.Range(0, mutants.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            {
                fates[i] = await HuntAsync(source, mutants[i], connection);
                say($"{fates[i].Name}: {fates[i].KilledBy ?? "LIVES"}");
            });
            return new HuntResult(fates, await RepeatAsync(source, fates, connection));
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<MutantFate> HuntAsync(MutantSource source, Mutant mutant, string connection)
    {
        string[] arguments = mutant.Hunt == Hunt.Kill
            ? ["kill", "--each", "1", "--points", mutant.Point!]
            : ["simulate", "--seeds", Seeds.ToString(CultureInfo.InvariantCulture), "--from", "1", "--worlds", "1", "--stop-at-first", "true"];
        return new MutantFate(mutant.Name, mutant.Defect, await RunAsync(source, mutant.Name, connection, arguments));
    }

    /// <summary>A seed that fails must fail each time: with a mutant there is one.</summary>
    private static async Task<string> RepeatAsync(MutantSource source, IReadOnlyList<MutantFate> fates, string connection)
    {
        var failing = fates.FirstOrDefault(fate => fate.KilledBy is { } by && SeedName().IsMatch(by));
        if (failing is null) return "No seed failed.";
        var start = Start(source, failing.Name, connection, ["simulate", "--seeds", "1", "--from", SeedName().Match(failing.KilledBy!).Value[5..], "--worlds", "1", "--times", "20"]);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        await errors;
        return $"{failing.Name}: {(await output).ReplaceLineEndings(" ").Trim()}";
    }

    private static ProcessStartInfo Start(MutantSource source, string? mutant, string connection, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(source.Program)) start.ArgumentList.Add(argument);
        start.Environment[Mutant.Variable] = mutant;
        start.Environment["PO_TEST_POSTGRES"] = connection;
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    /// <returns>Who reported what; null when nothing was reported.</returns>
    private static async Task<string?> RunAsync(MutantSource source, string? mutant, string connection, IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(Path.GetTempPath(), $"po-mutant-{Guid.NewGuid():N}.json");
        var start = Start(source, mutant, connection, [.. arguments, "--json", file]);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
            if (!File.Exists(file)) return $"{arguments[0]}: ended with {process.ExitCode} and no result: {(await errors).Split('\n').FirstOrDefault(line => line.Length > 0)}";
            var result = await RunResult.ReadAsync(file);
            if (result.Violations == 0) return null;
            var first = result.Details.SelectMany(detail => Violation().Matches(detail).Select(match => match.Value)).Distinct().Take(3);
            var where = result.From is null ? "kill" : $"simulate, {SeedName().Match(string.Join('\n', result.Details)).Value}";
            return $"{where}: {string.Join(", ", first)}";
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
        finally
        {
            await output;
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+(?=: )")]
    private static partial Regex Violation();

    [GeneratedRegex(@"seed \d+")]
    private static partial Regex SeedName();
}

/// <summary><c>mutants</c>; <c>--only name,name</c>, <c>--json file</c>. Fails if one lives.</summary>
internal static class MutantCommand
{
    public static async Task<int> RunAsync(CommandLine line)
    {
        var only = line.List("only");
        var clock = Stopwatch.StartNew();
        var (fates, repetition) = await MutantHunt.RunAsync(
            [.. Mutant.All.Where(mutant => only is null || only.Contains(mutant.Name))], text => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {text}"));
        foreach (var fate in fates) Console.WriteLine($"{fate.Name,-22} {fate.KilledBy ?? "LIVES"}");
        Console.WriteLine(repetition);
        if (line.Text("json") is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new HuntResult(fates, repetition), FateJson.Default.HuntResult) + "\n");
        return fates.All(fate => fate.KilledBy is not null) ? 0 : 1;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HuntResult))]
internal sealed partial class FateJson : JsonSerializerContext;
