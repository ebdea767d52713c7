using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// The server process of a cluster, as its <c>postmaster.pid</c> tells it (line 1: process id; line 3: start, in Unix seconds).
/// After a kill or a reboot that file is stale, and its process id may be another program's by now.
/// </summary>
internal static class Postmaster
{
    private const string FileName = "postmaster.pid";
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private enum State
    {
        /// <summary>No server: no file, or its process is gone or certainly something else.</summary>
        Gone,

        /// <summary>A server of this very cluster runs, be it of an earlier host that was killed.</summary>
        Running,

        /// <summary>Some PostgreSQL server has that process id, and it cannot be told whether it is this cluster's.</summary>
        Unclear,
    }

    public static async Task<bool> IsRunningAsync(string dataDirectory, CancellationToken cancellationToken) =>
        await LookAsync(dataDirectory, cancellationToken) == State.Running;

    /// <summary>
    /// Removes the file of a server that is certainly gone: PostgreSQL would refuse to start if the id is in use again. In doubt it
    /// stays, and PostgreSQL decides: two servers on one cluster destroy it.
    /// </summary>
    public static async Task ForgetStaleAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        if (await LookAsync(dataDirectory, cancellationToken) == State.Gone)
            File.Delete(Path.Combine(dataDirectory, FileName));
    }

    private static async Task<State> LookAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(file))
            return State.Gone;
        var lines = await File.ReadAllLinesAsync(file, cancellationToken);
        if (lines.Length < 3
            || !int.TryParse(lines[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(lines[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var startedAt))
            return State.Unclear; // half written: its server may be just starting

        if (StartOfServer(id) is not { } started)
            return State.Gone;
        if (OperatingSystem.IsLinux())
        {
            // A server's working folder is its data folder. Asked as the server's own account: in a container not even root may look.
            var link = await DatabaseAccount.RunAsync("readlink", [$"/proc/{id}/cwd"], Limit, cancellationToken);
            if (link.Succeeded)
                return link.Output == RealPath(dataDirectory) ? State.Running : State.Gone;
        }

        return (started - DateTime.UnixEpoch.AddSeconds(startedAt)).Duration() < StartTolerance ? State.Running : State.Unclear;
    }

    /// <summary>When the PostgreSQL server with this process id started (UTC); null when there is no such process or it is another program.</summary>
    private static DateTime? StartOfServer(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (OperatingSystem.IsLinux() && IsDefunct(id))
                return null;
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) ? process.StartTime.ToUniversalTime() : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null; // never there, or ended while it was looked at
        }
        catch (Win32Exception)
        {
            return DateTime.MaxValue; // another account's process: there, but its start is not told
        }
    }

    /// <summary>
    /// Killed, but still in the process table: where nobody collects orphans (a container without an init process), that lasts for ever.
    /// </summary>
    private static bool IsDefunct(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].TrimStart() is ['Z' or 'X', ..]; // the state comes after the name in parentheses
        }
        catch (IOException)
        {
            return true; // ended while it was looked at
        }
    }

    /// <summary>The path with every link in it resolved: the operating system reports working folders so.</summary>
    private static string RealPath(string path)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (Directory.ResolveLinkTarget(resolved, returnFinalTarget: true) is { } target)
                resolved = RealPath(target.FullName);
        }

        return resolved;
    }
}
