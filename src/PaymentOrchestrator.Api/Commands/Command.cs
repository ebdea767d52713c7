using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>What the binary does besides serving: <c>dotnet PaymentOrchestrator.Api.dll &lt;name&gt; …</c>.</summary>
/// <param name="Usage">Its arguments, for the help.</param>
/// <param name="RunAsync">From the arguments after its name to the exit code.</param>
internal sealed record Command(string Name, string Usage, string Summary, Func<string[], CancellationToken, Task<int>> RunAsync)
{
    /// <summary>Done, with nothing to complain of.</summary>
    public const int Done = 0;

    /// <summary>It ran, and found what should not be: books that do not add up, a statement that differs, an instance that is not ready.</summary>
    public const int Found = 1;

    /// <summary>The arguments or settings are not acceptable; nothing was done.</summary>
    public const int Misused = 2;

    /// <summary>It could not be done: the database or a provider is out of reach or refuses.</summary>
    public const int Unable = 3;

    private const string ExitCodes = """

        Exit codes: 0 done; 1 it ran and found what should not be (violations, differences, an instance that is not ready); 2 the arguments or
        settings are not acceptable; 3 it could not be done (the database or a provider is out of reach, not migrated, or refuses).

        """;

    public static IReadOnlyList<Command> All { get; } =
    [
        new("openapi", "", "Write the contract to standard output; needs neither database nor providers.", WriteContractAsync),
        new("error-codes", "", "Write the list of error codes, which is deploy/error-codes.md, to standard output.", Papers.WriteErrorCodesAsync),
        new("state-graph", "", "Write the graph of a payment's states, which is deploy/payment-states.md, to standard output.", Papers.WriteStateGraphAsync),
        new(Migrate.Name, "[settings]", "Bring the schema of ConnectionStrings:Postgres, the owner's login, up to date. Harmless when repeated.", Migrate.RunAsync),
        new(Health.Name, "[url]", "Ask a running instance whether it can serve; for container engines.", Health.RunAsync),
        new(CreateAdminKey.Name, CreateAdminKey.Usage, "Make a marketplace's first key, which can make all others.", CreateAdminKey.RunAsync) { Details = CreateAdminKey.Details },
        new(ProveBooks.Name, ProveBooks.Usage, "Prove the books, as GET /v1/ledger/proof does.", ProveBooks.RunAsync) { Details = ProveBooks.Details },
        new(Reconcile.Name, Reconcile.Usage, "Hold a provider's statement against the books, as POST /v1/reconciliations does.", Reconcile.RunAsync) { Details = Reconcile.Details },
        new(ReplayWebhooks.Name, ReplayWebhooks.Usage, "Send an endpoint everything since a time again, as POST /v1/webhook-endpoints/{id}/redeliver does.", ReplayWebhooks.RunAsync) { Details = ReplayWebhooks.Details },
    ];

    /// <summary>What its options mean and what it needs, for its own help.</summary>
    public string Details { get; init; } = "";

    /// <summary>Null when the arguments ask for none: then the API is to be served.</summary>
    public static async Task<int?> TryRunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is ["help" or "--help" or "-h"])
        {
            Console.Write(Help());
            return Done;
        }

        // Settings of the server are --Name=value; a bare word is a command.
        if (args.Length == 0 || (args[0] != "help" && (args[0].StartsWith('-') || args[0].Contains('=', StringComparison.Ordinal)))) return null;
        var name = args[0] == "help" ? args[1] : args[0];
        if (All.FirstOrDefault(command => command.Name == name) is not { } found)
        {
            await Console.Error.WriteLineAsync($"There is no command {name}.\n\n{Help()}");
            return Misused;
        }

        if (args[0] == "help" || args.Skip(1).Any(argument => argument is "--help" or "-h"))
        {
            Console.Write(found.OwnHelp());
            return Done;
        }

        return await found.RunAsync(args[1..], cancellationToken);
    }

    /// <summary>Says what is wrong with the arguments, and what they are.</summary>
    public static async Task<int> MisusedAsync(string name, string fault)
    {
        await Console.Error.WriteLineAsync($"{fault}\n\n{All.Single(command => command.Name == name).OwnHelp()}");
        return Misused;
    }

    private static string Help() =>
        "Without a command the API is served. Settings are given as --Name=value or in the environment, as Name__Part for Name:Part.\n\nCommands:\n"
        + string.Concat(All.Select(command => $"  {command.Name} {command.Usage}".TrimEnd() + $"\n      {command.Summary}\n"))
        + "\n<command> --help tells more of one.\n" + ExitCodes;

    private string OwnHelp() => $"{Name} {Usage}".TrimEnd() + $"\n\n{Summary}\n" + (Details.Length == 0 ? "" : $"\n{Details}\n") + ExitCodes;

    private static async Task<int> WriteContractAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Length > 0) return await MisusedAsync("openapi", "openapi takes no arguments.");
        await using var app = ApiApp.BuildForDocument();
        Console.Write(await Documentation.WriteAsync(app.Services));
        return Done;
    }
}
