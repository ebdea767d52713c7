using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.AppHost.Postgres;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>A PostgreSQL server of our own, which can be killed and comes back on the same port with the same data.</summary>
internal sealed class Database : IAsyncDisposable
{
    public const string Name = "payment_orchestrator";
    public const string SandboxName = "payment_orchestrator_sandbox";

    private readonly PostgresServerOptions options;
    private PostgresServer server;

    private Database(PostgresServerOptions options, PostgresServer server) => (this.options, this.server) = (options, server);

    public int Port => server.Port;

    /// <param name="durable">Whether what was committed survives a kill: without it, a kill of the server proves nothing.</param>
    public static async Task<Database> StartAsync(string folder, bool durable)
    {
        var options = new PostgresServerOptions { DataFolder = folder, Durable = durable, Port = Ports.PickFree(), DeleteAtEnd = true };
        var server = await PostgresServer.StartAsync(options, CancellationToken.None);
        await server.EnsureDatabaseAsync(Name);
        await server.EnsureDatabaseAsync(SandboxName);
        return new Database(options, server);
    }

    /// <summary>As the owner, straight to the server.</summary>
    public string ConnectionString(string database) => server.ConnectionString(database);

    /// <summary>SIGKILL to the server and every process of it, at once: as when the machine's memory runs out. Then it starts again and recovers.</summary>
    public async Task KillAsync()
    {
        var postmaster = await PostmasterAsync();
        var family = new List<int> { postmaster };
        family.AddRange(ChildrenOf(postmaster));
        foreach (var id in family)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It ended by itself when the first one did.
            }
        }
    }

    public async Task RestartAsync() => server = await PostgresServer.StartAsync(options, CancellationToken.None);

    /// <summary>Whether the server really syncs what it commits.</summary>
    public async Task<bool> IsDurableAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString(Name) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' and current_setting('full_page_writes') = 'on'", connection);
        return await command.ExecuteScalarAsync() is true;
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task<int> PostmasterAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select current_setting('data_directory')", connection);
        var folder = (string)(await command.ExecuteScalarAsync())!;
        return int.Parse(File.ReadLines(Path.Combine(folder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue; // ended while we were looking
            }

            // After the name in parentheses: state, then the parent.
            if (int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) == parent) yield return id;
        }
    }
}
