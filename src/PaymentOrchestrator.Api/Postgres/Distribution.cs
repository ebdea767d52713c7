using Npgsql;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// Spreads the tables over a Citus cluster, where the database has the extension: whatever has a <c>shard_key</c> by it and beside the buyers, everything else
/// as a reference table. Told by the catalogue and not by a list, so that the table of a later migration cannot be forgotten; each in its own transaction,
/// so that a run that was broken off goes on where it stopped. In plain PostgreSQL nothing happens.
/// </summary>
internal static class Distribution
{
    // Ahead of all others stands the table that they are laid beside; then reference tables, so that what refers to them finds them there.
    private const string Undistributed = """
        select c.relname, a.attname is not null
        from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard_key' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migrations'
            and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        order by c.relname <> 'buyers', a.attname is not null, c.relname
        """;

    // A policy asks for what set_config said to the session, and the workers' sessions are others. Grants and the tenant in every statement remain.
    private const string Walls = """
        select format('drop policy %I on %I', p.polname, c.relname) from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace
        union all
        select format('alter table %I disable row level security', c.relname) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
        """;

    public static async Task RunAsync(NpgsqlConnection owner, CancellationToken cancellationToken)
    {
        if (await ReadAsync(owner, "select 1 from pg_extension where extname = 'citus'", _ => true, cancellationToken) is []) return;
        foreach (var statement in await ReadAsync(owner, Walls, row => row.GetString(0), cancellationToken))
            await ExecuteAsync(owner, statement, null, cancellationToken);
        foreach (var (table, grows) in await ReadAsync(owner, Undistributed, row => (row.GetString(0), row.GetBoolean(1)), cancellationToken))
        {
            await ExecuteAsync(
                owner,
                (grows, table) switch
                {
                    (false, _) => "select create_reference_table($1::regclass)",
                    (true, "buyers") => "select create_distributed_table($1::regclass, 'shard_key', colocate_with => 'none')",
                    (true, _) => "select create_distributed_table($1::regclass, 'shard_key', colocate_with => 'buyers')",
                },
                table, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection owner, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, owner);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection owner, string sql, string? table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, owner);
        if (table is not null) command.Parameters.Add(new NpgsqlParameter { Value = table });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
