using Dapper;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>What a provider told of a payment or refund that is not here, or not yet.</summary>
/// <param name="Provider">Who told it.</param>
/// <param name="Mode">By which mode's signature.</param>
/// <param name="Kind"><see cref="Payment"/> or <see cref="Refund"/>.</param>
/// <param name="Reference">Our request id, as the provider has it.</param>
/// <param name="ObjectId">The payment or refund, as the contract writes it.</param>
/// <param name="ShardKey">Where it would be.</param>
/// <param name="ReceivedAt">When it was told first.</param>
/// <param name="Digest">SHA-256 of its body; null for one that was parked before digests were kept.</param>
/// <param name="Tries">How often it was looked for since.</param>
internal sealed record ParkedNotification(
    string Provider, Mode Mode, string Kind, string Reference, string ObjectId, short ShardKey, DateTimeOffset ReceivedAt, byte[]? Digest, int Tries = 0)
{
    public const string Payment = "payment";
    public const string Refund = "refund";

    public override string ToString() => $"The parked notification of {Reference}";
}

/// <summary>Requests only put notifications in; everything else is background work.</summary>
internal sealed class ParkedNotificationStore(Db db)
{
    /// <summary>Keeps it, once however often it is told.</summary>
    public async Task ParkAsync(ParkedNotification told, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into parked_notifications (provider, mode, kind, reference, object_id, received_at, next_at, tries, digest, shard_key)
            values (@provider, @mode, @kind, @reference, @objectId, @receivedAt, @nextAt, 0, @digest, @shard)
            on conflict do nothing;
            """;
        await using var connection = await db.OpenSharedAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(told, nextAt), cancellationToken: cancellationToken));
    }

    /// <summary>What is due now, on all shards.</summary>
    public async Task<IReadOnlyList<ParkedNotification>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select provider, mode, kind, reference, object_id, received_at, tries, digest, shard_key
            from parked_notifications where next_at <= @now order by next_at limit @limit;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { now = now.UtcDateTime, limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToNotification())];
    }

    /// <summary>Takes one that is due until <paramref name="until"/>; false when another instance has.</summary>
    public async Task<bool> ClaimAsync(ParkedNotification due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update parked_notifications set next_at = @nextAt, tries = tries + 1
            where provider = @provider and mode = @mode and kind = @kind and reference = @reference and shard_key = @shard and tries = @tries;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(due, until), cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>When a claimed one is looked at again.</summary>
    public async Task PostponeAsync(ParkedNotification claimed, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update parked_notifications set next_at = @nextAt
            where provider = @provider and mode = @mode and kind = @kind and reference = @reference and shard_key = @shard;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(claimed, nextAt), cancellationToken: cancellationToken));
    }

    /// <summary>Nothing is left to follow.</summary>
    public async Task RemoveAsync(ParkedNotification followed, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from parked_notifications
            where provider = @provider and mode = @mode and kind = @kind and reference = @reference and shard_key = @shard;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(followed, followed.ReceivedAt), cancellationToken: cancellationToken));
    }

    /// <summary>Those beyond the limit, the oldest first.</summary>
    public async Task<IReadOnlyList<ParkedNotification>> FindBeyondAsync(int limit, int batch, CancellationToken cancellationToken)
    {
        const string sql = """
            select provider, mode, kind, reference, object_id, received_at, tries, digest, shard_key
            from parked_notifications order by received_at desc, reference offset @limit limit @batch;
            """;
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { limit, batch }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToNotification())];
    }

    private static object Parameters(ParkedNotification told, DateTimeOffset nextAt) => new
    {
        provider = told.Provider,
        mode = told.Mode.Code(),
        kind = told.Kind,
        reference = told.Reference,
        objectId = told.ObjectId,
        receivedAt = told.ReceivedAt.UtcDateTime,
        nextAt = nextAt.UtcDateTime,
        tries = told.Tries,
        digest = told.Digest,
        shard = told.ShardKey,
    };

    private sealed class Row
    {
        public string Provider { get; init; } = "";

        public string Mode { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Reference { get; init; } = "";

        public string ObjectId { get; init; } = "";

        public DateTime ReceivedAt { get; init; }

        public int Tries { get; init; }

        public byte[]? Digest { get; init; }

        public short ShardKey { get; init; }

        public ParkedNotification ToNotification() => new(
            Provider, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test, Kind, Reference, ObjectId, ShardKey, new DateTimeOffset(ReceivedAt, TimeSpan.Zero), Digest, Tries);
    }
}
