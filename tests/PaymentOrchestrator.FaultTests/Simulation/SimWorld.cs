using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.World;
using PaymentOrchestrator.Sandbox;
using PaymentOrchestrator.Sandbox.Notifications;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>Two instances of the API and the sandbox in this process, one simulated clock for all, and a database of their own on a real server.</summary>
internal sealed class SimWorld : IAsyncDisposable
{
    // Nothing happens of its own accord: the resolvers look when the scheduler says so, notifications come when it brings them. Budgets that count
    // real seconds are out of the way: a slow machine must not change what happens.
    private static readonly string[] Still =
    [
        "--Postgres:MigrateAtStart=false", "--Webhooks:Dispatch=false", "--Payments:Resolver:Interval=10.00:00:00", "--Refunds:Resolver:Interval=10.00:00:00",
        "--Notifications:Parked:Interval=10.00:00:00", "--Disputes:Resolver:Interval=10.00:00:00",
        "--Facts:Budget=00:02:00", "--Facts:PaymentBudget=00:02:00",
    ];

    private readonly List<WebApplication> instances = [];
    private readonly HttpClient http = Shop.NewHttp(TimeSpan.FromMinutes(5));
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"po-sim-{Guid.NewGuid():N}");
    private WebApplication? sandbox;
    private SimBuyers? buyers;

    private SimWorld(string database, string sandboxDatabase)
    {
        Connection = database;
        SandboxConnection = sandboxDatabase;
        Scheduler = new Scheduler(database);
        Clock = new SimClock(DateTimeOffset.UtcNow);
    }

    public string Connection { get; }

    public string SandboxConnection { get; }

    public SimClock Clock { get; }

    public Scheduler Scheduler { get; }

    /// <summary>One for each instance.</summary>
    public IReadOnlyList<Shop> Shops { get; private set; } = [];

    /// <summary>What the instances have logged as errors.</summary>
    public ErrorKeeper Errors { get; } = new();

    public NotificationSigner Signer => sandbox!.Services.GetRequiredService<NotificationSigner>();

    public async Task<SimBuyers> BuyersForNextSeedAsync() => buyers = await SimBuyers.ForNextSeedAsync(buyers, Shops[0], Connection, SandboxConnection);

    /// <summary>
    /// Lets time go by. Authorisations that end meanwhile are renewed as they would have been: 1688's live for ten hours, and buyers without one are refused whatever
    /// they want to pay.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        Clock.Advance(span);
        await Hosted<AccountUpkeep>(0).RunOnceAsync(CancellationToken.None);
    }

    /// <summary>The next seed begins with buyers who have bought nothing yet.</summary>
    public void TakeNewBuyers() => buyers = null;

    public PaymentResolver PaymentResolver(int instance) => Hosted<PaymentResolver>(instance);

    public RefundResolver RefundResolver(int instance) => Hosted<RefundResolver>(instance);

    /// <param name="server">To any database of the server, as its owner.</param>
    public static async Task<SimWorld> StartAsync(string server, Watch watch)
    {
        var name = $"sim_{Guid.NewGuid():N}";
        string Of(string database) => new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = 25, MaxAutoPrepare = 100 }.ConnectionString;
        foreach (var database in new[] { name, $"{name}_sandbox" }) await PostgresDatabases.EnsureAsync(server, database, CancellationToken.None);
        var world = new SimWorld(Of(name), Of($"{name}_sandbox"));
        try
        {
            await world.StartPartsAsync(watch);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in instances.Append(sandbox).OfType<WebApplication>())
        {
            await part.StopAsync();
            await part.DisposeAsync();
        }

        Scheduler.Dispose();
        http.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        foreach (var connectionString in new[] { Connection, SandboxConnection })
        {
            var own = new NpgsqlConnectionStringBuilder(connectionString);
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            await using var drop = new NpgsqlCommand($"drop database if exists \"{own.Database}\" with (force)", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }

    private async Task StartPartsAsync(Watch watch)
    {
        await Migrator.RunAsync(Connection, CancellationToken.None);
        HostFolders.CreateData(folder);
        var secrets = await LocalSecrets.LoadOrCreateAsync(folder, DemoMarketplace.NewKey, CancellationToken.None);
        await DemoMarketplace.EnsureAsync(Connection, secrets.ApiKey, CancellationToken.None);
        var (first, second) = (Ports.PickFree(), Ports.PickFree());
        var sandboxPort = Ports.PickFree(first, second);
        sandbox = SandboxApp.Build(StackArguments.ForSandbox(sandboxPort, SandboxConnection, Ports.PublicUrl(first), secrets), services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            services.RemoveAll<ILoggerProvider>();
            // What it has to tell stays in its outbox until the scheduler brings it.
            foreach (var sender in services.Where(service => service.ImplementationType == typeof(NotificationSender)).ToList()) services.Remove(sender);
        });
        await sandbox.StartAsync();
        foreach (var port in new[] { first, second })
        {
            var api = ApiApp.Build(
                [.. StackArguments.ForApi(port, Connection, Ports.PublicUrl(port), Ports.PublicUrl(sandboxPort), secrets), .. Still],
                services =>
                {
                    services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
                    services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(Errors);
                    watch.AddTo(services);
                });
            instances.Add(api);
            await api.StartAsync();
        }

        Shops = [.. new[] { first, second }.Select(port => new Shop(http, new Uri(Ports.PublicUrl(port)), new Uri(Ports.PublicUrl(sandboxPort)), secrets.ApiKey))];
    }

    private T Hosted<T>(int instance) => instances[instance].Services.GetServices<IHostedService>().OfType<T>().Single();
}
