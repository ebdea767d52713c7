using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>Runs PostgreSQL's own load generator on a script of ours.</summary>
internal static partial class Pgbench
{
    /// <summary>Transactions per second, without the time that connecting took, and how many were processed in all.</summary>
    /// <param name="bin">The folder with pgbench.</param>
    /// <param name="database">Whom to log in as, and where.</param>
    /// <param name="role">The role that the statements run as, like the API's.</param>
    public static async Task<(double PerSecond, long Processed)> RunAsync(
        string bin, NpgsqlConnectionStringBuilder database, string role, string script, IReadOnlyDictionary<string, string> variables, int clients, int threads, int seconds)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        try
        {
            var start = new ProcessStartInfo(Path.Combine(bin, "pgbench")) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in new[]
            {
                ("PGHOST", database.Host!), ("PGPORT", database.Port.ToString(CultureInfo.InvariantCulture)), ("PGUSER", database.Username!),
                ("PGPASSWORD", database.Password!), ("PGOPTIONS", $"-c role={role}"),
            })
                start.Environment[name] = value;
            foreach (var argument in new[] { "-n", "-M", "prepared", "-f", file, "-c", $"{clients}", "-j", $"{threads}", "-T", $"{seconds}", "-D", "i=0" }) start.ArgumentList.Add(argument);
            foreach (var (name, value) in variables)
            {
                start.ArgumentList.Add("-D");
                start.ArgumentList.Add($"{name}={value}");
            }

            start.ArgumentList.Add(database.Database!);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var rate = Rate().Match(output);
            if (process.ExitCode != 0 || !rate.Success || Failed().Match(output) is { Success: true, Groups: [_, { Value: not "0" }] })
                throw new InvalidOperationException($"pgbench failed:\n{output}\n{await errors}");
            return (double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture), long.Parse(Processed().Match(output).Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+) \(without")]
    private static partial Regex Rate();

    [GeneratedRegex(@"actually processed: (\d+)")]
    private static partial Regex Processed();

    [GeneratedRegex(@"failed transactions: (\d+)")]
    private static partial Regex Failed();
}
