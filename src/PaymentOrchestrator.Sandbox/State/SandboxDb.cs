using Dapper;
using Npgsql;

namespace PaymentOrchestrator.Sandbox.State;

/// <summary>The sandbox's own database. Every call of a provider is one transaction, so that a kill loses whole calls only.</summary>
internal sealed class SandboxDb(NpgsqlDataSource source, SandboxOptions options, TimeProvider clock)
{
    /// <summary>No cancellation on purpose: a caller that hangs up doesn't undo what the provider does.</summary>
    public async Task<T> InTransaction<T>(Func<Tx, Task<T>> work)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var answer = await work(new Tx(connection, transaction, options.Notifications, clock));
        await transaction.CommitAsync();
        return answer;
    }

    public Task InTransaction(Func<Tx, Task> work) => InTransaction(async tx =>
    {
        await work(tx);
        return true;
    });

    /// <summary>
    /// A small pool: the sandbox shares its server with the platform, whose connections it must not use up.
    /// </summary>
    public static NpgsqlDataSource Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "sandbox" };
        if (!settings.ContainsKey("Maximum Pool Size") || settings.MaxPoolSize > 20)
            settings.MaxPoolSize = 20;
        settings.Timeout = 30;
        return NpgsqlDataSource.Create(settings.ConnectionString);
    }
}

/// <summary>One open transaction and the few ways in which the stores speak to it.</summary>
internal sealed class Tx(NpgsqlConnection connection, NpgsqlTransaction transaction, bool notifies, TimeProvider clock)
{
    /// <summary>Whether the platform is told of what is done here.</summary>
    public bool Notifies => notifies;

    public DateTimeOffset Now => clock.GetUtcNow();

    public Task<int> Execute(string sql, object? args = null) => connection.ExecuteAsync(sql, args, transaction);

    public Task<T?> Find<T>(string sql, object? args = null) => connection.QuerySingleOrDefaultAsync<T>(sql, args, transaction);

    public Task<T> Single<T>(string sql, object? args = null) => connection.QuerySingleAsync<T>(sql, args, transaction);

    public async Task<IReadOnlyList<T>> List<T>(string sql, object? args = null) =>
        [.. await connection.QueryAsync<T>(sql, args, transaction)];

    /// <summary>
    /// One at a time for everything under this name, until the transaction ends. Taken before any row lock, so that two
    /// calls with one request id can't both find it unused. Names that share a hash merely wait for each other.
    /// </summary>
    public Task Serialize(string name) =>
        Execute("select pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name });
}
