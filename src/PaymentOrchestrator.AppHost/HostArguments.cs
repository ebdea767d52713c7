using System.Globalization;

namespace PaymentOrchestrator.AppHost;

/// <summary>The command line, read and checked.</summary>
internal sealed record HostArguments
{
    public const string Usage = """
        Usage: dotnet run --project src/PaymentOrchestrator.AppHost -- [options]

        Starts PostgreSQL, the providers' sandbox, the API with Swagger UI and demo data on this machine.

          --port N           the API's port; 0 for any free one (default 5080)
          --sandbox-port N   the sandbox's port; 0 for any free one (default: the API's port + 1, or 0 with --port 0)
          --data <folder>    where everything is kept; a second instance needs its own
          --info <file>      write addresses, key and demo buyers' ids there as JSON once everything is ready
          --reset            start from nothing: removes the data of earlier starts
          --help             show this

        Environment: ConnectionStrings__Postgres uses a running server instead of starting one;
        PG_BIN names the folder with PostgreSQL's initdb, pg_ctl and postgres.
        """;

    private const int DefaultPort = 5080;
    public const int LastPort = 65535;

    public int Port { get; private init; } = DefaultPort;

    public int? ChosenSandboxPort { get; private init; }

    public string DataFolder { get; private init; } = "";

    public string? InfoFile { get; private init; }

    public bool Reset { get; private init; }

    public bool Help { get; private init; }

    public int SandboxPort => ChosenSandboxPort ?? (Port == 0 ? 0 : Port + 1);

    /// <exception cref="HostException">With exit code 2 and one line that names the argument.</exception>
    public static HostArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new HostArguments();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inlineValue) = Split(args[i]);
            if (!seen.Add(name))
                throw Wrong($"{name} is given twice");

            string Value() => inlineValue ?? (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? args[++i]
                : throw Wrong($"{name} needs a value"));
            parsed = name switch
            {
                "--port" => parsed with { Port = PortOf(name, Value()) },
                "--sandbox-port" => parsed with { ChosenSandboxPort = PortOf(name, Value()) },
                "--data" => parsed with { DataFolder = PathOf(name, Value()) },
                "--info" => parsed with { InfoFile = PathOf(name, Value()) },
                "--reset" when inlineValue is null => parsed with { Reset = true },
                "--help" or "-h" when inlineValue is null => parsed with { Help = true },
                "--reset" or "--help" or "-h" => throw Wrong($"{name} takes no value"),
                _ => throw Wrong($"unknown argument {args[i]}"),
            };
        }

        if (parsed.SandboxPort > LastPort)
            throw Wrong("with --port 65535 the sandbox's port must be given too (--sandbox-port)");
        if (parsed.Port != 0 && parsed.SandboxPort == parsed.Port)
            throw Wrong($"--port and --sandbox-port are both {parsed.Port}");
        return parsed.DataFolder.Length > 0 || parsed.Help ? parsed : parsed with { DataFolder = HostFolders.DefaultData };
    }

    private static (string Name, string? Value) Split(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);

    private static int PortOf(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= LastPort
            ? port
            : throw Wrong($"{name} takes a number from 0 to {LastPort}, not {value}");

    private static string PathOf(string name, string value) =>
        value.Length > 0 ? Path.GetFullPath(value) : throw Wrong($"{name} needs a value");

    private static HostException Wrong(string what) => new(what, HostException.WrongUsage);
}
