using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using Npgsql;
using Testcontainers.PostgreSql;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>
/// Where the tests' PostgreSQL is from: the server that PO_TEST_POSTGRES names, a container, or the local host's own server. PO_TEST_POOLER names a PgBouncer
/// before it, by which the instances under test go; PO_TEST_CITUS_WORKERS the workers of a Citus coordinator (host:port, divided by commas).
/// </summary>
internal sealed class TestPostgres : IAsyncDisposable
{
    private const string Variable = "PO_TEST_POSTGRES";
    private const string Image = "postgres:17-alpine";

    private PostgreSqlContainer? container;
    private CitusCluster? citus;

    private TestPostgres(string description, string? connectionString) => (Description, ConnectionString) = (description, connectionString);

    /// <summary>For the test output.</summary>
    public string Description { get; private set; }

    /// <summary>To a database of this run's own; null where the local host is to start its server.</summary>
    public string? ConnectionString { get; }

    public bool IsCitus => citus is not null;

    public static async Task<TestPostgres> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            var found = new TestPostgres($"the server of {Variable}", OwnDatabase(given, poolSize: 30));
            found.citus = await CitusCluster.FindAsync(given);
            if (found.IsCitus) found.Description += $", Citus {(found.citus!.Workers.Count == 0 ? "on a single node" : $"with {found.citus.Workers.Count} workers")}";
            if (Pooler.Given) found.Description += ", by way of the pooler of PO_TEST_POOLER";
            await Pooler.CreateLoginsAsync(given, found.citus?.Workers ?? []);
            return found;
        }

        try
        {
            var container = new PostgreSqlBuilder(Image)
                .WithCommand("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=400")
                .Build();
            await container.StartAsync();
            return new TestPostgres($"a container of {Image}", OwnDatabase(container.GetConnectionString())) { container = container };
        }
        catch (Exception e) when (e is DockerUnavailableException or DockerApiException)
        {
            return new TestPostgres("the local host's own server (no container: Docker does not answer or has no image)", null);
        }
    }

    /// <summary>Makes a database on the server that was given, and on Citus one of its workers beside it.</summary>
    public async Task CreateAsync(string name)
    {
        await OnServerAsync($"create database \"{name}\"");
        if (citus is not null) await citus.JoinAsync(name);
    }

    /// <summary>Leaves nothing behind on a server that is not ours.</summary>
    public async ValueTask DisposeAsync()
    {
        if (container is not null)
        {
            await container.DisposeAsync();
            return;
        }

        if (ConnectionString is null) return;
        NpgsqlConnection.ClearAllPools();
        var database = new NpgsqlConnectionStringBuilder(ConnectionString).Database!;
        await DropAsync(database);
        await DropAsync($"{database}_sandbox");
    }

    public async Task DropAsync(string name)
    {
        await OnServerAsync($"drop database if exists \"{name}\" with (force)");
        if (citus is not null) await citus.DropAsync(name);
    }

    private async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <param name="poolSize">A server that is not ours may admit no more than its default of 100 connections, and we have several pools.</param>
    private static string OwnDatabase(string server, int poolSize = 100) =>
        new NpgsqlConnectionStringBuilder(server) { Database = $"tests_{Guid.NewGuid():N}", MaxPoolSize = poolSize }.ConnectionString;
}
