using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>
/// Makes a marketplace's first key. It is run by whoever has the database owner's login: no key is shipped, and no key can be made over HTTP without one that has
/// the scope admin.
/// </summary>
internal static class CreateAdminKey
{
    public const string Name = "create-admin-key";
    public const string Usage = "--marketplace \"Name\" --mode test|live [--name \"Key's name\"] [--scopes admin,read,…|all]";

    private const string Help = $"""
        {Name} {Usage}

          --marketplace  The marketplace's name; one is made if there is none of this name.
          --mode         The mode that the key is for. Each mode has keys of its own.
          --name         What the key is for; "admin" by default.
          --scopes       What the key may do: admin by default, which is to make other keys; or several, or all.

        The database is that of ConnectionStrings:Postgres (in the environment: ConnectionStrings__Postgres), with its owner's login, and must be migrated.
        The key is written to standard output, once; everything else goes to standard error.
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is ["--help" or "-h" or "help"])
        {
            Console.WriteLine(Help);
            return Command.Done;
        }

        var (options, fault) = Read(args);
        if (options is null) return await MisusedAsync(fault!);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        if (configuration.GetConnectionString("Postgres") is not { } database)
            return await MisusedAsync("Set ConnectionStrings:Postgres to the database, with its owner's login.");

        try
        {
            await using var owner = new NpgsqlConnection(database);
            if (await MarketplaceSetup.FindOrCreateAsync(owner, options.Marketplace, cancellationToken) is not { } marketplace)
            {
                await Console.Error.WriteLineAsync($"Several marketplaces are called {options.Marketplace}; nothing was made.");
                return Command.Failed;
            }

            var key = await MarketplaceSetup.CreateKeyAsync(
                owner, new Caller(marketplace, options.Mode), options.KeyName, options.Scopes, TimeProvider.System.Now(), cancellationToken);
            await Console.Error.WriteLineAsync($"A {options.Mode.Code()} key of marketplace {marketplace} ({options.Marketplace}) with {string.Join(", ", options.Scopes)}. It is shown this once:");
            Console.WriteLine(key);
            return Command.Done;
        }
        catch (NpgsqlException e)
        {
            await Console.Error.WriteLineAsync(e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn }
                ? "The database is not migrated: start the API once with Postgres:MigrateAtStart=true."
                : $"The database refused: {e.Message}");
            return Command.Failed;
        }
    }

    private static (Options? Options, string? Fault) Read(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            var parts = args[i].Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal)) return (null, $"{args[i]} is not an option.");
            if (parts.Length == 1 && i + 1 == args.Length) return (null, $"{args[i]} needs a value.");
            given[parts[0]] = parts.Length == 2 ? parts[1] : args[++i];
        }

        if (given.Keys.FirstOrDefault(name => name is not ("--marketplace" or "--mode" or "--name" or "--scopes") && !name.Contains(':', StringComparison.Ordinal)) is { } unknown)
            return (null, $"There is no option {unknown}.");
        if (!given.TryGetValue("--marketplace", out var marketplace) || string.IsNullOrWhiteSpace(marketplace) || marketplace.Length > 128)
            return (null, "--marketplace must be a name of 1 to 128 characters.");
        if (given.GetValueOrDefault("--mode") is not ("test" or "live")) return (null, "--mode must be test or live.");
        var name = given.GetValueOrDefault("--name", "admin");
        if (string.IsNullOrWhiteSpace(name) || name.Length > 64) return (null, "--name must be 1 to 64 characters.");
        var scopes = given.GetValueOrDefault("--scopes", Scope.Admin.Code);
        var codes = scopes == "all" ? Scope.Codes : scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (codes.Count == 0 || codes.Any(code => !Scope.Codes.Contains(code))) return (null, $"--scopes must be all, or some of {string.Join(", ", Scope.Codes)}.");
        return (new Options(marketplace, given["--mode"] == "live" ? Mode.Live : Mode.Test, name, codes), null);
    }

    private static async Task<int> MisusedAsync(string fault)
    {
        await Console.Error.WriteLineAsync($"{fault}\n\n{Help}");
        return Command.Misused;
    }

    private sealed record Options(string Marketplace, Mode Mode, string KeyName, IReadOnlyList<string> Scopes);
}
