using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>migrate</c>: brings the schema of <c>ConnectionStrings:Postgres</c>, the owner's login, up to date. A step of a deployment; harmless when repeated.</summary>
internal static class Migrate
{
    public const string Name = "migrate";

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (arguments, fault) = Arguments.Read(args, []);
        if (arguments is null) return await Command.MisusedAsync(Name, fault!);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables().AddCommandLine([.. arguments.Settings]);
        builder.Configuration.AddSettingsFolder();
        if (builder.Configuration.GetConnectionString("Postgres") is not { Length: > 0 } owner)
            return await Command.MisusedAsync(Name, "migrate needs ConnectionStrings:Postgres, the owner's login (environment: ConnectionStrings__Postgres).");

        try
        {
            await Migrator.RunAsync(owner, cancellationToken, script => Console.Error.WriteLine($"{script} has run."));
            Console.WriteLine("The schema is up to date.");
            return Command.Done;
        }
        catch (NpgsqlException e)
        {
            return await DatabaseTrouble.ReportAsync(e);
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Command.Unable;
        }
    }
}
