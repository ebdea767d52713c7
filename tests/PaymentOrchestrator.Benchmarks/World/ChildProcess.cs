using System.Diagnostics;
using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>A process that is measured: its CPU time and its memory, from what Linux tells of it. It never outlives this one.</summary>
internal sealed class ChildProcess : IDisposable
{
    // Linux counts in hundredths of a second.
    private const double MillisecondsPerTick = 10;

    private static readonly List<ChildProcess> Alive = [];

    private readonly Process process;
    private readonly string log;

    private ChildProcess(Process process, string log)
    {
        this.process = process;
        this.log = log;
        lock (Alive) Alive.Add(this);
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>
    /// Starts a program; settings go by the environment, where no process list shows them. What it writes goes to a file, which
    /// costs nobody anything.
    /// </summary>
    public static ChildProcess Start(IEnumerable<string> command, IEnumerable<KeyValuePair<string, string>> environment, string log)
    {
        // The shell becomes the process; its standard input ends when this process does, however that happens.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" > \"$log\" 2>&1", "sh", log, .. command]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!, log);
    }

    public static void EndAll()
    {
        List<ChildProcess> all;
        lock (Alive) all = [.. Alive];
        foreach (var child in all) child.Dispose();
    }

    /// <summary>What it wrote, or the end of it.</summary>
    public string Log() => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(40)) : "";

    /// <summary>User and system time so far, in milliseconds, its ended children's included.</summary>
    public double CpuMilliseconds() => CpuMilliseconds(Id);

    /// <summary>The same of a process and its children that are alive.</summary>
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
        lock (Alive)
        {
            if (!Alive.Remove(this)) return;
        }

        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static double CpuMilliseconds(int id) =>
        Stat(id) is { } stat ? stat.Skip(11).Take(4).Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) * MillisecondsPerTick : 0;

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
