using Dapper;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The dispatcher's side of deliveries: what is due, who has it, and what came of it.</summary>
internal sealed class DueDeliveryStore(Db db)
{
    /// <summary>What is due now, of all marketplaces and shards, but for the endpoints that get nothing just now.</summary>
    public async Task<IReadOnlyList<DueDelivery>> FindAsync(DateTimeOffset now, Guid[] closed, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select event_id, endpoint_id, shard_key, claims
            from webhook_deliveries
            where next_at <= @now and endpoint_id <> all (@closed)
            order by next_at limit @limit;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return (await connection.QueryAsync<DueDelivery>(
            new CommandDefinition(sql, new { now = now.UtcDateTime, closed, limit }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Takes a delivery until <paramref name="until"/>, if it is as it was found: of many instances one gets it. Null for the others.</summary>
    public async Task<ClaimedDelivery?> ClaimAsync(DueDelivery due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update webhook_deliveries set next_at = @until, claims = claims + 1
            where event_id = @event and endpoint_id = @endpoint and shard_key = @shard and claims = @claims and next_at is not null
            returning event_id;

            select d.event_id, d.endpoint_id, d.shard_key, d.claims, d.attempts, e.mode, e.type, e.object_version, e.data, e.created_at,
                coalesce(w.enabled, false) as enabled, w.url, w.secret, w.previous_secret, w.previous_secret_until
            from webhook_deliveries d
                join events e on e.id = d.event_id and e.shard_key = d.shard_key
                left join webhook_endpoints w on w.id = d.endpoint_id
            where d.event_id = @event and d.endpoint_id = @endpoint and d.shard_key = @shard;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            until = until.UtcDateTime,
            @event = due.EventId,
            endpoint = due.EndpointId,
            shard = due.ShardKey,
            claims = due.Claims,
        }, cancellationToken: cancellationToken));
        var taken = await rows.ReadSingleOrDefaultAsync<Guid?>();
        var delivery = await rows.ReadSingleOrDefaultAsync<ClaimedDelivery>();
        return taken is null ? null : delivery;
    }

    /// <summary>Writes what came of an attempt, unless the delivery was taken from us.</summary>
    /// <param name="nextAt">Null when there is no further attempt.</param>
    public Task RecordAsync(
        ClaimedDelivery delivery, WebhookAnswer answer, DateTimeOffset now, int durationMs, DateTimeOffset? nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update webhook_deliveries
            set status = @status, attempts = attempts + 1, next_at = @nextAt, attempted_at = @now, duration_ms = @durationMs, response_status = @responseStatus,
                response_body = @responseBody, error = @error
            where event_id = @event and endpoint_id = @endpoint and shard_key = @shard and claims = @claims;
            """;
        return ExecuteAsync(sql, new
        {
            status = answer.IsSuccess ? "succeeded" : nextAt is null ? "exhausted" : "pending",
            nextAt = nextAt?.UtcDateTime,
            now = now.UtcDateTime,
            durationMs,
            responseStatus = answer.Status,
            responseBody = answer.Body,
            error = answer.Error,
            @event = delivery.EventId,
            endpoint = delivery.EndpointId,
            shard = delivery.ShardKey,
            claims = delivery.Claims,
        }, cancellationToken);
    }

    /// <summary>Gives a claim back unused.</summary>
    /// <param name="nextAt">When it is due again; null to keep it until its endpoint is enabled.</param>
    public Task ReleaseAsync(ClaimedDelivery delivery, DateTimeOffset? nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update webhook_deliveries set next_at = @nextAt
            where event_id = @event and endpoint_id = @endpoint and shard_key = @shard and claims = @claims;
            """;
        return ExecuteAsync(sql, new
        {
            nextAt = nextAt?.UtcDateTime,
            @event = delivery.EventId,
            endpoint = delivery.EndpointId,
            shard = delivery.ShardKey,
            claims = delivery.Claims,
        }, cancellationToken);
    }

    /// <summary>410: nothing more goes to this address. What is pending is kept, and comes again when someone enables the endpoint.</summary>
    public Task DisableAsync(ClaimedDelivery delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The address may have been changed while we were calling the old one.
        const string sql = """
            update webhook_endpoints set enabled = false, disabled_reason = 'gone', version = version + 1, updated_at = @now
            where id = @endpoint and url = @url and enabled;
            """;
        return ExecuteAsync(sql, new { endpoint = delivery.EndpointId, url = delivery.Url, now = now.UtcDateTime }, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
