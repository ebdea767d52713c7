using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Scale;

/// <summary>
/// Stored payments in any number: copies of one that the API made and settled, every row of it in every table, with all indexes in place. Ids are spread over
/// the past year in the order of time, as ids are, and payments over all buyers. What ends by age is there for the last tenth alone, as retention leaves it.
/// </summary>
internal sealed class Filler(BenchDatabase database, Recording recording)
{
    // Of one transaction: large enough to cost little, small enough to see how far it is.
    private const int Batch = 20_000;

    private static readonly string[] EndsByAge = ["events", "idempotency_keys"];

    private readonly Dictionary<string, int> kinds = new(StringComparer.Ordinal);

    /// <returns>How long it took.</returns>
    public TimeSpan Fill(long payments)
    {
        var started = Stopwatch.GetTimestamp();
        var statements = Statements(payments);
        long next = 1;
        // As many sessions as the machine has cores; each takes the next batch.
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            using var connection = database.Open();
            Run(connection, "set synchronous_commit = off");
            while (Interlocked.Add(ref next, Batch) - Batch is var first && first <= payments)
            {
                using var transaction = connection.BeginTransaction();
                foreach (var (table, sql) in statements)
                {
                    var from = EndsByAge.Contains(table) ? Math.Max(first, payments - (payments / 10) + 1) : first;
                    var to = Math.Min(first + Batch - 1, payments);
                    if (from <= to) Run(connection, sql, from, to);
                }

                transaction.Commit();
                if ((first - 1) / Batch % 10 == 9) Console.WriteLine($"{first + Batch - 1:N0} of {payments:N0} payments stored after {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
            }
        });
        database.Execute("vacuum analyze;");
        database.Execute("checkpoint;");
        return Stopwatch.GetElapsedTime(started);
    }

    private static void Run(NpgsqlConnection connection, string sql, params long[] range)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var bound in range) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = bound });
        command.ExecuteNonQuery();
    }

    /// <summary>One insert for each row that the recorded payment has, in the order in which a payment makes them.</summary>
    private List<(string Table, string Sql)> Statements(long payments)
    {
        var shard = BenchIds.Shard(Recording.Buyer);
        var paid = $"payment_id = '{recording.Payment}' and shard_key = {shard}";
        var statements = new List<(string, string)>();
        // A quote's, a payment's or a posting's events: all that name the payment, or the quote.
        var order = database.Scalar<string>($"select order_id from quotes where id = '{recording.Quote}'");
        foreach (var (table, rows) in new[]
        {
            ("quotes", $"id = '{recording.Quote}' and shard_key = {shard}"), ("live_payments", paid), ("payments", $"id = '{recording.Payment}' and shard_key = {shard}"), ("attempts", paid),
            ("idempotency_keys", $"resource_id = '{recording.Payment}' and shard_key = {shard}"), ("ledger_transactions", paid),
            ("ledger_entries", $"transaction_id in (select id from ledger_transactions where {paid})"),
            ("events", $"""
                shard_key = {shard} and (data::text like '%"{order}"%' or id in (select id from ledger_transactions where {paid})
                    or object_id in (select e.object_id from events e where e.shard_key = {shard} and e.data::text like '%"{order}"%'))
                """),
        })
        {
            foreach (var row in Rows(table, rows)) statements.Add((table, Insert(table, row, payments)));
        }

        return statements;
    }

    private string Insert(string table, List<(string Column, string Type, string? Value)> row, long payments) => $"""
        insert into {table} ({string.Join(", ", row.Select(column => column.Column))})
        select {string.Join(", ", row.Select(Expression))}
        from (
            select n, b, {BenchIds.ShardExpression("b")} as shard, to_timestamp(ms / 1000.0) as at, lpad(to_hex(ms), 12, '0') as t, lpad(to_hex(n), 11, '0') as x
            from (
                select n, {BenchIds.FirstBuyer} + (n * 7919 % {BenchIds.Buyers})::int as b,
                    (extract(epoch from now() - interval '365 days') * 1000)::bigint + n * {365L * 24 * 3600 * 1000 / (payments + 1)} as ms
                from generate_series($1, $2) n) numbered) p;
        """;

    private string Expression((string Column, string Type, string? Value) column)
    {
        var (name, type, value) = column;
        if (value is null) return "null";
        var literal = $"'{value.Replace("'", "''", StringComparison.Ordinal)}'::{type}";
        return (name, type) switch
        {
            ("shard_key", _) => "shard",
            (_, "uuid") when BenchIds.KindOf(value, Recording.Buyer) is { } account => BenchIds.Sql(account, "b"),
            // Version 7: the time, then what makes it unique.
            (_, "uuid") => $"(t || '7{Kind(value):x3}8' || x || b)::uuid",
            (_, "timestamp with time zone") => "at",
            // As long as they are, and as much in the order of time.
            ("order_id" or "key" or "request_id" or "provider_reference" or "object_id", "text") =>
                value.Length > 23 ? $"('{value[..(value.Length - 23)]}' || t || x)" : "x",
            _ => literal,
        };
    }

    private int Kind(string id)
    {
        if (!kinds.TryGetValue(id, out var kind)) kinds[id] = kind = kinds.Count + 1;
        return kind;
    }

    private List<List<(string Column, string Type, string? Value)>> Rows(string table, string condition)
    {
        var columns = database.Texts($"select attname || ':' || format_type(atttypid, atttypmod) from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped order by attnum")
            .Select(column => column.Split(':', 2)).Select(parts => (Name: parts[0], Type: parts[1])).ToList();
        using var connection = database.Open();
        using var command = new NpgsqlCommand($"select {string.Join(", ", columns.Select(column => $"{column.Name}::text"))} from {table} where {condition}", connection);
        using var reader = command.ExecuteReader();
        var rows = new List<List<(string, string, string?)>>();
        while (reader.Read())
            rows.Add([.. columns.Select((column, i) => (column.Name, column.Type, reader.IsDBNull(i) ? null : reader.GetString(i)))]);
        return rows.Count > 0 ? rows : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The recorded payment has no row in {table}."));
    }
}
