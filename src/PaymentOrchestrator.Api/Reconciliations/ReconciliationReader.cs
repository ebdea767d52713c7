using System.Data;
using Dapper;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>Reads reconciliations, their lines and differences, and writes what operators say about differences. One shard each.</summary>
internal sealed class ReconciliationReader(Db db)
{
    public async Task<ReconciliationResource?> FindAsync(Caller caller, Id<ReconciliationResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + ReconciliationRow.Columns + " from reconciliations c where c.id = @id and c.marketplace_id = @marketplace and c.mode = @mode and c.shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<ReconciliationRow>(new CommandDefinition(sql, Identify(caller, id), cancellationToken: cancellationToken)))?.ToResource();
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<ReconciliationResource>> ListAsync(Caller caller, string? provider, Guid? before, int limit, CancellationToken cancellationToken)
    {
        // Only the conditions that were asked for: each combination is a statement of its own, with a plan of its own.
        var sql = "select " + ReconciliationRow.Columns + " from reconciliations c where c.marketplace_id = @marketplace and c.mode = @mode and c.shard_key = @shard"
            + (provider is null ? "" : " and c.provider = @provider")
            + (before is null ? "" : " and c.id < @before")
            + " order by c.id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<ReconciliationRow>(new CommandDefinition(
            sql, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard = ReconciliationStore.ShardOf(caller), provider, before, limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource())];
    }

    /// <summary>Null when there is no such reconciliation.</summary>
    public async Task<IReadOnlyList<ReconciliationLineResource>?> ListLinesAsync(
        Caller caller, Id<ReconciliationResource> id, string? result, int after, int limit, CancellationToken cancellationToken)
    {
        var sql = Exists + "select " + LineRow.Columns + """

            from reconciliation_lines l
            where l.reconciliation_id = @id and l.marketplace_id = @marketplace and l.mode = @mode and l.shard_key = @shard and l.number > @after
            """ + (result is null ? "" : " and l.result = @result") + " order by l.number limit @limit;";
        var parameters = Identify(caller, id);
        parameters.AddDynamicParams(new { result, after, limit });
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return await rows.ReadSingleAsync<bool>() ? [.. (await rows.ReadAsync<LineRow>()).Select(row => row.ToResource())] : null;
    }

    /// <summary>What the reconciliation shows, whichever showed it first; the newest first. Null when there is no such reconciliation.</summary>
    public async Task<IReadOnlyList<ReconciliationDifferenceResource>?> ListDifferencesAsync(
        Caller caller, Id<ReconciliationResource> id, string? kind, string? state, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var sql = Exists + "select " + DifferenceRow.Columns + """

            from reconciliation_differences f
            where f.marketplace_id = @marketplace and f.mode = @mode and f.shard_key = @shard
                and exists (
                    select from reconciliation_lines l
                    where l.reconciliation_id = @id and l.difference_id = f.id and l.marketplace_id = @marketplace and l.mode = @mode and l.shard_key = @shard)
            """ + (kind is null ? "" : " and f.kind = @kind") + (state is null ? "" : " and f.state = @state") + (before is null ? "" : " and f.id < @before")
            + " order by f.id desc limit @limit;";
        var parameters = Identify(caller, id);
        parameters.AddDynamicParams(new { kind, state, before, limit });
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return await rows.ReadSingleAsync<bool>() ? [.. (await rows.ReadAsync<DifferenceRow>()).Select(row => row.ToResource())] : null;
    }

    /// <summary>A difference that the reconciliation shows, with its version.</summary>
    public async Task<(ReconciliationDifferenceResource Difference, int Version)?> FindDifferenceAsync(
        Caller caller, Id<ReconciliationResource> reconciliation, Id<ReconciliationDifferenceResource> id, CancellationToken cancellationToken)
    {
        const string sql = "select " + DifferenceRow.Columns + """

            from reconciliation_differences f
            where f.id = @difference and f.marketplace_id = @marketplace and f.mode = @mode and f.shard_key = @shard
                and exists (
                    select from reconciliation_lines l
                    where l.reconciliation_id = @id and l.difference_id = f.id and l.marketplace_id = @marketplace and l.mode = @mode and l.shard_key = @shard);
            """;
        var parameters = Identify(caller, reconciliation);
        parameters.Add("difference", id.Value);
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<DifferenceRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return row is null ? null : (row.ToResource(), row.Version);
    }

    /// <summary>Writes what an operator says, with the request that says it. False when the difference had moved on or the key was taken; then nothing was written.</summary>
    public async Task<bool> ResolveAsync(
        Caller caller, Id<ReconciliationDifferenceResource> id, int version, string state, string by, string note, KeyedRequest key, DateTimeOffset now)
    {
        const string sql = """
            with changed as (
                update reconciliation_differences
                set state = @state, state_by = @by, state_note = @note, state_at = @now, version = @version + 1
                where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version
                returning id, version, marketplace_id, mode, shard_key),
            audited as (
                insert into reconciliation_difference_changes (difference_id, version, marketplace_id, mode, state, state_by, state_note, created_at, shard_key)
                select c.id, c.version, c.marketplace_id, c.mode, @state, @by, @note, @now, c.shard_key from changed c)
            select count(*) from changed;
            """;
        const string takeKey = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values (@marketplace, @mode, @scope, @key, @fingerprint, @id, @now, @keyShard);

            """ + AuditEntry.Insert + ";";
        var parameters = Identify(caller, id);
        AuditEntry.Of(caller, id.ToString(), id.ShardKey, now).AddTo(parameters);
        parameters.AddDynamicParams(new
        {
            state,
            by,
            note,
            version,
            now = now.UtcDateTime,
            scope = Guid.Empty,
            key = key.Key,
            fingerprint = key.Fingerprint,
            keyShard = ShardKey.OfIdempotencyKey(caller, key.Key!),
        });
        await using var connection = await db.OpenAsync(caller, CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken.None);
        try
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, parameters, transaction)) == 0) return false;
            await connection.ExecuteAsync(new CommandDefinition(takeKey, parameters, transaction));
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        }
        catch (Npgsql.PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    private const string Exists = "select exists (select from reconciliations c where c.id = @id and c.marketplace_id = @marketplace and c.mode = @mode and c.shard_key = @shard);\n";

    private static DynamicParameters Identify<T>(Caller caller, Id<T> id)
        where T : IResource => new(new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard = id.ShardKey });
}
