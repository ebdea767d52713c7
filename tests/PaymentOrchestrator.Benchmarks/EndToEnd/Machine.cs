using System.Globalization;
using System.Runtime.InteropServices;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>What it was measured on, without which no figure says anything.</summary>
internal static class Machine
{
    public static void Describe(Figures figures, BenchWorld? world, string command)
    {
        figures.Add("command", command);
        figures.Add("at", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));
        figures.Add("cpu", Line("/proc/cpuinfo", "model name"));
        figures.Add("cores", Environment.ProcessorCount);
        figures.Add("memory_gb", Math.Round(double.Parse(Line("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024, 1));
        figures.Add("system", RuntimeInformation.OSDescription);
        figures.Add("runtime", RuntimeInformation.FrameworkDescription);
        if (world is null) return;
        figures.Add("postgresql", world.Database.Scalar<string>("show server_version"));
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size" })
            figures.Add(setting, world.Database.Scalar<string>($"show {setting}"));
    }

    private static string Line(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
