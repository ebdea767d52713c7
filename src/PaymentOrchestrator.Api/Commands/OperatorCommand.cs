using System.Globalization;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>
/// What commands that work on the books have in common: they are run in the API as it is configured to serve, which is built and not started, so that nothing of
/// it works in the background; results go to standard output, all else to standard error.
/// </summary>
internal static class OperatorCommand
{
    public const string Configuration = """
        Settings are the server's: the environment, Settings:Folder, or --Name:Part=value here. Results go to standard output, progress and faults to standard error.
        """;

    /// <param name="name">The command's.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="prepare">Makes the parts that the work needs, so that a setting which they lack is named before anything is done.</param>
    /// <param name="work">From the parts to the exit code.</param>
    public static async Task<int> RunAsync(string name, Arguments arguments, Action<IServiceProvider> prepare, Func<IServiceProvider, Task<int>> work)
    {
        WebApplication app;
        try
        {
            app = ApiApp.Build([.. arguments.Settings, "--Logging:Console:LogToStandardErrorThreshold=Trace"]);
            prepare(app.Services);
        }
        catch (InvalidOperationException e)
        {
            // Settings that the server would not start with; the message names them.
            return await Command.MisusedAsync(name, e.Message);
        }

        await using (app)
        {
            try
            {
                return await work(app.Services);
            }
            catch (NpgsqlException e)
            {
                return await DatabaseTrouble.ReportAsync(e);
            }
        }
    }

    /// <summary>All that the server makes at its start, which the handlers of commands are among.</summary>
    public static void TheServer(IServiceProvider services) => _ = services.GetServices<IHostedService>().ToList();

    /// <summary>Progress, or what else is not the result.</summary>
    public static void Say(string text) => Console.Error.WriteLine(text);

    /// <summary>A refusal as the API would give it, with the fields that it names.</summary>
    public static int Refused(Problem problem)
    {
        Say(problem.Detail);
        foreach (var error in problem.Errors ?? [])
        {
            if (error.Message != problem.Detail) Say($"  {error.Message}");
        }

        return problem.Type == ProblemType.ValidationFailed ? Command.Misused : Command.Unable;
    }

    /// <summary>A marketplace by its number or its name; the fault when it is none, or several.</summary>
    public static (MarketplaceName? Found, string? Fault) Choose(IReadOnlyList<MarketplaceName> all, string reference)
    {
        var number = int.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (int?)null;
        var found = all.Where(one => number is null ? one.Name == reference : one.Id == number).ToList();
        return found.Count switch
        {
            1 => (found[0], null),
            0 => (null, $"There is no marketplace {reference}. There are: {string.Join(", ", all.Take(50).Select(one => $"{one.Id} ({one.Name})"))}{(all.Count > 50 ? ", …" : "")}."),
            _ => (null, $"Several marketplaces are called {reference}: name one by its number, {string.Join(" or ", found.Select(one => one.Id))}."),
        };
    }

    /// <summary>False when the option is there and is no mode.</summary>
    public static bool TryMode(string? text, out Mode? mode)
    {
        mode = text switch { "test" => Mode.Test, "live" => Mode.Live, _ => null };
        return text is null || mode is not null;
    }
}
