using System.Net.Sockets;
using Npgsql;
using PaymentOrchestrator.AppHost.Seeding;

namespace PaymentOrchestrator.AppHost;

/// <summary>
/// The two steps that docker-compose.yml takes besides starting the applications: <c>settings</c> makes the keys that API and sandbox share, as one
/// file per key; <c>data</c> makes the demo marketplace and its buyers once both run. Each is harmless when repeated.
/// </summary>
internal static class ContainerDemo
{
    private const string Usage = "Usage: container-demo settings|data --folder <folder> --api <url> --sandbox <url>, with ConnectionStrings__Postgres for data";

    // The applications are told by the compose file where to listen and which database is theirs, and how loud to be.
    private static readonly string[] NotShared = ["urls", "ConnectionStrings:", "Logging:", "Postgres:"];

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, LocalStackParts parts)
    {
        if (args is not [var step and ("settings" or "data"), "--folder", var folder, "--api", var api, "--sandbox", var sandbox])
        {
            await Console.Error.WriteLineAsync(Usage);
            return HostException.WrongUsage;
        }

        try
        {
            var secrets = await LocalSecrets.LoadOrCreateAsync(folder, parts.NewApiKey, CancellationToken.None);
            if (step == "settings") await WriteSettingsAsync(folder, api, sandbox, secrets);
            else await EnsureDataAsync(folder, api, sandbox, secrets, parts);
            return 0;
        }
        catch (Exception e) when (e is HostException or IOException or UnauthorizedAccessException or HttpRequestException or SocketException or TaskCanceledException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return HostException.CannotStart;
        }
    }

    private static async Task WriteSettingsAsync(string folder, string api, string sandbox, LocalSecrets secrets)
    {
        await WriteAsync(Path.Combine(folder, "api"), StackArguments.ForApi(0, "", api, sandbox, secrets));
        await WriteAsync(Path.Combine(folder, "sandbox"), StackArguments.ForSandbox(0, "", api, secrets));
        Console.WriteLine($"The demo's settings are in {folder}.");
    }

    private static async Task WriteAsync(string folder, string[] arguments)
    {
        Directory.CreateDirectory(folder);
        foreach (var argument in arguments)
        {
            var (key, value) = (argument[2..argument.IndexOf('=', StringComparison.Ordinal)], argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            if (NotShared.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))) continue;
            await PrivateFile.WritePrivateAsync(Path.Combine(folder, key.Replace(":", "__", StringComparison.Ordinal)), value, CancellationToken.None);
        }
    }

    private static async Task EnsureDataAsync(string folder, string api, string sandbox, LocalSecrets secrets, LocalStackParts parts)
    {
        var database = Environment.GetEnvironmentVariable("ConnectionStrings__Postgres")
            ?? throw new HostException("Set ConnectionStrings__Postgres to the owner's login of the API's database.");
        await UntilAnsweringAsync($"{sandbox}/swagger/v1/swagger.json");
        await parts.EnsureDemoMarketplace(database, secrets.ApiKey, CancellationToken.None);
        var buyers = await DemoData.EnsureAsync(api, secrets.ApiKey, sandbox, folder, CancellationToken.None);
        var info = InstanceInfo.Of(api, sandbox, secrets.ApiKey, buyers);
        await info.WriteAsync(Path.Combine(folder, "info.json"), CancellationToken.None);
        Console.WriteLine($"""

            Payment Orchestrator is running.

              Swagger UI         {info.SwaggerUrl}
              API                {info.ApiUrl}
              Sandbox controls   {info.SandboxUrl}/swagger
              Demo API key       {info.ApiKey}

              Demo buyers
            {string.Join(Environment.NewLine, DemoBuyer.All.Select(buyer => $"    {buyers[buyer.Reference]}  {buyer.Reference}: {buyer.Shows}"))}

            """);
    }

    /// <summary>The sandbox's image has nothing that could ask after its health.</summary>
    private static async Task UntilAnsweringAsync(string url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        for (var left = 60; ; left--)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(url));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (left > 0 && e is HttpRequestException or SocketException or TaskCanceledException)
            {
                // Not listening yet, or busy starting.
            }

            if (left == 0) throw new HostException($"{url} does not answer.");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
