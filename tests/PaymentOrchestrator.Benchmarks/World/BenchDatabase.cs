using Npgsql;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>A database as its owner sees it.</summary>
internal sealed class BenchDatabase(string connectionString)
{
    public NpgsqlConnectionStringBuilder Address { get; } = new(connectionString) { CommandTimeout = 0, Pooling = false };

    /// <summary>The same server's database of another name.</summary>
    public BenchDatabase Other(string name) => new(new NpgsqlConnectionStringBuilder(Address.ConnectionString) { Database = name }.ConnectionString);

    public NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(Address.ConnectionString);
        connection.Open();
        return connection;
    }

    public T Scalar<T>(string sql)
    {
        using var connection = Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>The first column of all rows.</summary>
    public List<string> Texts(string sql)
    {
        using var connection = Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetValue(0).ToString()!);
        return texts;
    }

    public void Execute(string sql)
    {
        using var connection = Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public long CountPayments() => Scalar<long>("select count(*) from payments");

    public long CountQuotes() => Scalar<long>("select count(*) from quotes");

    public long Bytes() => Scalar<long>("select pg_database_size(current_database())");

    /// <summary>The whole server's, since it was started.</summary>
    public (double Bytes, double Syncs) Wal() => (
        (double)Scalar<decimal>("select wal_bytes from pg_stat_wal"),
        // From 18 on, the log's flushes are counted with all other I/O.
        Scalar<long>(Scalar<int>("select current_setting('server_version_num')::int") < 180000
            ? "select wal_sync from pg_stat_wal" : "select coalesce(sum(fsyncs), 0)::bigint from pg_stat_io where object = 'wal'"));
}
