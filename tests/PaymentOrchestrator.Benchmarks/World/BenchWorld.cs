using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.AppHost.Seeding;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Sandbox;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>
/// PostgreSQL with durability on, the provider stub, and many buyers with everything linked. They are made through the real API and the sandbox once, as the
/// local host makes its demo buyers, and then copied.
/// </summary>
internal sealed class BenchWorld : IAsyncDisposable
{
    private const string DatabaseName = "payment_orchestrator";
    private const int StartAttempts = 3;

    private static BenchWorld? present;

    // What any guide to PostgreSQL sets first; the rest is as it comes, durability included. API and floor share them.
    private static readonly (string Name, string Value)[] Settings = [("shared_buffers", "1GB"), ("max_wal_size", "8GB")];

    private readonly string folder = Directory.CreateTempSubdirectory("po-bench-").FullName;
    private PostgresServer? postgres;
    private LocalSecrets? secrets;
    private IReadOnlyList<string> api = [];
    private string member = "";
    private string customer = "";
    private int children;

    public BenchDatabase Database { get; private set; } = null!;

    /// <summary>Each marketplace's API key.</summary>
    public Dictionary<int, string> Keys { get; } = [];

    public int StubPort { get; private set; }

    public ChildProcess Stub { get; private set; } = null!;

    /// <summary>Where PostgreSQL's programs are.</summary>
    public string PostgresBin { get; private set; } = "";

    public int PostmasterId { get; private set; }

