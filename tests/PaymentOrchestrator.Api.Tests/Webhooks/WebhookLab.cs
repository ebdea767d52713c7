using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.Domain;
using Xunit;

[assembly: AssemblyFixture(typeof(PaymentOrchestrator.Api.Tests.Webhooks.WebhookServer))]

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>A PostgreSQL of the webhook tests' own: each gets a database in it, so that no other test's dispatcher, or clock, has a hand in its deliveries.</summary>
public sealed class WebhookServer : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"po-webhook-tests-{Guid.NewGuid():N}");
    private readonly SemaphoreSlim starting = new(1);
    private readonly List<string> databases = [];
    private TestPostgres? given;
    private PostgresServer? own;

    // Started by the first test that wants a database: a run without one need not wait for it.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (given?.ConnectionString is not null)
        {
            NpgsqlConnection.ClearAllPools();
            foreach (var name in databases) await given.DropAsync(name);
        }

        if (own is not null) await own.DisposeAsync();
        if (given is not null) await given.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        starting.Dispose();
    }

    /// <summary>A fresh database's connection string.</summary>
    public async Task<string> NewDatabaseAsync(bool migrated = true)
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            given ??= await TestPostgres.FindAsync();
            if (given.ConnectionString is null)
                own ??= await PostgresServer.StartAsync(new PostgresServerOptions { DataFolder = folder, Durable = false, DeleteAtEnd = true }, TestContext.Current.CancellationToken);
        }
        finally
        {
            starting.Release();
        }

        var name = $"webhooks_{Guid.NewGuid():N}";
        lock (databases) databases.Add(name);
        var connectionString = own?.ConnectionString(name) ?? new NpgsqlConnectionStringBuilder(given!.ConnectionString) { Database = name }.ConnectionString;
        if (own is null) await given!.CreateAsync(name);
        else await own.EnsureDatabaseAsync(name, TestContext.Current.CancellationToken);
        if (migrated) await Migrator.RunAsync(connectionString, TestContext.Current.CancellationToken);
        return connectionString;
    }
}

/// <summary>Instances of the API on a database of their own, and a marketplace with an endpoint or more.</summary>
internal sealed class WebhookLab : IAsyncDisposable
{
    private readonly List<WebApplication> instances = [];
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly string dataProtectionKey = Convert.ToBase64String(new byte[32]);

    private WebhookLab(string connectionString)
    {
        ConnectionString = connectionString;
        Database = new Database(connectionString);
    }

    public string ConnectionString { get; }

    public Database Database { get; }

    public string Key { get; } = ApiKeys.Generate(Mode.Test);

    public string LiveKey { get; } = ApiKeys.Generate(Mode.Live);

    public string OtherKey { get; } = ApiKeys.Generate(Mode.Test);

    /// <summary>The first instance, by the first marketplace in test mode.</summary>
    public ApiClient Api { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Without an instance.</summary>
    public static async Task<WebhookLab> EmptyAsync(WebhookServer server)
    {
        var lab = new WebhookLab(await server.NewDatabaseAsync());
        foreach (var (marketplace, key) in new[] { (1, lab.Key), (1, lab.LiveKey), (2, lab.OtherKey) }) await lab.Database.AddKeyAsync(marketplace, key);

        return lab;
    }

    public static async Task<WebhookLab> StartAsync(WebhookServer server, TimeProvider? clock = null, params string[] settings)
    {
        var lab = await EmptyAsync(server);
        lab.Api = lab.Client(await lab.StartInstanceAsync(clock, settings), lab.Key);
        return lab;
    }

    public string[] Arguments(params string[] settings) =>
    [
        $"--ConnectionStrings:Postgres={ConnectionString}", .. Pooler.Arguments(ConnectionString), "--Api:PublicUrl=http://127.0.0.1", $"--DataProtection:Key={dataProtectionKey}", "--urls=http://127.0.0.1:0",
        "--Webhooks:AllowLoopbackHttp=true", "--Webhooks:Interval=00:00:00.050", .. settings,
    ];

    public Task<WebApplication> StartInstanceAsync(TimeProvider? clock = null, params string[] settings) => StartInstanceAsync(clock, _ => { }, settings);

    public async Task<WebApplication> StartInstanceAsync(TimeProvider? clock, Action<IServiceCollection> replace, string[] settings)
    {
        var instance = ApiApp.Build(Arguments(settings), services =>
        {
            services.Replace(ServiceDescriptor.Singleton(clock ?? TimeProvider.System));
            replace(services);
        });
        lock (instances) instances.Add(instance);
        await instance.StartAsync(Cancellation);
        return instance;
    }

    public ApiClient Client(WebApplication instance, string key) =>
        new(http, new Uri(instance.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), key);

    public async Task StopAsync(WebApplication instance)
    {
        instances.Remove(instance);
        await instance.StopAsync(CancellationToken.None);
        await instance.DisposeAsync();
    }

    public async Task<Answer> EndpointAsync(Uri url, params string[] types) => (await Api.PostAsync("/v1/webhook-endpoints", new System.Text.Json.Nodes.JsonObject
    {
        ["url"] = url.ToString(),
        ["event_types"] = new System.Text.Json.Nodes.JsonArray([.. (types.Length == 0 ? ["*"] : types).Select(type => (System.Text.Json.Nodes.JsonNode)type)]),
    })).Must(201);

    /// <summary>The only delivery of the endpoint, once it is as wanted.</summary>
    public async Task<Answer> DeliveryAsync(string endpoint, Func<Answer, bool> wanted)
    {
        Answer? found = null;
        await Eventually.TrueAsync(async () =>
        {
            found = (await Api.GetAsync($"/v1/webhook-endpoints/{endpoint}/deliveries?limit=1")).Must(200);
            return found.At("data").GetArrayLength() == 1 && wanted(found);
        }, () => $"The delivery is not as it should be: {found?.Text}");
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances.ToList()) await StopAsync(instance);
        http.Dispose();
        await Database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }
}

internal static class Eventually
{
    public static Task TrueAsync(Func<bool> condition, Func<string> otherwise, int seconds = 20) => TrueAsync(() => Task.FromResult(condition()), otherwise, seconds);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise, int seconds = 20)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds) Assert.Fail(otherwise());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
