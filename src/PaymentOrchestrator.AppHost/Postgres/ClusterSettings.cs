namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// The host's settings of a cluster, in a file of their own which is written at every start and read after
/// <c>postgresql.conf</c>; what the user sets with ALTER SYSTEM still wins.
/// </summary>
internal static class ClusterSettings
{
    private const string FileName = "host.conf";

    /// <summary>Makes a new cluster's main file read ours.</summary>
    public static Task IncludeAsync(string dataDirectory, CancellationToken cancellationToken) =>
        File.AppendAllTextAsync(Path.Combine(dataDirectory, "postgresql.conf"), $"\ninclude_if_exists = '{FileName}'\n", cancellationToken);

    public static async Task WriteAsync(string dataDirectory, PostgresServerOptions options, int port, CancellationToken cancellationToken)
    {
        var durable = options.Durable ? "on" : "off";

        // Loopback TCP alone: no socket file that other accounts of the machine could open, and the same on every system.
        await PrivateFile.WriteReadableAsync(
            Path.Combine(dataDirectory, FileName),
            $"""
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            port = {port}
            max_connections = {options.MaxConnections}
            fsync = {durable}
            synchronous_commit = {durable}
            full_page_writes = {durable}
            timezone = 'UTC'
            log_timezone = 'UTC'

            """,
            cancellationToken);
    }
}
