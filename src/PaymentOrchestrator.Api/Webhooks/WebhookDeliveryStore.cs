using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The marketplace's side of deliveries: what came of them, and having them made again.</summary>
internal sealed class WebhookDeliveryStore(Db db)
{
    // Locks held for tens of milliseconds, and a redelivery that is broken off has done whole pages.
    private const int RedeliveryPage = 5_000;

    private const string Columns =
        "event_id, event_type, status, attempts, next_at, attempted_at, duration_ms, response_status, response_body, error, created_at";

    /// <summary>Of one endpoint, so over all shards; those of the newest events first.</summary>
    public async Task<IReadOnlyList<WebhookDeliveryResource>> ListAsync(
        WebhookEndpoint endpoint, string? status, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var sql = $"select {Columns} from webhook_deliveries where endpoint_id = @endpoint and marketplace_id = @marketplace and mode = @mode"
            + (status is null ? "" : " and status = @status")
            + (before is null ? "" : " and event_id < @before")
            + " order by event_id desc limit @limit;";
        await using var connection = await db.OpenAsync(endpoint.Owner, cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new
        {
            endpoint = endpoint.Id.Value,
            marketplace = endpoint.Owner.MarketplaceId,
            mode = endpoint.Owner.Mode.Code(),
            status,
            before,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource())];
    }

    /// <summary>Begins the delivery anew, whatever came of it; null when there is none. Raising its claims takes it from whoever has it.</summary>
    public async Task<WebhookDeliveryResource?> RedeliverAsync(
        WebhookEndpoint endpoint, Id<WebhookDeliveryResource> id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            update webhook_deliveries set status = 'pending', attempts = 0, claims = claims + 1, next_at = @now
            where event_id = @event and endpoint_id = @endpoint and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
            returning {Columns};
            """;
        await using var connection = await db.OpenAsync(endpoint.Owner, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new
        {
            now = now.UtcDateTime,
            @event = id.Value,
            endpoint = endpoint.Id.Value,
            marketplace = endpoint.Owner.MarketplaceId,
            mode = endpoint.Owner.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        return row?.ToResource();
    }

    /// <summary>
    /// Everything since a time that the endpoint wants today, delivered before or not: what happened while it was disabled as well. Over all
    /// shards, each event's delivery lying with it; page by page along the marketplace's index, each page a commit of its own.
    /// </summary>
    public async Task<int> RedeliverSinceAsync(WebhookEndpoint endpoint, DateTimeOffset since, DateTimeOffset now, Action<int>? onPage, CancellationToken cancellationToken)
    {
        const string next = """
            select id
            from events
            where marketplace_id = @marketplace and mode = @mode and dispatched_at is not null and id > @after
            order by id offset @page - 1 limit 1;
            """;
        const string sql = """
            insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, next_at, created_at, shard_key)
            select e.id, w.id, e.marketplace_id, e.mode, e.type, 'pending', 0, 0, @now, @now, e.shard_key
            from events e join webhook_endpoints w on w.marketplace_id = e.marketplace_id and w.mode = e.mode
            where w.id = @endpoint and e.marketplace_id = @marketplace and e.mode = @mode and e.dispatched_at is not null and e.id > @after and e.id <= @upto
                and e.created_at >= @since and e.type <> @test and (w.event_types = '{*}' or e.type = any (w.event_types))
            on conflict (event_id, endpoint_id, shard_key) do update
                set status = 'pending', attempts = 0, claims = webhook_deliveries.claims + 1, next_at = excluded.next_at;
            """;
        await using var connection = await db.OpenAsync(endpoint.Owner, cancellationToken);
        var total = 0;
        for (Guid? after = UuidTime.Floor(since - EventReader.ClockSlack), upto; after is not null; after = upto)
        {
            var parameters = new DynamicParameters(new
            {
                now = now.UtcDateTime,
                endpoint = endpoint.Id.Value,
                marketplace = endpoint.Owner.MarketplaceId,
                mode = endpoint.Owner.Mode.Code(),
                since = since.UtcDateTime,
                test = EventTypes.Test,
                after,
                page = RedeliveryPage,
            });
            upto = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(next, parameters, cancellationToken: cancellationToken));
            // Less than a page is left: all of it.
            parameters.Add("upto", upto ?? Guid.AllBitsSet);
            total += await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
            onPage?.Invoke(total);
        }

        return total;
    }

    /// <summary>An event for this endpoint alone: it is marked as dispatched when it is written. False when the key was taken.</summary>
    public async Task<bool> TrySendTestAsync(WebhookEndpoint endpoint, NewEvent happened, KeyedRequest key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = Idempotency.InsertKey + """
            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
            values (@eventId, @marketplace, @mode, @eventType, @objectId, @objectVersion, @eventData::jsonb, @now, @now, @shard);

            insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, next_at, created_at, shard_key)
            values (@eventId, @endpoint, @marketplace, @mode, @eventType, 'pending', 0, 0, @now, @now, @shard);
            """;
        var parameters = Idempotency.KeyParameters(endpoint.Owner, key, happened.Id, now);
        parameters.AddDynamicParams(new
        {
            endpoint = endpoint.Id.Value,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            objectVersion = happened.ObjectVersion,
            eventData = happened.Data,
            shard = endpoint.Id.ShardKey,
        });
        await using var connection = await db.OpenAsync(endpoint.Owner, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: CancellationToken.None));
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    public async Task<WebhookDeliveryResource?> FindAsync(WebhookEndpoint endpoint, Id<WebhookDeliveryResource> id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from webhook_deliveries where event_id = @event and endpoint_id = @endpoint and marketplace_id = @marketplace and shard_key = @shard;";
        await using var connection = await db.OpenAsync(endpoint.Owner, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            sql, new { @event = id.Value, endpoint = endpoint.Id.Value, marketplace = endpoint.Owner.MarketplaceId, shard = id.ShardKey }, cancellationToken: cancellationToken));
        return row?.ToResource();
    }

    private sealed class Row
    {
        public Guid EventId { get; init; }

        public string EventType { get; init; } = "";

        public string Status { get; init; } = "";

        public int Attempts { get; init; }

        public DateTime? NextAt { get; init; }

        public DateTime? AttemptedAt { get; init; }

        public int? DurationMs { get; init; }

        public int? ResponseStatus { get; init; }

        public string? ResponseBody { get; init; }

        public string? Error { get; init; }

        public DateTime CreatedAt { get; init; }

        public WebhookDeliveryResource ToResource() => new()
        {
            Id = new Id<WebhookDeliveryResource>(EventId),
            EventId = new Id<EventResource>(EventId),
            EventType = EventType,
            Status = Status,
            Attempts = Attempts,
            NextAttemptAt = NextAt,
            LastAttemptAt = AttemptedAt,
            DurationMs = DurationMs,
            ResponseStatus = ResponseStatus,
            ResponseBody = ResponseBody,
            Error = Error,
            CreatedAt = CreatedAt,
        };
    }
}
