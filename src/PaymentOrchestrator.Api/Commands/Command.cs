using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>What the binary does besides serving: <c>dotnet PaymentOrchestrator.Api.dll &lt;name&gt; …</c>.</summary>
/// <param name="Usage">Its arguments, for the help.</param>
/// <param name="RunAsync">From the arguments after its name to the exit code.</param>
internal sealed record Command(string Name, string Usage, string Summary, Func<string[], CancellationToken, Task<int>> RunAsync)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    public static IReadOnlyList<Command> All { get; } =
    [
        new("openapi", "", "Write the contract to standard output; needs neither database nor providers.", WriteContractAsync),
        new("error-codes", "", "Write the list of error codes, which is deploy/error-codes.md, to standard output.", Papers.WriteErrorCodesAsync),
        new("state-graph", "", "Write the graph of a payment's states, which is deploy/payment-states.md, to standard output.", Papers.WriteStateGraphAsync),
        new("migrate", "[settings]", "Bring the schema of ConnectionStrings:Postgres, the owner's login, up to date. Harmless when repeated.", (args, _) => Migrate.RunAsync(args)),
        new("health", "[url]", "Ask a running instance whether it can serve; for container engines.", (args, _) => Health.RunAsync(args)),
        new(CreateAdminKey.Name, CreateAdminKey.Usage, "Make a marketplace's first key, which can make all others.", CreateAdminKey.RunAsync),
    ];

    /// <summary>Null when the arguments ask for none: then the API is to be served.</summary>
    public static async Task<int?> TryRunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is ["help" or "--help" or "-h", ..])
        {
            Console.Write(Help());
            return Done;
        }

        // Settings of the server are --Name=value; a bare word is a command.
        if (args.Length == 0 || args[0].StartsWith('-') || args[0].Contains('=', StringComparison.Ordinal)) return null;
        if (All.FirstOrDefault(command => command.Name == args[0]) is not { } found)
        {
            await Console.Error.WriteLineAsync($"There is no command {args[0]}.\n\n{Help()}");
            return Misused;
        }

        return await found.RunAsync(args[1..], cancellationToken);
    }

    private static string Help() =>
        "Without a command the API is served. Settings are given as --Name=value or in the environment, as Name__Part for Name:Part.\n\nCommands:\n"
        + string.Concat(All.Select(command => $"  {command.Name} {command.Usage}".TrimEnd() + $"\n      {command.Summary}\n"))
        + "\nExit codes: 0 done, 1 failed, 2 the arguments are not acceptable.\n";

    private static async Task<int> WriteContractAsync(string[] args, CancellationToken cancellationToken)
    {
        await using var app = ApiApp.BuildForDocument();
        Console.Write(await Documentation.WriteAsync(app.Services));
        return Done;
    }
}
