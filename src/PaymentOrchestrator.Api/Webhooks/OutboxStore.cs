using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>
/// Events without deliveries, and the step that gives them some. An event waits here from its own commit until its own row says that it was
/// dispatched: no mark that others push on can pass it by, however late it commits.
/// </summary>
internal sealed class OutboxStore(Db db)
{
    private const int Page = 500;

    // One transaction's worth: fewer commits than events, and locks held for milliseconds.
    private const int Batch = 50;

    /// <summary>Makes the deliveries of the events that wait; how many were found. Any number of instances may do so at once.</summary>
    public async Task<int> DispatchAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Over all shards and marketplaces: background work, no tenant's.
        const string find = "select id, shard_key from events where dispatched_at is null order by id limit @limit;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var found = (await connection.QueryAsync<Waiting>(new CommandDefinition(find, new { limit = Page }, cancellationToken: cancellationToken))).AsList();
        var batches = found.OrderBy(waiting => waiting.ShardKey).ThenBy(waiting => waiting.Id).Chunk(Batch).ToArray();
        // Instances that found the same begin at different ends. Within a batch all go the same way, so that they cannot wait for each other.
        Random.Shared.Shuffle(batches);
        foreach (var batch in batches) await DispatchAsync(connection, batch, now, cancellationToken);
        return found.Count;
    }

    /// <summary>
    /// Marks and delivers in one statement per shard: a mark without its deliveries cannot be. An event that another instance has marked
    /// meanwhile is passed over, for the row is looked at again once its lock is had.
    /// </summary>
    private static async Task DispatchAsync(NpgsqlConnection connection, Waiting[] batch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string dispatch = """
            with taken as (
                update events set dispatched_at = $1
                where shard_key = $2 and id = any ($3) and dispatched_at is null
                returning id, marketplace_id, mode, type, shard_key)
            insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, next_at, created_at, shard_key)
            select t.id, w.id, t.marketplace_id, t.mode, t.type, 'pending', 0, 0, $1, $1, t.shard_key
            from taken t join webhook_endpoints w on w.marketplace_id = t.marketplace_id and w.mode = t.mode
            where w.enabled and (w.event_types = '{*}' or t.type = any (w.event_types))
            on conflict do nothing
            """;
        await using var commands = new NpgsqlBatch(connection);
        foreach (var shard in batch.GroupBy(waiting => waiting.ShardKey))
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(dispatch)
            {
                Parameters =
                {
                    new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
                    new NpgsqlParameter<short> { TypedValue = shard.Key },
                    new NpgsqlParameter<Guid[]> { TypedValue = [.. shard.Select(waiting => waiting.Id)] },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Waiting
    {
        public Guid Id { get; init; }

        public short ShardKey { get; init; }
    }
}
