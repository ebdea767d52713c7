using System.Diagnostics;
using System.Reflection;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>A process of this executable that serves one of the shipped parts.</summary>
internal sealed class Part : IAsyncDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> said = [];

    private Part(Process process) => this.process = process;

    /// <summary>The point at which it killed itself; null while it has not.</summary>
    public string? KilledAt { get; private set; }

    public bool HasEnded => process.HasExited;

    /// <summary>The last that it said, for whoever wonders why it ended.</summary>
    public string LastWords
    {
        get
        {
            lock (said) return string.Join('\n', said);
        }
    }

    /// <param name="options">After <c>serve</c>.</param>
    /// <param name="arguments">The part's configuration.</param>
    public static Part Start(IEnumerable<string> options, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Run by way of "dotnet", the process is the runtime and our assembly its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        // A part lives for seconds: code is compiled once, and not watched and guarded for better code to come. In milliseconds, hexadecimal: twelve days.
        foreach (var (setting, value) in new[] { ("TieredPGO", "0"), ("EnableWriteXorExecute", "0"), ("TC_CallCountingDelayMs", "40000000") }) start.Environment[$"DOTNET_{setting}"] = value;
        start.ArgumentList.Add("serve");
        foreach (var option in options) start.ArgumentList.Add(option);
        var part = new Part(new Process { StartInfo = start, EnableRaisingEvents = true });
        part.process.OutputDataReceived += (_, line) => part.Hear(line.Data);
        part.process.ErrorDataReceived += (_, line) => part.Hear(line.Data);
        part.process.Start();
        part.process.BeginOutputReadLine();
        part.process.BeginErrorReadLine();
        foreach (var argument in arguments) part.process.StandardInput.WriteLine(argument);
        part.process.StandardInput.WriteLine();
        part.process.StandardInput.Flush();
        return part;
    }

    /// <summary>Until it serves, or has ended.</summary>
    public async Task WaitUntilReadyAsync() => await Task.WhenAny(ready.Task, WaitForEndAsync()).WaitAsync(StartLimit);

    public Task WaitForEndAsync() => process.WaitForExitAsync();

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        if (line == ServedPart.Ready) ready.TrySetResult();
        if (line.StartsWith(ServedPart.Killing, StringComparison.Ordinal)) KilledAt = line[(ServedPart.Killing.Length + 1)..];
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > LinesKept) said.Dequeue();
        }
    }
}
