using Npgsql;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>What an operator is told when the database does not do what a command asks of it.</summary>
internal static class DatabaseTrouble
{
    /// <summary>Writes what to look at, to standard error.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(NpgsqlException trouble)
    {
        await Console.Error.WriteLineAsync(Explain(trouble));
        return Command.Unable;
    }

    private static string Explain(NpgsqlException trouble) => trouble switch
    {
        // A login without its role is refused as an invalid parameter: the role is part of the session's settings.
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidParameterValue } =>
            $"The database is not migrated, or not to this version ({trouble.Message}). Run the command migrate with the owner's login.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            $"The login may not do this ({trouble.Message}). ConnectionStrings:App and :Worker are logins that are granted po_app and po_worker; ConnectionStrings:Postgres is the owner's.",
        PostgresException => $"The database refused: {trouble.Message}.",
        _ => $"The database cannot be reached: {trouble.Message}. Look at ConnectionStrings:Postgres, or :App and :Worker (in the environment: ConnectionStrings__Postgres), and at the server.",
    };
}