    /// <param name="published">The folder of an API that was published before; null to do it now.</param>
    public static async Task<BenchWorld> StartAsync(string? published)
    {
        var world = present = new BenchWorld();
        try
        {
            await world.PrepareAsync(published);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends all processes of this run, in the middle of whatever is going on.</summary>
    public static void EndAll() => present?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    public static string Url(int port) => $"http://127.0.0.1:{port}";

    /// <summary>The API as it ships, ready, and the milliseconds that took. What it logs goes to a file.</summary>
    /// <param name="database">The one that it works on.</param>
    /// <param name="port">Where PostgreSQL listens, or a recorder before it; null for PostgreSQL.</param>
    public async Task<(ChildProcess Process, int Port, double ReadyAfter)> StartApiAsync(BenchDatabase database, int? port = null, params (string Name, string Value)[] more)
    {
        var address = new NpgsqlConnectionStringBuilder(Database.Address.ConnectionString) { Database = database.Address.Database, Pooling = true };
        address.Remove("Command Timeout");
        if (port is { } other) address.Port = other;
        for (var attempt = 1; ; attempt++)
        {
            // Somebody else may take the port before the API does.
            var own = Ports.PickFree();
            var settings = StackArguments.ForApi(own, address.ConnectionString, Url(own), Url(StubPort), secrets!)
                .Select(argument => argument[2..].Split('=', 2))
                .ToDictionary(pair => pair[0].Replace(":", "__", StringComparison.Ordinal), pair => pair[1], StringComparer.Ordinal);
            settings["Postgres__MigrateAtStart"] = "false";
            settings["RateLimits__UnlimitedMarketplaces"] = string.Join(',', Keys.Keys);
            settings.Remove("Documentation__DemoKey");
            foreach (var (name, value) in more) settings[name] = value;
            var started = Stopwatch.GetTimestamp();
            var process = ChildProcess.Start(api, settings, Path.Combine(folder, $"api-{++children}.log"));
            if (await IsReadyAsync(process, own, "/health/ready")) return (process, own, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            var log = process.Log();
            process.Dispose();
            if (attempt == StartAttempts) throw new InvalidOperationException($"The API does not start:\n{log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        ChildProcess.EndAll();
        NpgsqlConnection.ClearAllPools();
        if (postgres is not null) await postgres.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private async Task PrepareAsync(string? published)
    {
        api = await PublishedApi.FindAsync(published);
        PostgresBin = (await PostgresBinaries.FindAsync(null, _ => { }, CancellationToken.None)).BinFolder;
        await StartPostgresAsync();
        var data = Path.Combine(folder, "host");
        var stack = await LocalStack.StartAsync(
            new LocalStackOptions { DataFolder = data, ConnectionString = postgres!.ConnectionString(DatabaseName) },
            new LocalStackParts(SandboxApp.Build, ApiApp.Build, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync), CancellationToken.None);
        await using (stack)
        {
            secrets = stack.Secrets;
            Database = new BenchDatabase(stack.ConnectionString);
            await DemoData.EnsureAsync(stack.ApiUrl, stack.Secrets.ApiKey, stack.SandboxUrl, data, CancellationToken.None);
            await ReadCustomerAsync(stack);
        }

        PostmasterId = int.Parse(File.ReadLines(Path.Combine(Database.Scalar<string>("show data_directory"), "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        Keys[1] = secrets.ApiKey;
        for (var marketplace = 2; marketplace <= BenchIds.OtherMarketplaces + 1; marketplace++)
        {
            await using var owner = Database.Open();
            Keys[marketplace] = DemoMarketplace.NewKey();
            await MarketplaceSetup.EnsureMarketplaceAsync(owner, marketplace, $"Marketplace {marketplace}", CancellationToken.None);
            await MarketplaceSetup.EnsureKeyAsync(owner, marketplace, Keys[marketplace], "bench", Scope.Codes, CancellationToken.None);
        }

        CopyBuyers();
        await StartStubAsync();
    }

    private async Task StartPostgresAsync()
    {
        var options = new PostgresServerOptions { DataFolder = Path.Combine(folder, "postgres"), Durable = true };
        postgres = await PostgresServer.StartAsync(options, CancellationToken.None);
        var server = new BenchDatabase(postgres.ConnectionString("postgres"));
        foreach (var (name, value) in Settings) server.Execute($"alter system set {name} = '{value}'");
        // Some settings are read at a start alone.
        await postgres.DisposeAsync();
        postgres = await PostgresServer.StartAsync(options with { DeleteAtEnd = true }, CancellationToken.None);
    }

    private async Task StartStubAsync()
    {
        KeyValuePair<string, string>[] settings =
        [
            new("STUB_WORLDFIRST", $"{secrets!.WorldFirstClientId}|{secrets.WorldFirstProvider.PrivateKey}"),
            new("STUB_ALIPAY", $"{secrets.AlipayClientId}|{secrets.AlipayProvider.PrivateKey}"),
            new("STUB_MEMBER", member), new("STUB_CUSTOMER", customer), new("DOTNET_gcServer", "0"),
        ];
        for (var attempt = 1; ; attempt++)
        {
            StubPort = Ports.PickFree();
            Stub = ChildProcess.Start(["dotnet", typeof(BenchWorld).Assembly.Location, "stub", Url(StubPort)], settings, Path.Combine(folder, "stub.log"));
            if (await IsReadyAsync(Stub, StubPort, "/v1/payment_methods/pm_1")) return;
            var log = Stub.Log();
            Stub.Dispose();
            if (attempt == StartAttempts) throw new InvalidOperationException($"The provider stub does not start:\n{log}");
        }
    }

    /// <summary>False when the process ended instead: another one's answer on its port would be no answer.</summary>
    private static async Task<bool> IsReadyAsync(ChildProcess process, int port, string path)
    {
        using var http = new HttpClient();
        while (!process.HasEnded)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Url(port) + path));
                if (answer.StatusCode == HttpStatusCode.OK) return !process.HasEnded;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Not listening yet.
            }

            await Task.Delay(5);
        }

        return false;
    }

    private void CopyBuyers()
    {
        var all = $"generate_series({BenchIds.FirstBuyer}, {BenchIds.FirstBuyer + BenchIds.AllBuyers - 1}) b";
        var whose = $"'marketplace_id', {BenchIds.MarketplaceSql("b")}, 'shard_key', {BenchIds.ShardExpression("b")}";
        Database.Execute($"""
            insert into buyers
            select r.* from buyers o, {all}, lateral jsonb_populate_record(o, jsonb_build_object('id', {BenchIds.Sql(BenchIds.BuyerKind, "b")}, 'reference', 'bench-' || b, {whose})) r
            where o.reference = 'demo-ready';
            """);
        var accounts = Database.Texts("select a.id from linked_accounts a join buyers r on r.id = a.buyer_id where r.reference = 'demo-ready' and a.status = 'active' order by a.id");
        for (var i = 0; i < accounts.Count; i++)
        {
            Database.Execute($"""
                insert into linked_accounts
                select r.* from linked_accounts o, {all}, lateral jsonb_populate_record(o, jsonb_build_object(
                    'id', {BenchIds.Sql(BenchIds.BuyerKind + 1 + i, "b")}, 'buyer_id', {BenchIds.Sql(BenchIds.BuyerKind, "b")}, 'parent_id', null, {whose})) r
                where o.id = '{accounts[i]}';
                """);
        }

        Database.Execute("vacuum analyze;");
        member = Database.Scalar<string>($"select provider_account_id from linked_accounts where provider = 'marketplace_1688' and buyer_id = '{BenchIds.Of(BenchIds.BuyerKind, BenchIds.FirstBuyer)}'");
    }

    /// <summary>Whose card it is, as the acquirer knows them: the stub has to say the same, and our own record of it is encrypted.</summary>
    private async Task ReadCustomerAsync(LocalStack stack)
    {
        var card = Database.Scalar<string>("select a.provider_account_id from linked_accounts a join buyers b on b.id = a.buyer_id where b.reference = 'demo-ready' and a.provider = 'card' and a.status = 'active'");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", stack.Secrets.CardSecretKey);
        using var answer = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri($"{stack.SandboxUrl}/v1/payment_methods/{card}")));
        customer = answer.RootElement.GetProperty("customer").GetString()!;
    }
}
