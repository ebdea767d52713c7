using System.Globalization;
using System.Text.RegularExpressions;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>A folder with PostgreSQL's programs that were seen to run.</summary>
internal sealed partial record PostgresInstallation(string BinFolder, int Major)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string InitDb => Program(BinFolder, "initdb");

    public string PgCtl => Program(BinFolder, "pg_ctl");

    public static bool IsComplete(string folder) => Needed.All(name => File.Exists(Program(folder, name)));

    /// <summary>Asks the server program for its version, as the account that will run it; null with the reason when that fails.</summary>
    public static async Task<(PostgresInstallation? Found, string Reason)> ExamineAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsComplete(folder))
            return (null, $"{folder} does not hold all of {string.Join(", ", Needed)}");
        try
        {
            var result = await DatabaseAccount.RunAsync(Program(folder, "postgres"), ["--version"], Limit, cancellationToken);
            var version = VersionPattern().Match(result.Output);
            return result.Succeeded && version.Success
                ? (new PostgresInstallation(folder, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), "")
                : (null, $"{Program(folder, "postgres")} does not run here: {result.Output}");
        }
        catch (HostException e)
        {
            return (null, e.Message);
        }
    }

    private static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
