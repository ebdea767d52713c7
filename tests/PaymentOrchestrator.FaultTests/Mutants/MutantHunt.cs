using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using PaymentOrchestrator.FaultTests.Report;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <param name="KilledBy">The test and what it reported; null for a mutant that lives.</param>
/// <param name="Seed">The seed that reported it; null for a kill.</param>
internal sealed record MutantFate(string Name, string Defect, string? KilledBy, long? Seed = null);

/// <param name="Repetition">What came of running a seed that fails again and again.</param>
/// <param name="Repeats">Whether it failed each time, in the same course.</param>
internal sealed record HuntResult(IReadOnlyList<MutantFate> Fates, string Repetition, bool Repeats);

/// <summary>Lets each mutant loose on the simulation or the kill harness of a copy of the source, and sees who reports it.</summary>
internal static class MutantHunt
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <param name="source">The copy; all patches are in it, whichever are hunted, so that one that does not fit any more is always noticed.</param>
    /// <param name="find">Whether seeds are hunted for from the first one on, whatever is known.</param>
    public static async Task<HuntResult> RunAsync(IReadOnlyList<Mutant> mutants, MutantSource source, bool find, Action<string> say)
    {
        var simulated = LooseAsync(source, [.. mutants.Where(mutant => mutant.Hunt == Hunt.Simulation)], find);
        var killed = new List<MutantFate>();
        foreach (var mutant in mutants.Where(mutant => mutant.Hunt == Hunt.Kill)) killed.Add(await KillAsync(source, mutant));
        var (fates, repetition, repeats) = await simulated;
        var all = fates.Concat(killed).ToDictionary(fate => fate.Name);
        var result = new HuntResult([.. mutants.Select(mutant => all[mutant.Name])], repetition, repeats);
        foreach (var fate in result.Fates) say($"{fate.Name}: {fate.KilledBy ?? "LIVES"}");
        say(repetition);
        return result;
    }

    /// <summary>All mutants that a seed can find, in one process.</summary>
    private static async Task<HuntResult> LooseAsync(MutantSource source, IReadOnlyList<Mutant> mutants, bool find)
    {
        if (mutants.Count == 0) return new HuntResult([], "", true);
        var file = NewFile();
        var words = await RunAsync(source, null, ["loose", "--mutants", string.Join(',', mutants.Select(mutant => mutant.Name)), "--find", find ? "true" : "false", "--json", file]);
        return await ReadAsync(file, HuntJson.Default.HuntResult, words);
    }

    private static async Task<MutantFate> KillAsync(MutantSource source, Mutant mutant)
    {
        var file = NewFile();
        // An outcome that is still unknown has no event that could be lost: not every kill shows it.
        var words = await RunAsync(source, mutant.Name, ["kill", "--each", "3", "--points", mutant.Point!, "--json", file]);
        var result = await ReadAsync(file, ResultJson.Default.RunResult, words);
        var kinds = result.Details.Select(detail => detail.Split(':')[0]).Distinct().Take(3);
        return new MutantFate(mutant.Name, mutant.Defect, result.Violations == 0 ? null : $"kill at {mutant.Point}: {string.Join(", ", kinds)}");
    }

    private static string NewFile() => Path.Combine(Path.GetTempPath(), $"po-mutant-{Guid.NewGuid():N}.json");

    private static async Task<T> ReadAsync<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string words)
    {
        if (!File.Exists(file)) throw new InvalidOperationException($"The hunt ended without a result: {words}");
        var read = JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), type);
        File.Delete(file);
        return read ?? throw new InvalidDataException("The hunt's result is empty.");
    }

    /// <returns>What it said.</returns>
    private static async Task<string> RunAsync(MutantSource source, string? mutant, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(source.Program)) start.ArgumentList.Add(argument);
        start.Environment[Mutant.Variable] = mutant;
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        return $"{await output}{await errors}";
    }
}

/// <summary><c>mutants</c>; <c>--only name,name</c>, <c>--find true</c> to hunt for seeds anew, <c>--json file</c>. Fails if one lives. <c>--build folder</c> makes the copy that <c>ci</c> takes, and hunts nothing.</summary>
internal static class MutantCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "only", "find", "json", "build");
        var file = line.Output("json");
        if (line.Text("build") is { } folder)
        {
            using var built = await MutantSource.BuildAsync(Mutant.All, folder);
            return 0;
        }

        var mutants = Mutant.Of(line.List("only"));
        var clock = Stopwatch.StartNew();
        using var source = await MutantSource.BuildAsync(Mutant.All);
        var result = await MutantHunt.RunAsync(mutants, source, line.Flag("find"), text => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {text}"));
        await SaveAsync(result, file);
        return result.Repeats && result.Fates.All(fate => fate.KilledBy is not null) ? 0 : 1;
    }

    public static async Task SaveAsync(HuntResult result, string? file)
    {
        if (file is not null) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(result, HuntJson.Default.HuntResult) + "\n");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HuntResult))]
internal sealed partial class HuntJson : JsonSerializerContext;
