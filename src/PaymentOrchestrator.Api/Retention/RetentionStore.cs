using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Retention;

/// <summary>
/// Ends rows in small batches, with the worker's rights, which reach no payment, no refund and no book. A batch reads the next rows over all shards
/// and ends those that may go with statements that each name one shard, in one commit.
/// </summary>
internal sealed class RetentionStore(Db db)
{
    /// <summary>What a batch came to.</summary>
    /// <param name="Looked">Rows looked at; at most the limit, but for keys of the very same millisecond.</param>
    /// <param name="Ended">Rows that are gone, deliveries of events included.</param>
    /// <param name="Upto">Everything older was looked at; null when nothing is left.</param>
    /// <param name="Later">The first row that may go another time was made then.</param>
    internal sealed record Batch(int Looked, int Ended, DateTimeOffset? Upto, DateTimeOffset? Later)
    {
        public static readonly Batch Nothing = new(0, 0, null, null);

        /// <summary>Of the last row, where the table's ids tell the time.</summary>
        public Guid Last { get; init; }
    }

    /// <summary>Takes a table until <paramref name="until"/>, if nobody has it; how far it is cleared, or null.</summary>
    public async Task<DateTimeOffset?> ClaimAsync(string name, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into retention_marks (name, upto, claimed_until) values (@name, '1970-01-01T00:00:00Z', @until)
            on conflict (name) do update set claimed_until = excluded.claimed_until
                where retention_marks.claimed_until is null or retention_marks.claimed_until <= @now
            returning upto;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<DateTime?>(
            new CommandDefinition(sql, new { name, now = now.UtcDateTime, until = until.UtcDateTime }, cancellationToken: cancellationToken));
    }

    /// <summary>Records how far a table is cleared, and holds it longer or lets it go. False when someone else has it by now.</summary>
    /// <param name="claimed">The claim as it was left.</param>
    /// <param name="until">Null to let it go.</param>
    public async Task<bool> AdvanceAsync(string name, DateTimeOffset claimed, DateTimeOffset upto, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        const string sql = "update retention_marks set upto = @upto, claimed_until = @until where name = @name and claimed_until = @claimed;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            sql, new { name, claimed = claimed.UtcDateTime, upto = upto.UtcDateTime, until = until?.UtcDateTime }, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>The next batch of a table whose ids tell the time.</summary>
    public async Task<Batch> ClearAsync(EndingRows rows, Guid after, DateTimeOffset cutoff, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var found = (await connection.QueryAsync<Row>(new CommandDefinition(
            rows.Find, new { after, upto = UuidTime.Floor(cutoff), limit, now = now.UtcDateTime }, cancellationToken: cancellationToken))).AsList();
        if (found.Count == 0) return Batch.Nothing;
        await using var commands = new NpgsqlBatch(connection);
        foreach (var shard in found.Where(row => row.Verdict == "ends").GroupBy(row => row.ShardKey).OrderBy(shard => shard.Key))
        {
            Guid[] ids = [.. shard.Select(row => row.Id)];
            foreach (var sql in rows.Delete)
                commands.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<short> { TypedValue = shard.Key }, new NpgsqlParameter<Guid[]> { TypedValue = ids } } });
        }

        var ended = commands.BatchCommands.Count == 0 ? 0 : await commands.ExecuteNonQueryAsync(cancellationToken);
        var later = found.Find(row => row.Verdict == "later");
        return new Batch(found.Count, ended, UuidTime.Of(found[^1].Id), later is null ? null : UuidTime.Of(later.Id)) { Last = found[^1].Id };
    }

    /// <summary>
    /// The next batch of idempotency keys. A refund's key stays as long as the refund: nothing else would know the same request again. A payment is made
    /// once of its quote whatever became of the key.
    /// </summary>
    public async Task<Batch> ClearKeysAsync(DateTimeOffset after, DateTimeOffset cutoff, int limit, CancellationToken cancellationToken)
    {
        // Whole milliseconds at a time, so that a batch can end between two of them.
        const string end = "select created_at from idempotency_keys where created_at > @after and created_at < @cutoff order by created_at offset @limit - 1 limit 1;";
        const string find = """
            select marketplace_id, mode, scope, key, created_at, shard_key
            from idempotency_keys where created_at > @after and created_at < @cutoff and created_at <= @end;
            """;
        const string delete = """
            delete from idempotency_keys k
            using unnest($2, $3, $4, $5) as old (marketplace_id, mode, scope, key)
            where k.marketplace_id = old.marketplace_id and k.mode = old.mode and k.scope = old.scope and k.key = old.key and k.shard_key = $1 and k.created_at < $6
                and not exists (select from refunds r where r.id = k.resource_id and r.shard_key = $1)
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var bounds = new { after = after.UtcDateTime, cutoff = cutoff.UtcDateTime, limit };
        var last = await connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(end, bounds, cancellationToken: cancellationToken));
        var found = (await connection.QueryAsync<KeyRow>(new CommandDefinition(
            find, new { bounds.after, bounds.cutoff, end = last ?? bounds.cutoff }, cancellationToken: cancellationToken))).AsList();
        if (found.Count == 0) return Batch.Nothing;
        await using var commands = new NpgsqlBatch(connection);
        foreach (var shard in found.GroupBy(row => row.ShardKey).OrderBy(shard => shard.Key))
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(delete)
            {
                Parameters =
                {
                    new NpgsqlParameter<short> { TypedValue = shard.Key },
                    new NpgsqlParameter<int[]> { TypedValue = [.. shard.Select(row => row.MarketplaceId)] },
                    new NpgsqlParameter<string[]> { TypedValue = [.. shard.Select(row => row.Mode)] },
                    new NpgsqlParameter<Guid[]> { TypedValue = [.. shard.Select(row => row.Scope)] },
                    new NpgsqlParameter<string[]> { TypedValue = [.. shard.Select(row => row.Key)] },
                    new NpgsqlParameter<DateTime> { TypedValue = cutoff.UtcDateTime },
                },
            });
        }

        return new Batch(found.Count, await commands.ExecuteNonQueryAsync(cancellationToken), found.Max(row => row.CreatedAt), null);
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public short ShardKey { get; init; }

        public string Verdict { get; init; } = "";
    }

    private sealed class KeyRow
    {
        public int MarketplaceId { get; init; }

        public string Mode { get; init; } = "";

        public Guid Scope { get; init; }

        public string Key { get; init; } = "";

        public DateTime CreatedAt { get; init; }

        public short ShardKey { get; init; }
    }
}
