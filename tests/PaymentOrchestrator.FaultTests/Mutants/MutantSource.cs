using System.Diagnostics;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <summary>
/// A copy of this very program in which the patched parts are built from a copy of their source, with every mutant in it; which one lives is told by the environment. What is not
/// patched is as it is here: the judges are the same.
/// </summary>
internal sealed class MutantSource : IDisposable
{
    private const string Built = "src/PaymentOrchestrator.Api/PaymentOrchestrator.Api.csproj";
    private static readonly string[] Parts = ["src/PaymentOrchestrator.Domain", "src/PaymentOrchestrator.Api"];
    private static readonly string[] Files = ["Directory.Build.props", "Directory.Packages.props", "global.json"];
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);

    private readonly string folder;
    private readonly bool kept;

    private MutantSource(string? folder)
    {
        this.folder = Path.GetFullPath(folder ?? Path.Combine(Path.GetTempPath(), $"po-mutants-{Guid.NewGuid():N}"));
        kept = folder is not null;
    }

    /// <summary>The command line of the copy.</summary>
    public string Program => Path.Combine(folder, "program", "PaymentOrchestrator.FaultTests.dll");

    /// <summary>One that was built before, and stays.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static MutantSource Of(string folder)
    {
        var source = new MutantSource(folder);
        return File.Exists(source.Program) ? source : throw new UsageException($"{source.Program} is missing: mutants --build {folder} makes it.");
    }

    /// <param name="mutants">All that are in it.</param>
    /// <param name="into">A folder to keep it in; null for one that goes with the result.</param>
    /// <exception cref="InvalidOperationException">A patch does not fit the source any more, or the copy cannot be built.</exception>
    public static async Task<MutantSource> BuildAsync(IReadOnlyList<Mutant> mutants, string? into = null)
    {
        var copy = new MutantSource(into);
        try
        {
            if (Directory.Exists(copy.folder)) Directory.Delete(copy.folder, recursive: true);
            var root = Root();
            foreach (var part in Parts) Copy(Path.Combine(root, part), Path.Combine(copy.folder, part));
            foreach (var file in Files) File.Copy(Path.Combine(root, file), Path.Combine(copy.folder, file));
            await File.WriteAllTextAsync(Path.Combine(copy.folder, "src/PaymentOrchestrator.Domain/Mutants.cs"), Mutant.Switch);
            foreach (var mutant in mutants)
                foreach (var patch in mutant.Patches) Apply(mutant.Name, patch, Path.Combine(copy.folder, "src", patch.File));
            await copy.CompileAsync();
            Copy(AppContext.BaseDirectory, Path.Combine(copy.folder, "program"));
            foreach (var part in Parts)
            {
                var assembly = $"{Path.GetFileName(part)}.dll";
                File.Copy(Path.Combine(copy.folder, "built", assembly), Path.Combine(copy.folder, "program", assembly), overwrite: true);
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Where the source of this very build lies.</summary>
    public static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "PaymentOrchestrator.sln"))) return folder;
        throw new InvalidOperationException("The source is not above the program: mutants are made of it.");
    }

    public void Dispose()
    {
        if (!kept && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Several mutants may change one line: a later patch looks for what the ones before have left of it.</summary>
    private static void Apply(string name, Patch patch, string file)
    {
        var text = File.ReadAllText(file);
        var search = patch.Search.ReplaceLineEndings("\n");
        var at = text.IndexOf(search, StringComparison.Ordinal);
        // The last one: earlier patches put their own copies before the sound line.
        var last = text.LastIndexOf(search, StringComparison.Ordinal);
        if (at < 0) throw new InvalidOperationException($"Mutant {name}: {patch.File} has no \"{search}\" any more. Mend the mutant.");
        File.WriteAllText(file, text[..last] + patch.Replacement + text[(last + search.Length)..]);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            if (Path.GetFileName(folder) is not ("bin" or "obj")) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private async Task CompileAsync()
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Mutants are not written to be nice to read.
        foreach (var argument in new[] { "build", Built, "-c", "Release", "-o", "built", "-v", "q", "-clp:NoSummary", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:WarningLevel=0" })
            start.ArgumentList.Add(argument);
        // A build that runs inside a test must not take the outer one's settings for its own.
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || key == "CI").ToList()) start.Environment.Remove(variable);
        using var build = Process.Start(start)!;
        var (output, errors) = (build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        await build.WaitForExitAsync().WaitAsync(BuildLimit);
        if (build.ExitCode != 0) throw new InvalidOperationException($"The copy with the mutants cannot be built: {await output}{await errors}");
    }
}
