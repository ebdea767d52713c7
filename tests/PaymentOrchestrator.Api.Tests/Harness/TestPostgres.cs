using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using Npgsql;
using Testcontainers.PostgreSql;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>Where the tests' PostgreSQL is from: the server that PO_TEST_POSTGRES names, a container, or the local host's own server.</summary>
internal sealed class TestPostgres : IAsyncDisposable
{
    private const string Variable = "PO_TEST_POSTGRES";
    private const string Image = "postgres:17-alpine";

    private PostgreSqlContainer? container;

    private TestPostgres(string description, string? connectionString) => (Description, ConnectionString) = (description, connectionString);

    /// <summary>For the test output.</summary>
    public string Description { get; }

    /// <summary>To a database of this run's own; null where the local host is to start its server.</summary>
    public string? ConnectionString { get; }

    public static async Task<TestPostgres> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new TestPostgres($"the server of {Variable}", OwnDatabase(given, poolSize: 30));
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
        var own = new NpgsqlConnectionStringBuilder(ConnectionString);
        var database = own.Database;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        foreach (var name in new[] { database, $"{database}_sandbox" })
        {
            await using var drop = new NpgsqlCommand($"drop database if exists \"{name}\" with (force)", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }

    /// <param name="poolSize">A server that is not ours may admit no more than its default of 100 connections, and we have several pools.</param>
    private static string OwnDatabase(string server, int poolSize = 100) =>
        new NpgsqlConnectionStringBuilder(server) { Database = $"po_test_{Guid.NewGuid():N}", MaxPoolSize = poolSize }.ConnectionString;
}
