using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// Connections to PostgreSQL, one pool per database role: <c>po_app</c> for requests, <c>po_worker</c> for key look-up and background work.
/// The owner's connection is used by migrations alone.
/// </summary>
internal sealed class Db : IAsyncDisposable
{
    // The worker's commands are short and few at a time; a burst of requests with keys to look up must not take as many connections again.
    private const int WorkerConnections = 20;

    private const string HasCitus = "select exists (select from pg_extension where extname = 'citus')";

    private readonly NpgsqlDataSource app;
    private readonly NpgsqlDataSource worker;
    private readonly ConnectionShares shares;

    // Asked by each physical connection. A database is spread while no instance runs on it.
    private volatile bool clustered;

    static Db()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    public Db(IConfiguration configuration)
    {
        app = Build(configuration, "App", "po_app");
        worker = Build(configuration, "Worker", "po_worker");
        shares = new ConnectionShares(configuration);
    }

    /// <summary>For what belongs to a marketplace: the rows of this one, in this mode, and no others, whatever the statement says.</summary>
    public async ValueTask<TenantConnection> OpenAsync(Caller owner, CancellationToken cancellationToken) =>
        new(await shares.OpenAsync(app, owner.MarketplaceId, cancellationToken), owner, clustered);

    /// <summary>For reference data that all share. No row of any marketplace can be seen.</summary>
    public ValueTask<NpgsqlConnection> OpenSharedAsync(CancellationToken cancellationToken) => app.OpenConnectionAsync(cancellationToken);

    /// <summary>Over all marketplaces, with rights to little: see what is due, and whose it is.</summary>
    public ValueTask<NpgsqlConnection> OpenWorkerAsync(CancellationToken cancellationToken) => worker.OpenConnectionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await worker.DisposeAsync();
        shares.Dispose();
    }

    /// <summary>
    /// <c>ConnectionStrings:App</c> and <c>:Worker</c> name logins of their own. Where only <c>ConnectionStrings:Postgres</c> is given, that
    /// login takes on the lesser role for each session, so that one machine has the same rights as a fleet.
    /// </summary>
    private NpgsqlDataSource Build(IConfiguration configuration, string name, string role)
    {
        var own = configuration.GetConnectionString(name);
        var builder = new NpgsqlConnectionStringBuilder(own ?? configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("Set ConnectionStrings:Postgres (or ConnectionStrings:App and :Worker) to the PostgreSQL database."));
        if (own is null) builder.Options = $"{builder.Options} -c role={role}".Trim();
        // Not ContainsKey: that is true of every keyword that Npgsql knows.
        if (!builder.ShouldSerialize("Max Auto Prepare")) builder.MaxAutoPrepare = 100;
        // Nothing stays on a connection that goes back: settings are a transaction's own, and there are no locks, cursors or temporary tables of a session.
        // Taking back what is not there would be six statements before each command.
        builder.NoResetOnClose = true;
        if (role == "po_worker" && !builder.ShouldSerialize("Maximum Pool Size")) builder.MaxPoolSize = WorkerConnections;
        builder.ApplicationName = $"payment-orchestrator-{role}";
        // The name stands for the pool in metrics, where the connection string must not.
        return new NpgsqlDataSourceBuilder(builder.ConnectionString) { Name = role }.UsePhysicalConnectionInitializer(
            connection => clustered = connection.ExecuteScalar<bool>(HasCitus),
            async connection => clustered = await connection.ExecuteScalarAsync<bool>(HasCitus)).Build();
    }
}
