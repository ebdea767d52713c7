using Npgsql;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>
/// The Citus cluster that the given server is the coordinator of. A database has its own extension, its own workers and its own tables there, so each that a test
/// wants is joined anew: a template cannot be copied.
/// </summary>
internal sealed class CitusCluster
{
    private readonly string coordinator;

    private CitusCluster(string coordinator, IReadOnlyList<string> workers) => (this.coordinator, Workers) = (coordinator, workers);

    /// <summary>Connection strings; none where the coordinator holds the shards itself.</summary>
    public IReadOnlyList<string> Workers { get; }

    /// <summary>Null where the server is plain PostgreSQL.</summary>
    public static async Task<CitusCluster?> FindAsync(string server)
    {
        var loaded = await ExecuteAsync(server, "postgres", "select string_to_array(replace(current_setting('shared_preload_libraries'), ' ', ''), ',') @> '{citus}'");
        if (loaded is not true) return null;
        var workers = (Environment.GetEnvironmentVariable("PO_TEST_CITUS_WORKERS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(worker => new NpgsqlConnectionStringBuilder(server) { Host = worker.Split(':')[0], Port = int.Parse(worker.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture) }.ConnectionString)
            .ToList();
        // A coordinator asks its nodes as whoever asks it, also where a login has taken on the lesser role for its session.
        foreach (var node in workers.Prepend(server))
        {
            foreach (var role in new[] { "po_app", "po_worker" })
            {
                if (await ExecuteAsync(node, "postgres", $"select 1 from pg_roles where rolname = '{role}'") is null) await ExecuteAsync(node, "postgres", $"create role {role}");
                await ExecuteAsync(node, "postgres", $"alter role {role} login");
            }
        }

        return new CitusCluster(server, workers);
    }

    public async Task JoinAsync(string database)
    {
        foreach (var worker in Workers)
        {
            await ExecuteAsync(worker, "postgres", $"create database \"{database}\"");
            await ExecuteAsync(worker, database, "create extension citus");
        }

        await ExecuteAsync(coordinator, database, "create extension citus");
        var own = new NpgsqlConnectionStringBuilder(coordinator);
        await ExecuteAsync(coordinator, database, "select citus_set_coordinator_host($1, $2)", own.Host!, own.Port);
        if (Workers.Count == 0) await ExecuteAsync(coordinator, database, "select citus_set_node_property($1, $2, 'shouldhaveshards', true)", own.Host!, own.Port);
        foreach (var worker in Workers.Select(one => new NpgsqlConnectionStringBuilder(one)))
            await ExecuteAsync(coordinator, database, "select citus_add_node($1, $2)", worker.Host!, worker.Port);
    }

    public async Task DropAsync(string database)
    {
        foreach (var worker in Workers) await ExecuteAsync(worker, "postgres", $"drop database if exists \"{database}\" with (force)");
    }

    private static async Task<object?> ExecuteAsync(string server, string database, string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync();
    }
}
