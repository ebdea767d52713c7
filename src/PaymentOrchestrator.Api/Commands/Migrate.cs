using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>migrate</c>: brings the schema of <c>ConnectionStrings:Postgres</c>, the owner's login, up to date. A step of a deployment; harmless when repeated.</summary>
internal static class Migrate
{
    /// <returns>The exit code: 0 when the schema is up to date, 1 when it could not be brought there, 2 when no login is given.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        builder.Configuration.AddSettingsFolder();
        if (builder.Configuration.GetConnectionString("Postgres") is not { Length: > 0 } owner)
        {
            await Console.Error.WriteLineAsync("migrate needs ConnectionStrings:Postgres, the owner's login (environment: ConnectionStrings__Postgres).");
            return Command.Misused;
        }

        try
        {
            await Migrator.RunAsync(owner, CancellationToken.None);
            Console.WriteLine("The schema is up to date.");
            return Command.Done;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Command.Failed;
        }
    }
}
