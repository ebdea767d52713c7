using System.Text.Json.Nodes;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>The shipped parts as processes, a durable PostgreSQL, and links between them that can be broken.</summary>
internal sealed class KillWorld : IAsyncDisposable
{
    // The providers' schedules, scaled down: seconds stand for minutes. The debit's own limit of 10 s stays, and what depends on it.
    private static readonly string[] Schedules =
    [
        "--Payments:Resolver:Interval=00:00:00.250", "--Payments:Resolver:OwnerGoneAfter=00:00:01.500", "--Payments:Resolver:FirstDelay=00:00:00.200",
        "--Payments:Resolver:MaxDelay=00:00:01", "--Payments:Resolver:ActionExpiresAfter=00:00:04", "--Payments:Resolver:GiveUpAfter=00:05:00",
        "--Refunds:Resolver:Interval=00:00:00.250", "--Refunds:Resolver:OwnerGoneAfter=00:00:01.500", "--Refunds:Resolver:FirstDelay=00:00:00.200", "--Refunds:Resolver:MaxDelay=00:00:01",
        "--Webhooks:Interval=00:00:00.250", "--Webhooks:AttemptLimit=00:00:01", "--Webhooks:Lease=00:00:02", "--Webhooks:TimeScale=0.01", "--Webhooks:BreakAfter=1000000",
    ];

    private readonly string folder;
    private readonly HttpClient http = Shop.NewHttp(TimeSpan.FromSeconds(15));
    private LocalSecrets secrets = null!;
    private int apiPort;
    private int sandboxPort;

    private KillWorld(string folder) => this.folder = folder;

    public Database Database { get; private set; } = null!;

    public Receiver Receiver { get; private set; } = null!;

    public Shop Shop { get; private set; } = null!;

    public Part Api { get; private set; } = null!;

    public Part Sandbox { get; private set; } = null!;

    /// <summary>Between the API and PostgreSQL.</summary>
    public Proxy DatabaseLink { get; private set; } = null!;

    /// <summary>Between the API and the providers.</summary>
    public Proxy ProviderLink { get; private set; } = null!;

    public static async Task<KillWorld> StartAsync()
    {
        var world = new KillWorld(Path.Combine(Path.GetTempPath(), $"po-faults-{Guid.NewGuid():N}"));
        try
        {
            await world.StartPartsAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new process of the API, on the same port.</summary>
    /// <param name="point">Where it kills itself, the n-th time that it gets there.</param>
    public async Task StartApiAsync(FaultPoint? point = null, int hit = 1)
    {
        string[] options = point is null ? ["--part", "api"] : ["--part", "api", "--point", point.Name, "--hit", $"{hit}"];
        // Few connections: each is a process of the server's, and half of what a part that lives for seconds costs.
        var database = new NpgsqlConnectionStringBuilder(Database.ConnectionString(Database.Name)) { Port = DatabaseLink.Port, MaxPoolSize = 6, Timeout = 3, CommandTimeout = 5 };
        Api = Part.Start(options,
        [
            .. StackArguments.ForApi(apiPort, database.ConnectionString, Ports.PublicUrl(apiPort), Ports.PublicUrl(ProviderLink.Port), secrets),
            "--Postgres:MigrateAtStart=false", .. Schedules,
        ]);
        await Api.WaitUntilReadyAsync();
    }

    public async Task StartSandboxAsync()
    {
        Sandbox = Part.Start(["--part", "sandbox"], StackArguments.ForSandbox(sandboxPort, Database.ConnectionString(Database.SandboxName), Ports.PublicUrl(apiPort), secrets));
        await Sandbox.WaitUntilReadyAsync();
    }

    /// <summary>Waits until nothing is on its way any more; how long that took, and whether it came to an end at all.</summary>
    public async Task<(TimeSpan Waited, bool Quiet)> WaitForQuietAsync(TimeSpan limit)
    {
        const string sql = """
            select (select count(*) from payments where status in ('processing', 'requires_action') or settlement_status = 'pending')
                + (select count(*) from refunds where status = 'pending')
                + (select count(*) from events where dispatched_at is null)
                + (select count(*) from webhook_deliveries where status = 'pending');
            """;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await using var connection = new NpgsqlConnection(Database.ConnectionString(Database.Name) + ";Pooling=false");
        await connection.OpenAsync();
        while (clock.Elapsed < limit)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            if (await command.ExecuteScalarAsync() is 0L) return (clock.Elapsed, true);
            await Task.Delay(100);
        }

        return (clock.Elapsed, false);
    }

    /// <summary>What four sides say now.</summary>
    public async Task<Observation> ObserveAsync(IReadOnlyList<ClientRequest> requests)
    {
        await AnalyzeAsync();
        var proof = await Shop.GetAsync("/v1/ledger/proof");
        var seen = await ObservationReader.ReadAsync(new NpgsqlConnectionStringBuilder(Database.ConnectionString(Database.Name)) { Pooling = false, CommandTimeout = 120 }.ConnectionString, null);
        return seen with
        {
            Requests = requests,
            Executions = await ObservationReader.ExecutionsAsync(http, Shop.Sandbox),
            Proof = proof is { Status: 200 }
                ? [.. proof.Json.GetProperty("checks").EnumerateArray().Select(check => (check.GetProperty("name").GetString()!, check.GetProperty("violations").GetInt64()))]
                : [($"no proof: {proof?.Status} {proof?.Text}", 1)],
            Delivered = Receiver.Events,
            MayFail = true,
        };
    }

    /// <summary>A server that is killed again and again forgets what it counted, by which it would have looked at its tables: it plans the proof of thousands of payments as one of none.</summary>
    private async Task AnalyzeAsync()
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString(Database.Name) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("analyze", connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null) await Api.DisposeAsync();
        if (Sandbox is not null) await Sandbox.DisposeAsync();
        if (DatabaseLink is not null) await DatabaseLink.DisposeAsync();
        if (ProviderLink is not null) await ProviderLink.DisposeAsync();
        if (Receiver is not null) await Receiver.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
        http.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task StartPartsAsync()
    {
        Database = await Database.StartAsync(folder, durable: true);
        if (!await Database.IsDurableAsync()) throw new InvalidOperationException("The server does not sync what it commits: killing it would prove nothing.");
        await Migrator.RunAsync(Database.ConnectionString(Database.Name), CancellationToken.None);
        secrets = await LocalSecrets.LoadOrCreateAsync(folder, DemoMarketplace.NewKey, CancellationToken.None);
        await DemoMarketplace.EnsureAsync(Database.ConnectionString(Database.Name), secrets.ApiKey, CancellationToken.None);
        apiPort = Ports.PickFree();
        sandboxPort = Ports.PickFree(apiPort);
        DatabaseLink = new Proxy(() => Database.Port);
        ProviderLink = new Proxy(() => sandboxPort);
        Receiver = await Receiver.StartAsync();
        await Task.WhenAll(StartSandboxAsync(), StartApiAsync());
        Shop = new Shop(http, new Uri(Ports.PublicUrl(apiPort)), new Uri(Ports.PublicUrl(sandboxPort)), secrets.ApiKey);
        var endpoint = await Shop.SendAsync(HttpMethod.Post, "/v1/webhook-endpoints", new JsonObject { ["url"] = Receiver.Url, ["event_types"] = new JsonArray("*") }, "endpoint");
        if (endpoint is not { Status: 201 }) throw new InvalidOperationException($"No webhook endpoint: {endpoint?.Status} {endpoint?.Text} {Api.LastWords}");
    }
}
