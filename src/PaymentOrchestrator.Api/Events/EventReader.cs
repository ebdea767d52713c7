using System.Text.Json;
using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Events;

internal sealed class EventReader(Db db, TimeProvider clock)
{
    /// <summary>How long events can be read; whoever needs them longer keeps them.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>By how much an id's time may differ from created_at: ids bound what is read, created_at decides.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    public async Task<EventResource?> FindAsync(Caller caller, Id<EventResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + EventRow.Columns + """

            from events e where e.id = @id and e.marketplace_id = @marketplace and e.mode = @mode and e.shard_key = @shard and e.created_at > @since;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<EventRow>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            since = Since,
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken)))?.ToResource();
    }

    /// <summary>Of the whole marketplace, so over all shards unless an object is named; the newest first.</summary>
    public async Task<IReadOnlyList<EventResource>> ListAsync(
        Caller caller, string? type, string? objectId, CreatedRange created, Guid? before, int limit, CancellationToken cancellationToken)
    {
        // Only the conditions that were asked for: each combination is a statement of its own, with a plan of its own.
        var where = "e.marketplace_id = @marketplace and e.mode = @mode and e.created_at > @since and e.id > @oldest"
            + (objectId is null ? "" : " and e.object_id = @objectId and e.shard_key = @shard")
            + (type is null ? "" : " and e.type = @type")
            + (created.After is null ? "" : " and e.created_at > @createdAfter")
            + (created.From is null ? "" : " and e.created_at >= @createdFrom")
            + (created.Before is null ? "" : " and e.created_at < @createdBefore and e.id < @newest")
            + (created.Until is null ? "" : " and e.created_at <= @createdUntil and e.id < @newest")
            + (before is null ? "" : " and e.id < @before");
        // What is dispatched is in the marketplace's index, what waits is in the outbox's, and both are in the order of the list.
        var from = objectId is not null
            ? $"events e where {where}"
            : $"(select * from events e where e.dispatched_at is not null and {where} union all select * from events e where e.dispatched_at is null and {where}) e";
        var sql = $"select {EventRow.Columns} from {from} order by e.id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<EventRow>(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            since = Since,
            oldest = UuidTime.Floor(Latest(Since, created.After, created.From) - ClockSlack),
            newest = UuidTime.Floor(Earliest(clock.Now(), created.Before, created.Until) + ClockSlack),
            type,
            objectId,
            shard = ShardOf(objectId),
            createdAfter = created.After?.UtcDateTime,
            createdFrom = created.From?.UtcDateTime,
            createdBefore = created.Before?.UtcDateTime,
            createdUntil = created.Until?.UtcDateTime,
            before,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource())];
    }

    private static DateTimeOffset Latest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        var latest = DateTimeOffset.UnixEpoch;
        foreach (var time in times)
            if (time > latest) latest = time.Value;
        return latest;
    }

    private static DateTimeOffset Earliest(DateTimeOffset earliest, params ReadOnlySpan<DateTimeOffset?> times)
    {
        foreach (var time in times)
            if (time < earliest) earliest = time.Value;
        return earliest;
    }

    private DateTime Since => (clock.Now() - Kept).UtcDateTime;

    /// <summary>Every id carries its shard in its last characters, whatever its prefix says that it names.</summary>
    private static short ShardOf(string? objectId) =>
        objectId is null ? default : Id<EventResource>.ParseOrNone($"{EventResource.Prefix}{objectId[Math.Min(objectId.Length, EventResource.Prefix.Length)..]}").ShardKey;
}

/// <summary>How Dapper reads an event.</summary>
internal sealed class EventRow
{
    /// <summary>Of the table named e.</summary>
    public const string Columns = "e.id, e.mode, e.type, e.object_id, e.object_version, e.data, e.created_at";

    public Guid Id { get; init; }

    public string Mode { get; init; } = "";

    public string Type { get; init; } = "";

    public string ObjectId { get; init; } = "";

    public int ObjectVersion { get; init; }

    public string Data { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public EventResource ToResource() => new()
    {
        Id = new Id<EventResource>(Id),
        Type = Type,
        ApiVersion = EventResource.CurrentApiVersion,
        ObjectVersion = ObjectVersion,
        CreatedAt = CreatedAt,
        Livemode = Mode == "live",
        Data = new EventData { Object = ApiJson.Read<JsonElement>(Data) },
    };
}
