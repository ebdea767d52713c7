using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

internal sealed class WebhookEndpointStore(Db db)
{
    private const string Columns =
        "id, url, event_types, enabled, disabled_reason, secret, previous_secret, previous_secret_until, version, created_at, updated_at";

    /// <summary>What an earlier request with the key left; null when there was none.</summary>
    public Task<IdempotencyRow?> FindKeyAsync(Caller caller, string? key, CancellationToken cancellationToken) => db.FindKeyAsync(caller, key, cancellationToken);

    /// <summary>False when nothing was written: the key was taken meanwhile, or there are as many endpoints as there may be.</summary>
    public async Task<bool> TryInsertAsync(WebhookEndpoint endpoint, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            with made as (
                insert into webhook_endpoints (id, marketplace_id, mode, url, event_types, enabled, secret, version, created_at, updated_at)
                select @id, @marketplace, @mode, @url, @eventTypes, true, @secret, 1, @now, @now
                where (select count(*) from webhook_endpoints where marketplace_id = @marketplace and mode = @mode) < @max
                returning id)
            select count(*) from made;
            """;
        var parameters = Idempotency.KeyParameters(endpoint.Owner, key, endpoint.Id.Value, endpoint.CreatedAt);
        parameters.AddDynamicParams(new { id = endpoint.Id.Value, url = endpoint.Url, eventTypes = endpoint.EventTypes.ToArray(), secret = endpoint.Secret, max = WebhookEndpoint.MaxPerMarketplace });
        return await WriteAsync(endpoint.Owner, sql, parameters, AuditEntry.Of(endpoint.Owner, endpoint.Id.ToString(), endpoint.Id.ShardKey, endpoint.CreatedAt), cancellationToken);
    }

    public async Task<WebhookEndpoint?> FindAsync(Caller caller, Id<WebhookEndpointResource> id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from webhook_endpoints where id = @id and marketplace_id = @marketplace and mode = @mode;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            sql, new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code() }, cancellationToken: cancellationToken));
        return row?.ToEndpoint(caller);
    }

    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from webhook_endpoints where marketplace_id = @marketplace and mode = @mode order by id;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code() }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToEndpoint(caller))];
    }

    /// <summary>
    /// Replaces the version before. False when nothing was written: someone else was first, or the key was taken. Deliveries that waited for the
    /// endpoint to be enabled are due with the same commit; raising their claims takes them from whoever is about to set them aside.
    /// </summary>
    public async Task<bool> TryUpdateAsync(WebhookEndpoint endpoint, bool resumes, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            with changed as (
                update webhook_endpoints
                set url = @url, event_types = @eventTypes, enabled = @enabled, disabled_reason = @disabledReason, secret = @secret, previous_secret = @previousSecret,
                    previous_secret_until = @previousSecretUntil, version = @version, updated_at = @now
                where id = @id and marketplace_id = @marketplace and mode = @mode and version = @version - 1
                returning id)
            select count(*) from changed;
            """;
        // Over all shards: an operator's rare act.
        const string resume = "update webhook_deliveries set next_at = @now, claims = claims + 1 where endpoint_id = @id and status = 'pending';";
        var parameters = Idempotency.KeyParameters(endpoint.Owner, key, endpoint.Id.Value, endpoint.UpdatedAt);
        parameters.AddDynamicParams(new
        {
            id = endpoint.Id.Value,
            url = endpoint.Url,
            eventTypes = endpoint.EventTypes.ToArray(),
            enabled = endpoint.Enabled,
            disabledReason = endpoint.DisabledReason,
            secret = endpoint.Secret,
            previousSecret = endpoint.PreviousSecret,
            previousSecretUntil = endpoint.PreviousSecretUntil?.UtcDateTime,
            version = endpoint.Version,
        });
        return await WriteAsync(
            endpoint.Owner, resumes ? sql + resume : sql, parameters, AuditEntry.Of(endpoint.Owner, endpoint.Id.ToString(), endpoint.Id.ShardKey, endpoint.UpdatedAt), cancellationToken);
    }

    /// <summary>With all its deliveries. False when there was none.</summary>
    public async Task<bool> DeleteAsync(Caller caller, Id<WebhookEndpointResource> id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = AuditEntry.InsertSelect + """
             from webhook_endpoints where id = @id and marketplace_id = @marketplace and mode = @mode;
            delete from webhook_endpoints where id = @id and marketplace_id = @marketplace and mode = @mode returning id;
            delete from webhook_deliveries where endpoint_id = @id and marketplace_id = @marketplace and mode = @mode;
            """;
        var parameters = new DynamicParameters(new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code() });
        AuditEntry.Of(caller, id.ToString(), id.ShardKey, now).AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            sql, parameters, cancellationToken: cancellationToken)) is not null;
    }

    /// <summary>Runs a statement that says how many endpoints it wrote, with the key's row, in one transaction that is undone when it wrote none.</summary>
    private async Task<bool> WriteAsync(Caller owner, string sql, DynamicParameters parameters, AuditEntry audit, CancellationToken cancellationToken)
    {
        audit.AddTo(parameters);
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            if (await connection.QuerySingleAsync<int>(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)) == 0) return false;
            await connection.ExecuteAsync(new CommandDefinition(Idempotency.InsertKey + AuditEntry.Insert + ";", parameters, transaction, cancellationToken: cancellationToken));
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Url { get; init; } = "";

        public string[] EventTypes { get; init; } = [];

        public bool Enabled { get; init; }

        public string? DisabledReason { get; init; }

        public string Secret { get; init; } = "";

        public string? PreviousSecret { get; init; }

        public DateTime? PreviousSecretUntil { get; init; }

        public int Version { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime UpdatedAt { get; init; }

        public WebhookEndpoint ToEndpoint(Caller owner) => new()
        {
            Id = new Id<WebhookEndpointResource>(Id),
            Owner = owner,
            Url = Url,
            EventTypes = EventTypes,
            Enabled = Enabled,
            DisabledReason = DisabledReason,
            Secret = Secret,
            PreviousSecret = PreviousSecret,
            PreviousSecretUntil = PreviousSecretUntil,
            Version = Version,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
