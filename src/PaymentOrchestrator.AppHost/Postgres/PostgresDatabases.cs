using Npgsql;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>Makes databases that are not there yet.</summary>
internal static class PostgresDatabases
{
    /// <summary>The connection string is to any database of the server, as a user who may create databases.</summary>
    public static async Task EnsureAsync(string connectionString, string name, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Unpooled(connectionString));
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection)
        {
            Parameters = { new() { Value = name } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is true)
            return;

        await using var create = new NpgsqlCommand($"create database {Quote(name)}", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another start made it in between: it is there, which is all that is asked.
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new HostException($"Database {name} is missing and user {connection.UserName} may not create it. Create it (create database {Quote(name)}), or grant the user createdb.", inner: e);
        }
    }

    /// <summary>Makes the database that a user's own connection string names, if the server has none of that name.</summary>
    public static async Task EnsureOwnAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled(connectionString));
            await connection.OpenAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            var wanted = new NpgsqlConnectionStringBuilder(connectionString);
            await EnsureAsync(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres" }.ConnectionString, wanted.Database!, cancellationToken);
        }
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
