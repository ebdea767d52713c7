using System.ComponentModel;
using System.Diagnostics;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>What a program said and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs a program to its end. The arguments hold no secrets: they show in the process list.</summary>
internal static class Command
{
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <summary>Runs as <paramref name="userName"/> (Unix, as root only), or as the present account when that is null.</summary>
    /// <exception cref="HostException">The program cannot be started, or took longer than <paramref name="timeout"/>.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, string? userName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = Describe(program, arguments, userName) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            var account = userName is null ? "" : $" as user {userName}";
            throw new HostException($"{program} cannot be run{account}: {e.Message}.", inner: e);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new HostException($"{program} did not end within {timeout.TotalSeconds:0} s and was stopped.");
        }

        // Ctrl-C reaches the program too: its failure is then no failure of ours.
        cancellationToken.ThrowIfCancellationRequested();

        // A server that the program left behind may hold the pipes open (on Windows it inherits them): don't wait for their end.
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(OutputGrace, CancellationToken.None));
        return new CommandResult(process.ExitCode, $"{Read(errors)}{Read(output)}".Trim());
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string? userName)
    {
        var info = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The caller's folder may be closed to the other account.
            WorkingDirectory = OperatingSystem.IsWindows() ? Path.GetTempPath() : "/",
        };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        if (userName is not null)
            info.UserName = userName;
        if (OperatingSystem.IsWindows())
            info.CreateNewProcessGroup = true; // Ctrl-C is ours to handle; on Unix pg_ctl detaches the server by itself

        // PGDATA, PGPORT and the like are meant for another server. English messages, because start-up reads them;
        // a set time zone spares initdb a search through all of them.
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            info.Environment.Remove(name);
        info.Environment["LC_ALL"] = "C";
        info.Environment["TZ"] = "UTC";
        return info;
    }

    private static string Read(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";
}
