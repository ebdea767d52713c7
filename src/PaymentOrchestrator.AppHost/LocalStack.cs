using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.AppHost.Seeding;

namespace PaymentOrchestrator.AppHost;

/// <summary>PostgreSQL, the sandbox and the API, started in this order and stopped in the reverse one.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private const string Database = "payment_orchestrator";
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Action<string> log;
    private PostgresServer? postgres;
    private WebApplication? sandbox;
    private WebApplication? api;

    private LocalStack(Action<string> log) => this.log = log;

    public required string ApiUrl { get; init; }

    public required string SandboxUrl { get; init; }

    public LocalSecrets Secrets { get; private set; } = null!;

    /// <summary>To the API's database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>How to reach the database by hand, without its password.</summary>
    public string DatabaseNote { get; private set; } = "";

    /// <summary>Ends when one of the applications stops by itself.</summary>
    public Task Stopped => Task.WhenAny(StoppingOf(api), StoppingOf(sandbox));

    /// <exception cref="HostException">Something cannot start; what was started has been stopped again.</exception>
    public static async Task<LocalStack> StartAsync(LocalStackOptions options, LocalStackParts parts, CancellationToken cancellationToken)
    {
        // Each application is told the other's address, so both ports are settled before either listens.
        var apiPort = Settle(options.ApiPort, "--port", options.SandboxPort);
        var sandboxPort = Settle(options.SandboxPort, "--sandbox-port", apiPort);
        HostFolders.CreateData(options.DataFolder);
        var stack = new LocalStack(options.Log)
        {
            ApiUrl = Ports.PublicUrl(apiPort),
            SandboxUrl = Ports.PublicUrl(sandboxPort),
        };
        try
        {
            var sandboxDatabase = await stack.PrepareDatabasesAsync(options, cancellationToken);

            // Keys go after the database that depends on them: a reset that is killed half way leaves old keys with new data,
            // which works, and never new keys with old data.
            if (options.Reset)
                ForgetKeys(options.DataFolder);
            stack.Secrets = await LocalSecrets.LoadOrCreateAsync(options.DataFolder, parts.NewApiKey, cancellationToken);
            stack.sandbox = parts.BuildSandbox(StackArguments.ForSandbox(sandboxPort, sandboxDatabase, stack.ApiUrl, stack.Secrets));
            await ListenAsync(stack.sandbox, sandboxPort, "--sandbox-port", cancellationToken);
            stack.api = parts.BuildApi(
                [.. StackArguments.ForApi(apiPort, stack.ConnectionString, stack.ApiUrl, stack.SandboxUrl, stack.Secrets), $"--Metrics:Url={options.MetricsUrl}"]);
            await ListenAsync(stack.api, apiPort, "--port", cancellationToken);
            await parts.EnsureDemoMarketplace(stack.ConnectionString, stack.Secrets.ApiKey, cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the API the ids of the demo data, which its document then has in its examples.</summary>
    public void FillExamples(IReadOnlyDictionary<string, string> ids)
    {
        foreach (var (name, id) in ids) api!.Configuration[$"Documentation:Demo:{name}"] = id;
    }

    /// <summary>The API first, so that its last work still finds the providers; the database last, since both write to it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync(api, "API");
            await StopAsync(sandbox, "sandbox");
        }
        finally
        {
            if (postgres is not null)
                await postgres.DisposeAsync();
            (api, sandbox, postgres) = (null, null, null);
        }
    }

    /// <returns>The connection string to the sandbox's database.</returns>
    private async Task<string> PrepareDatabasesAsync(LocalStackOptions options, CancellationToken cancellationToken)
    {
        if (options.ConnectionString is { } given)
            return await PrepareGivenAsync(given, cancellationToken);

        postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions
            {
                DataFolder = options.DataFolder,
                Durable = options.Durable,
                Fresh = options.Reset,
                DeleteAtEnd = options.DeleteAtEnd,
                Log = log,
            },
            cancellationToken);
        await postgres.EnsureDatabaseAsync(Database, cancellationToken);
        await postgres.EnsureDatabaseAsync(SandboxDatabaseOf(Database), cancellationToken);
        ConnectionString = postgres.ConnectionString(Database);
        DatabaseNote = $"127.0.0.1:{postgres.Port}, database {Database}, user postgres, password in {postgres.PasswordFile}";
        return postgres.ConnectionString(SandboxDatabaseOf(Database));
    }

    private async Task<string> PrepareGivenAsync(string given, CancellationToken cancellationToken)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(given);
            if (string.IsNullOrEmpty(settings.Database))
                settings.Database = Database;
            ConnectionString = settings.ConnectionString;
            await PostgresDatabases.EnsureOwnAsync(ConnectionString, cancellationToken);
            await PostgresDatabases.EnsureAsync(ConnectionString, SandboxDatabaseOf(settings.Database), cancellationToken);
            DatabaseNote = $"{settings.Host}:{settings.Port}, database {settings.Database} (from ConnectionStrings__Postgres)";
            settings.Database = SandboxDatabaseOf(settings.Database);
            return settings.ConnectionString;
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            throw new HostException($"The database of ConnectionStrings__Postgres cannot be used: {e.Message} Correct it, or unset it to have a server started.", inner: e);
        }
    }

    private async Task StopAsync(WebApplication? application, string name)
    {
        if (application is null)
            return;
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await application.StopAsync(limit.Token);
            await application.DisposeAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            // The rest must still be stopped, the database above all.
            log($"The {name} did not stop cleanly within {StopLimit.TotalSeconds:0} s: {e.Message}");
        }
    }

    private static async Task ListenAsync(WebApplication application, int port, string argument, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw PortInUse(port, argument, e);
        }
    }

    private static void ForgetKeys(string dataFolder)
    {
        SeedingProgress.Remove(dataFolder);
        LocalSecrets.Remove(dataFolder);
    }

    private static int Settle(int wanted, string argument, int other)
    {
        if (wanted == 0)
            return Ports.PickFree(other);
        return Ports.IsFree(wanted) ? wanted : throw PortInUse(wanted, argument, inner: null);
    }

    private static HostException PortInUse(int port, string argument, Exception? inner) =>
        new($"Port {port} ({argument}) is in use; choose another one, or --port 0 for any free ones.", inner: inner);

    private static string SandboxDatabaseOf(string database) => $"{database}_sandbox";

    private static Task StoppingOf(WebApplication? application)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        application?.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        return stopping.Task;
    }
}
