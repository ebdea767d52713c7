using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.Domain;
using PaymentOrchestrator.Sandbox;
using Xunit;

[assembly: AssemblyFixture(typeof(TestSystem))]

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>
/// The API, the providers' sandbox and PostgreSQL, all of them real and started once for all tests, as the local host starts them. Tests keep
/// apart by having buyers, or whole marketplaces, of their own.
/// </summary>
public sealed class TestSystem : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"po-api-tests-{Guid.NewGuid():N}");
    private readonly List<WebApplication> others = [];
    private string[] apiArguments = [];
    private TestPostgres? postgres;
    private LocalStack? stack;
    private HttpClient? browser;

    public Uri ApiUrl => new(Stack.ApiUrl);

    public Uri SandboxUrl => new(Stack.SandboxUrl);

    /// <summary>The demo marketplace's client, in test mode.</summary>
    public ApiClient Api { get; private set; } = null!;

    public SandboxClient Sandbox { get; private set; } = null!;

    public Database Database { get; private set; } = null!;

    /// <summary>Which PostgreSQL the tests run on.</summary>
    public string PostgresDescription => postgres?.Description ?? "none";

    /// <summary>Whether the tables are spread over a cluster, which has no row-level security of ours.</summary>
    public bool IsCitus => postgres?.IsCitus ?? false;

    /// <summary>What the acquirer signs its notifications with.</summary>
    public string CardWebhookSecret => Stack.Secrets.CardWebhookSecret;

    /// <summary>What the providers sign with, and how they know us.</summary>
    internal LocalSecrets Secrets => Stack.Secrets;

    /// <summary>What the providers themselves have written down.</summary>
    public Database SandboxDatabase { get; private set; } = null!;

    /// <summary>What the API was started with, for a test that starts it as a process.</summary>
    public IReadOnlyList<string> ApiArguments => apiArguments;

    private LocalStack Stack => stack ?? throw new InvalidOperationException("The stack is not started.");

    private HttpClient Http => browser ?? throw new InvalidOperationException("The stack is not started.");

    public async ValueTask InitializeAsync()
    {
        postgres = await TestPostgres.FindAsync();
        Console.WriteLine($"PostgreSQL of the API tests: {postgres.Description}.");
        // The local host makes a database that is missing, but knows of no cluster.
        if (postgres.IsCitus) await postgres.CreateAsync(new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Database!);
        stack = await LocalStack.StartAsync(
            new LocalStackOptions { DataFolder = folder, ConnectionString = postgres.ConnectionString, Durable = false, DeleteAtEnd = true },
            // What happens of its own accord (1688's messages, settlement, webhooks) has tests of its own; here nothing moves unless a test moves it.
            new LocalStackParts(arguments => SandboxApp.Build([.. arguments, "--Sandbox:Notifications=false"]), BuildApi, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync),
            TestContext.Current.CancellationToken);
        // As a browser would be that lets the test see each redirect. Never by way of a proxy: everything is on this machine.
        browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromMinutes(5) };
        Api = new ApiClient(browser, ApiUrl, stack.Secrets.ApiKey);
        Sandbox = new SandboxClient(browser, new Uri(stack.SandboxUrl));
        Database = new Database(stack.ConnectionString);
        var own = new NpgsqlConnectionStringBuilder(stack.ConnectionString);
        SandboxDatabase = new Database(new NpgsqlConnectionStringBuilder(stack.ConnectionString) { Database = $"{own.Database}_sandbox", MaxPoolSize = 5 }.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in others)
        {
            await other.StopAsync(CancellationToken.None);
            await other.DisposeAsync();
        }

        browser?.Dispose();
        if (Database is not null) await Database.DisposeAsync();
        if (SandboxDatabase is not null) await SandboxDatabase.DisposeAsync();
        if (stack is not null) await stack.DisposeAsync();
        if (postgres is not null) await postgres.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>A client without a key, or with one of the test's own making.</summary>
    public ApiClient ClientWith(string? key) => new(Http, ApiUrl, key);

    /// <summary>The same at another instance.</summary>
    public ApiClient ClientWith(string? key, Uri instance) => new(Http, instance, key);

    /// <summary>The demo marketplace's client of another instance.</summary>
    public ApiClient ClientAt(Uri root) => ClientWith(Stack.Secrets.ApiKey, root);

    /// <summary>A new marketplace with a key in test and in live mode, each with every scope.</summary>
    public async Task<Tenant> NewMarketplaceAsync()
    {
        var id = await Database.NewMarketplaceAsync();
        var test = ApiKeys.Generate(Mode.Test);
        var live = ApiKeys.Generate(Mode.Live);
        await Database.AddKeyAsync(id, test);
        await Database.AddKeyAsync(id, live);

        return new Tenant(id, ClientWith(test), ClientWith(live)) { TestKey = test, LiveKey = live };
    }

    /// <summary>
    /// One more instance of the API on the same database, with a clock of its own. The sandbox keeps to the real time; the instance's resolvers
    /// rest, for a clock that is ahead would take others' payments for abandoned.
    /// </summary>
    public async Task<ApiClient> StartAnotherApiAsync(TimeProvider clock, params string[] settings)
    {
        var other = await StartOtherAsync(clock, settings);
        lock (others) others.Add(other.App);
        return other.Client;
    }

    /// <summary>The same, stopped when the test is done with it: for settings that would get in the way of other tests' background work.</summary>
    public Task<OtherApi> StartOtherAsync(TimeProvider clock, params string[] settings) => StartOtherAsync(clock, _ => { }, settings);

    /// <summary>The same, with more of its parts replaced or added: what it logs to.</summary>
    public async Task<OtherApi> StartOtherAsync(TimeProvider clock, Action<IServiceCollection> replace, params string[] settings)
    {
        // One test speaks to it: the server's connections are for the first instance, which others put to the test.
        var few = new NpgsqlConnectionStringBuilder(Stack.ConnectionString) { MaxPoolSize = 4 }.ConnectionString;
        var other = ApiApp.Build([.. apiArguments, $"--ConnectionStrings:Postgres={few}", .. Pooler.Arguments(few), "--urls=http://127.0.0.1:0", "--Payments:Resolver:Interval=1.00:00:00", "--Refunds:Resolver:Interval=1.00:00:00", "--LinkedAccounts:Upkeep:Interval=1.00:00:00", "--Notifications:Parked:Interval=1.00:00:00", .. settings], services =>
        {
            services.Replace(ServiceDescriptor.Singleton(clock));
            replace(services);
        });
        await other.StartAsync(TestContext.Current.CancellationToken);
        var address = other.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new OtherApi(other, new ApiClient(Http, new Uri(address), Stack.Secrets.ApiKey), new Uri(address));
    }

    private WebApplication BuildApi(string[] arguments)
    {
        apiArguments = [.. arguments, .. Pooler.Arguments(postgres!.ConnectionString ?? ""), "--Webhooks:Dispatch=false", "--RateLimits:Enabled=false", "--Retention:Run=false", "--Payments:Resolver:Interval=1.00:00:00"];
        return ApiApp.Build(apiArguments);
    }
}

/// <summary>A marketplace with a client for each mode.</summary>
public sealed record Tenant(int Id, ApiClient Test, ApiClient Live)
{
    public required string TestKey { get; init; }

    public required string LiveKey { get; init; }
}

/// <summary>An instance of the API besides the one that all tests share.</summary>
public sealed record OtherApi(WebApplication App, ApiClient Client, Uri Url) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
    }
}

/// <summary>Our clock in an API instance, set by hand; durations still pass as they do.</summary>
public sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}
