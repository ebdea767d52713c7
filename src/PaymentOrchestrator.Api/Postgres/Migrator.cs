using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>Brings the schema up to date: the numbered scripts in Migrations/, each once, each in its own transaction, by the owner's login; then their tables are spread, where there is a cluster.</summary>
internal static class Migrator
{
    // Any constant serves; all instances must agree on it.
    private const long Lock = 0x504F4D49475241;

    /// <param name="onScript">Told each script's name when it has run.</param>
    /// <exception cref="InvalidOperationException">A script failed; the message names it.</exception>
    public static async Task RunAsync(string ownerConnectionString, CancellationToken cancellationToken, Action<string>? onScript = null)
    {
        // Several instances may start at once: one migrates, the others wait and then find nothing to do.
        // Not from the pool: closing it must end the session, and with it the lock.
        await using var gate = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await gate.OpenAsync(cancellationToken);
        await using (var take = new NpgsqlCommand("select pg_advisory_lock($1)", gate) { Parameters = { new() { Value = Lock } } })
            await take.ExecuteNonQueryAsync(cancellationToken);

        var upgrade = DeployChanges.To.PostgresqlDatabase(ownerConnectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Migrator).Assembly, name => name.StartsWith("migrations/", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", "schema_migrations")
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        upgrade.ScriptExecuted += (_, ran) => onScript?.Invoke(((ScriptExecutedEventArgs)ran).Script.Name);
        var result = upgrade.PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
        await Distribution.RunAsync(gate, cancellationToken);
    }
}
