using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>Price lists: a reference table, few rows.</summary>
internal sealed class FeeScheduleStore(Db db)
{
    // What the caller may see: its own in this mode, and the default.
    private const string Visible = "((f.marketplace_id = @marketplace and (f.mode = @mode or f.mode is null)) or f.marketplace_id is null)";

    private const string Select = $"""
        with in_force as (
            select f.id from fee_schedules f where {Visible} and f.effective_from <= @now
            order by f.marketplace_id nulls last, f.effective_from desc, f.mode nulls last limit 1)
        select f.id, f.marketplace_id, f.effective_from, f.rules, f.note, f.created_at, f.id = (select id from in_force) as in_force
        from fee_schedules f

        """;

    /// <summary>The schedule in force.</summary>
    public async Task<FeeSchedule> InForceAsync(Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleAsync<FeeScheduleRow>(new CommandDefinition(
            FeeSchedules.FindInForce, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), now = now.UtcDateTime }, cancellationToken: cancellationToken))).ToSchedule();
    }

    public async Task<FeeScheduleResource?> FindAsync(Caller caller, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = Select + $"where f.id = @id and {Visible};";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            sql, new { id, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), now = now.UtcDateTime }, cancellationToken: cancellationToken));
        return row?.ToResource(now);
    }

    /// <summary>The one that begins last first.</summary>
    /// <param name="before">The last id of the page before.</param>
    public async Task<IReadOnlyList<FeeScheduleResource>> ListAsync(Caller caller, string? before, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = Select + $"""
            where {Visible} and (@before::text is null or (f.effective_from, f.id) < (select b.effective_from, b.id from fee_schedules b where b.id = @before))
            order by f.effective_from desc, f.id desc
            limit @count;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { before, count, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), now = now.UtcDateTime }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource(now))];
    }

    /// <summary>What an earlier request with the key left; null when there was none.</summary>
    public Task<IdempotencyRow?> FindKeyAsync(Caller caller, string key, CancellationToken cancellationToken) => db.FindKeyAsync(caller, key, cancellationToken);

    /// <summary>With the key's row, in one commit.</summary>
    public async Task<Publication> PublishAsync(
        Caller caller, Id<FeeScheduleResource> id, DateTimeOffset effectiveFrom, string rules, string? note, KeyedRequest key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.TakeKey(key, caller, Guid.Empty, id.Value, key.Key is null ? (short)0 : ShardKey.OfIdempotencyKey(caller, key.Key), now);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into fee_schedules (id, marketplace_id, mode, effective_from, rules, note, created_at)
            values (@id, @marketplace, @mode, @effectiveFrom, @rules, @note, @now)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string>("id", id.ToString()),
                new NpgsqlParameter<int>("marketplace", caller.MarketplaceId),
                new NpgsqlParameter<string>("mode", caller.Mode.Code()),
                new NpgsqlParameter<DateTime>("effectiveFrom", effectiveFrom.UtcDateTime),
                new NpgsqlParameter<string>("rules", NpgsqlTypes.NpgsqlDbType.Jsonb) { TypedValue = rules },
                new NpgsqlParameter("note", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)note ?? DBNull.Value },
                new NpgsqlParameter<DateTime>("now", now.UtcDateTime),
            },
        });
        batch.BatchCommands.Add(AuditEntry.Of(caller, id.ToString(), id.ShardKey, now).ToBatchCommand());
        try
        {
            await connection.ExecuteAsync(batch, cancellationToken);
            return Publication.Published;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return Publication.KeyTaken;
        }
        catch (PostgresException e) when (Idempotency.Violates(e, "fee_schedules_once"))
        {
            return Publication.InstantTaken;
        }
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public int? MarketplaceId { get; init; }

        public DateTime EffectiveFrom { get; init; }

        public string Rules { get; init; } = "";

        public string? Note { get; init; }

        public DateTime CreatedAt { get; init; }

        public bool InForce { get; init; }

        public FeeScheduleResource ToResource(DateTimeOffset now) => new()
        {
            Id = Id,
            Owner = MarketplaceId is null ? "platform" : "marketplace",
            Status = InForce ? "in_force" : EffectiveFrom > now.UtcDateTime ? "scheduled" : "superseded",
            EffectiveFrom = EffectiveFrom,
            Rules = ApiJson.Read<FeeRuleDocument[]>(Rules),
            Note = Note,
            CreatedAt = CreatedAt,
        };
    }
}

internal enum Publication
{
    Published,

    /// <summary>Another request took the key meanwhile.</summary>
    KeyTaken,

    /// <summary>Another of the marketplace's schedules begins at the instant.</summary>
    InstantTaken,
}
