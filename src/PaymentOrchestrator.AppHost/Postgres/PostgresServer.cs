using System.Security.Cryptography;
using Npgsql;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// A real PostgreSQL server for one data folder, on the loopback interface alone, with password authentication: the machine's other
/// users can open the port too, so trust would hand them the data. The random password is in the data folder, mode 0600.
/// </summary>
/// <remarks>One instance per data folder at a time; the caller sees to that (<see cref="InstanceLock"/>).</remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string SuperUser = "postgres";
    private const string MaintenanceDatabase = "postgres";

    private readonly PostgresServerOptions options;
    private readonly ClusterControl control;
    private readonly string password;
    private bool disposed;

    private PostgresServer(PostgresServerOptions options, ClusterControl control, string password, int port)
    {
        this.options = options;
        this.control = control;
        this.password = password;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The file with the superuser's password.</summary>
    public string PasswordFile => PasswordFileOf(options.DataFolder);

    /// <exception cref="HostException">It cannot be started; the message says why and what to do.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken)
    {
        options = options with { DataFolder = Path.GetFullPath(options.DataFolder) };
        HostFolders.CreateData(options.DataFolder);
        if (options.Fresh)
            await ClusterHome.ForgetForeignAsync(options.DataFolder, cancellationToken);
        var home = await ClusterHome.OpenAsync(options.DataFolder, cancellationToken);
        var replaced = options.Fresh || home.IsOrphan;
        var installation = await PostgresBinaries.FindAsync(replaced ? null : home.Major, options.Log, cancellationToken);
        var control = new ClusterControl(installation, home, options.Log);

        // A host that was killed leaves its server running. It is stopped, not adopted: only then are the port and the
        // settings ours, and nothing of the former host's sessions is left.
        await control.StopLeftOverAsync(cancellationToken);
        if (replaced)
        {
            home = await home.ClearAsync(options.DataFolder, cancellationToken);
            control = control with { Home = home };
        }

        var password = await InitialiseAsync(options, control, cancellationToken);
        try
        {
            var port = await control.StartAsync(options, cancellationToken);
            return new PostgresServer(options, control, password, port);
        }
        catch (OperationCanceledException)
        {
            await control.StopLeftOverAsync(CancellationToken.None);
            throw;
        }
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = SuperUser,
        Password = password,
        Database = database,
    }.ConnectionString;

    public Task EnsureDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        PostgresDatabases.EnsureAsync(ConnectionString(MaintenanceDatabase), name, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await control.StopAsync(CancellationToken.None);
        if (options.DeleteAtEnd)
            control.Home.Remove(options.DataFolder);
    }

    private static string PasswordFileOf(string dataFolder) => Path.Combine(dataFolder, "postgres-password");

    private static async Task<string> InitialiseAsync(PostgresServerOptions options, ClusterControl control, CancellationToken cancellationToken)
    {
        var file = PasswordFileOf(options.DataFolder);
        if (control.Home.Major is not null)
        {
            return File.Exists(file)
                ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
                : throw new HostException($"{file} is missing, so nobody can log in to the cluster {control.Home.DataDirectory}. Put it back, or start with --reset to make the data anew.");
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await PrivateFile.WritePrivateAsync(file, password + "\n", cancellationToken);
        await control.InitialiseAsync(SuperUser, password, options.Durable, cancellationToken);
        return password;
    }
}
