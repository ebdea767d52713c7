namespace PaymentOrchestrator.AppHost.Postgres;

internal sealed record PostgresServerOptions
{
    /// <summary>The caller's folder, used by one server at a time; the superuser's password is kept in it, and the cluster in or beside it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>What was committed survives a power cut. False is for tests, whose data nobody misses: it is several times faster.</summary>
    public bool Durable { get; init; } = true;

    public int MaxConnections { get; init; } = 200;

    /// <summary>Remove the cluster of this data folder, if there is one, and make a new one.</summary>
    public bool Fresh { get; init; }

    /// <summary>Remove the cluster when the server is disposed (tests: it may lie outside of the temporary folder).</summary>
    public bool DeleteAtEnd { get; init; }

    public Action<string> Log { get; init; } = static _ => { };
}
