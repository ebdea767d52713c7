using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>The API as it ships: published for release, as its image's Dockerfile does.</summary>
internal static class PublishedApi
{
    /// <summary>The assembly to run.</summary>
    /// <param name="folder">Where it was published already; null to publish it now.</param>
    public static async Task<string> FindAsync(string? folder)
    {
        var root = Root();
        var target = folder ?? Path.Combine(root, "artifacts", "benchmarks", "api");
        if (folder is null)
        {
            Console.WriteLine("Publishing the API …");
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root, RedirectStandardOutput = true };
            var runtime = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
            foreach (var argument in (string[])
            [
                "publish", "src/PaymentOrchestrator.Api", "-c", "Release", "-r", runtime, "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:UseAppHost=false",
                "--nologo", "-v", "quiet", "-o", target,
            ]) start.ArgumentList.Add(argument);
            using var publish = Process.Start(start)!;
            var output = await publish.StandardOutput.ReadToEndAsync();
            await publish.WaitForExitAsync();
            if (publish.ExitCode != 0) throw new InvalidOperationException($"The API could not be published:\n{output}");
        }

        var assembly = Path.GetFullPath(Path.Combine(target, "PaymentOrchestrator.Api.dll"));
        return File.Exists(assembly) ? assembly : throw new InvalidOperationException($"{assembly} is missing.");
    }

    /// <summary>The repository's folder.</summary>
    public static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "PaymentOrchestrator.sln"))) root = root.Parent;
        return root?.FullName ?? throw new InvalidOperationException("The benchmarks are run from the repository: PaymentOrchestrator.sln was not found above them.");
    }
}
