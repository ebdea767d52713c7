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

    public const string Details = """
          --marketplace  The marketplace's name; one is made if there is none of this name.
          --mode         The mode that the key is for. Each mode has keys of its own.
          --name         What the key is for; "admin" by default.
          --scopes       What the key may do: admin by default, which is to make other keys; or several, or all.

        The database is that of ConnectionStrings:Postgres (in the environment: ConnectionStrings__Postgres), with its owner's login, and must be migrated.
        The key is written to standard output, once; everything else goes to standard error.
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (arguments, misuse) = Arguments.Read(args, ["--marketplace", "--mode", "--name", "--scopes"]);
        if (arguments is null) return await Command.MisusedAsync(Name, misuse!);
        var (options, fault) = Read(arguments);
        if (options is null) return await Command.MisusedAsync(Name, fault!);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. arguments.Settings]).Build();
        if (configuration.GetConnectionString("Postgres") is not { } database)
            return await Command.MisusedAsync(Name, "Set ConnectionStrings:Postgres to the database, with its owner's login.");

        try
        {
            await using var owner = new NpgsqlConnection(database);
            if (await MarketplaceSetup.FindOrCreateAsync(owner, options.Marketplace, cancellationToken) is not { } marketplace)
            {
                await Console.Error.WriteLineAsync($"Several marketplaces are called {options.Marketplace}; nothing was made.");
                return Command.Unable;
            }

            var key = await MarketplaceSetup.CreateKeyAsync(
                owner, new Caller(marketplace, options.Mode), options.KeyName, options.Scopes, TimeProvider.System.Now(), cancellationToken);
            await Console.Error.WriteLineAsync($"A {options.Mode.Code()} key of marketplace {marketplace} ({options.Marketplace}) with {string.Join(", ", options.Scopes)}. It is shown this once:");
            Console.WriteLine(key);
            return Command.Done;
        }
        catch (NpgsqlException e)
        {
            return await DatabaseTrouble.ReportAsync(e);
        }
    }

    private static (Options? Options, string? Fault) Read(Arguments given)
    {
        if (given["--marketplace"] is not { Length: <= 128 } marketplace || string.IsNullOrWhiteSpace(marketplace)) return (null, "--marketplace must be a name of 1 to 128 characters.");
        if (given["--mode"] is not ("test" or "live")) return (null, "--mode must be test or live.");
        var name = given["--name"] ?? "admin";
        if (string.IsNullOrWhiteSpace(name) || name.Length > 64) return (null, "--name must be 1 to 64 characters.");
        var scopes = given["--scopes"] ?? Scope.Admin.Code;
        var codes = scopes == "all" ? Scope.Codes : scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (codes.Count == 0 || codes.Any(code => !Scope.Codes.Contains(code))) return (null, $"--scopes must be all, or some of {string.Join(", ", Scope.Codes)}.");
        return (new Options(marketplace, given["--mode"] == "live" ? Mode.Live : Mode.Test, name, codes), null);
    }

    private sealed record Options(string Marketplace, Mode Mode, string KeyName, IReadOnlyList<string> Scopes);
}
