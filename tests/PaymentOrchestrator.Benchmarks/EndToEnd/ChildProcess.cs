using System.Diagnostics;
using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>A process that is measured: its CPU time and its memory, from what Linux tells of it.</summary>
internal sealed class ChildProcess(Process process) : IDisposable
{
    private static readonly double TicksPerMillisecond = 100 / 1000.0;

    public int Id => process.Id;

    /// <summary>Starts <c>dotnet assembly arguments</c>; settings go by the environment, where no process list shows them.</summary>
    public static ChildProcess Start(string assembly, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>User and system time so far, in milliseconds, its ended children's included.</summary>
    public double CpuMilliseconds() => CpuMilliseconds(Id);

    /// <summary>The same of a process and all below it that are alive.</summary>
    public static double CpuOfTree(int root) =>
        CpuMilliseconds(root) + Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(id => Stat(id) is { } stat && stat[1] == root.ToString(CultureInfo.InvariantCulture)).Sum(CpuMilliseconds);

    /// <summary>The most that was resident at once, in megabytes.</summary>
    public double PeakResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Stops the process from running until what is returned is disposed.</summary>
    public IDisposable Suspend() => new Suspension(Id);

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static double CpuMilliseconds(int id) =>
        Stat(id) is { } stat ? stat.Skip(11).Take(4).Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerMillisecond : 0;

    /// <summary>The fields after the name: state, parent, … See proc(5).</summary>
    private static string[]? Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended in the meantime.
            return null;
        }
    }

    private sealed class Suspension : IDisposable
    {
        private readonly int id;

        public Suspension(int id)
        {
            this.id = id;
            Signal("-STOP");
        }

        public void Dispose() => Signal("-CONT");

        private void Signal(string signal)
        {
            using var kill = Process.Start("kill", [signal, id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }
}
