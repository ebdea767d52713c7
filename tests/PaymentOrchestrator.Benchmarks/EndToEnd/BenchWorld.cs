using System.Net;
using Npgsql;
using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.AppHost.Seeding;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Sandbox;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>
/// PostgreSQL with durability on, and many buyers with everything linked. They are made through the real API and the sandbox once, as the local host
/// makes its demo buyers, and then copied.
/// </summary>
internal sealed class BenchWorld : IAsyncDisposable
{
    /// <summary>Buyer b lies on shard b.</summary>
    public const int Buyers = 1000;

    private const string DatabaseName = "payment_orchestrator";

    private readonly string folder = Directory.CreateTempSubdirectory("po-bench-").FullName;
    private PostgresServer? postgres;
    private LocalSecrets? secrets;
    private string member = "";
    private string customer = "";

    public NpgsqlConnectionStringBuilder Database { get; private set; } = null!;

    public string ApiKey => secrets!.ApiKey;

    /// <summary>Where PostgreSQL's programs are.</summary>
    public string PostgresBin { get; private set; } = "";

    public int PostmasterId => int.Parse(
        File.ReadLines(Path.Combine(Scalar<string>("show data_directory"), "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<BenchWorld> StartAsync()
    {
        var world = new BenchWorld();
        world.postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions { DataFolder = Path.Combine(world.folder, "postgres"), Durable = true, DeleteAtEnd = true }, CancellationToken.None);
        world.PostgresBin = (await PostgresBinaries.FindAsync(null, _ => { }, CancellationToken.None)).BinFolder;
        var data = Path.Combine(world.folder, "host");
        var stack = await LocalStack.StartAsync(
            new LocalStackOptions { DataFolder = data, ConnectionString = world.postgres.ConnectionString(DatabaseName) },
            new LocalStackParts(SandboxApp.Build, ApiApp.Build, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync), CancellationToken.None);
        await using (stack)
        {
            world.secrets = stack.Secrets;
            world.Database = new NpgsqlConnectionStringBuilder(stack.ConnectionString);
            await DemoData.EnsureAsync(stack.ApiUrl, stack.Secrets.ApiKey, stack.SandboxUrl, data, CancellationToken.None);
            await world.ReadCustomerAsync(stack);
        }

        world.CopyBuyers();
        return world;
    }

    /// <summary>The API as built for release, against the stub.</summary>
    /// <param name="databasePort">PostgreSQL's own, or a recorder's before it.</param>
    public ChildProcess StartApi(int port, int stubPort, int databasePort, params (string Name, string Value)[] more)
    {
        var database = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Port = databasePort };
        var settings = StackArguments.ForApi(port, database.ConnectionString, Url(port), Url(stubPort), secrets!)
            .Select(argument => argument[2..].Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0].Replace(":", "__", StringComparison.Ordinal), pair[1]));
        return ChildProcess.Start(ReleaseOf("PaymentOrchestrator.Api"), [], [.. settings, .. more.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))]);
    }

    public ChildProcess StartStub(int port) => ChildProcess.Start(
        typeof(BenchWorld).Assembly.Location, ["stub", Url(port)],
        [
            KeyValuePair.Create("STUB_WORLDFIRST", $"{secrets!.WorldFirstClientId}|{secrets.WorldFirstProvider.PrivateKey}"),
            KeyValuePair.Create("STUB_ALIPAY", $"{secrets.AlipayClientId}|{secrets.AlipayProvider.PrivateKey}"),
            KeyValuePair.Create("STUB_MEMBER", member),
            KeyValuePair.Create("STUB_CUSTOMER", customer),
            KeyValuePair.Create("DOTNET_gcServer", "0"),
        ]);

    public static string Url(int port) => $"http://127.0.0.1:{port}";

    public static async Task WaitUntilReadyAsync(int port)
    {
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{Url(port)}/health/ready"));
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException) when (tries < 600)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }
    }

    public T Scalar<T>(string sql)
    {
        using var connection = new NpgsqlConnection(Database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)command.ExecuteScalar()!;
    }

    public List<string> Texts(string sql)
    {
        using var connection = new NpgsqlConnection(Database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetString(0));
        return texts;
    }

    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (postgres is not null) await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void CopyBuyers()
    {
        Execute($"""
            insert into buyers
            select (jsonb_populate_record(r, jsonb_build_object('id', {BenchIds.Sql(BenchIds.BuyerKind, "b")}, 'reference', 'bench-' || b, 'shard_key', b))).*
            from buyers r, generate_series(0, {Buyers - 1}) b where r.reference = 'demo-ready';
            """);
        var accounts = Texts("select a.id::text from linked_accounts a join buyers r on r.id = a.buyer_id where r.reference = 'demo-ready' and a.status = 'active' order by a.id");
        for (var i = 0; i < accounts.Count; i++)
        {
            Execute($"""
                insert into linked_accounts
                select (jsonb_populate_record(a, jsonb_build_object(
                    'id', {BenchIds.Sql(BenchIds.BuyerKind + 1 + i, "b")}, 'buyer_id', {BenchIds.Sql(BenchIds.BuyerKind, "b")}, 'shard_key', b, 'parent_id', null))).*
                from linked_accounts a, generate_series(0, {Buyers - 1}) b where a.id = '{accounts[i]}';
                """);
        }

        Execute("analyze;");
        member = Scalar<string>("select provider_account_id from linked_accounts where provider = 'marketplace_1688' and shard_key = 0 limit 1");
    }

    /// <summary>Whose card it is, as the acquirer knows them: the stub has to say the same, and our own record of it is encrypted.</summary>
    private async Task ReadCustomerAsync(LocalStack stack)
    {
        var card = Scalar<string>("select a.provider_account_id from linked_accounts a join buyers b on b.id = a.buyer_id where b.reference = 'demo-ready' and a.provider = 'card' and a.status = 'active'");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", stack.Secrets.CardSecretKey);
        using var answer = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri($"{stack.SandboxUrl}/v1/payment_methods/{card}")));
        customer = answer.RootElement.GetProperty("customer").GetString()!;
    }

    private static string ReleaseOf(string project)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "PaymentOrchestrator.sln"))) root = root.Parent;
        var file = Path.Combine(root!.FullName, "src", project, "bin", "Release", "net10.0", $"{project}.dll");
        return File.Exists(file) ? file : throw new InvalidOperationException($"{file} is missing: run the benchmarks with -c Release.");
    }
}
