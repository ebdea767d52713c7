using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>The API as it ships: published for release, as its image's Dockerfile does.</summary>
internal static class PublishedApi
{
    /// <summary>The command that runs it.</summary>
    /// <param name="folder">Where it was published already; null to publish it now.</param>
    public static async Task<IReadOnlyList<string>> FindAsync(string? folder)
    {
        var root = Root();
        var target = folder ?? Path.Combine(root, "artifacts", "benchmarks", "api");
        if (folder is null)
        {
            Console.WriteLine("Publishing the API …");
            // Restored for all runtimes that the lock file names, published for this one.
            await RunAsync(root, ["restore", "src/PaymentOrchestrator.Api", "-p:PublishReadyToRun=true", "-v", "quiet"]);
            await RunAsync(root,
            [
                "publish", "src/PaymentOrchestrator.Api", "--no-restore", "-c", "Release", "-r", $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}", "--self-contained", "false",
                "-p:PublishReadyToRun=true", "-p:UseAppHost=false", "--nologo", "-v", "quiet", "-o", target,
            ]);
        }

        var program = Path.GetFullPath(Path.Combine(target, "PaymentOrchestrator.Api"));
        // One that brings its own runtime has a program beside its assembly.
        if (File.Exists(program)) return [program];
        var assembly = program + ".dll";
        return File.Exists(assembly) ? ["dotnet", assembly] : throw new InvalidOperationException($"{assembly} is missing.");
    }

    private static async Task RunAsync(string root, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var dotnet = Process.Start(start)!;
        var output = await dotnet.StandardOutput.ReadToEndAsync();
        await dotnet.WaitForExitAsync();
        if (dotnet.ExitCode != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{output}");
    }

    /// <summary>The repository's folder.</summary>
    public static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "PaymentOrchestrator.sln"))) root = root.Parent;
        return root?.FullName ?? throw new InvalidOperationException("The benchmarks are run from the repository: PaymentOrchestrator.sln was not found above them.");
    }
}
