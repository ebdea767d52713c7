using Dapper;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>
/// Writes down where a dispute stands. State, ledger and events commit together in one command, and only on the version that was read, so that
/// whatever is told twice is written once.
/// </summary>
internal sealed class DisputeChanges(Db db, DisputeSchedule schedule, TimeProvider clock)
{
    private const string Present = "select " + DisputeRow.Columns + """

        from disputes d
        where d.provider = @provider and d.provider_reference = @reference and d.marketplace_id = @marketplace and d.mode = @mode and d.shard_key = @shard;
        """;

    private const string Insert = """
        insert into disputes (
            id, marketplace_id, mode, buyer_id, payment_id, provider, provider_reference, amount, currency, order_amount, reason, status, refundable, evidence_due_by,
            withdrawn_amount, reinstated_amount, fee_amount, fee_currency, version, last_event_id, next_inquiry_at, tries, created_at, updated_at, shard_key)
        values (
            @id, @marketplace, @mode, @buyer, @payment, @provider, @reference, @amount, @currency, @order, @reason, @status, @refundable, @dueBy,
            @withdrawn, @reinstated, @fee, @feeCurrency, @version, @eventId, @askAgainAt, 0, @now, @now, @shard)
        on conflict (provider, provider_reference, mode, shard_key) do nothing;

        """;

    private const string Update = """
        update disputes
        set status = @status, refundable = @refundable, evidence_due_by = @dueBy, reason = @reason, withdrawn_amount = @withdrawn, reinstated_amount = @reinstated,
            fee_amount = @fee, fee_currency = @feeCurrency, version = @version, last_event_id = @eventId, next_inquiry_at = @askAgainAt, updated_at = @now
        where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @readVersion;

        """;

    private const string Consequences = LedgerSql.InsertForDispute + """

        insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
        select e.id, d.marketplace_id, d.mode, e.type, @objectId, e.version, e.data::jsonb, @now, d.shard_key
        from disputes d, unnest(@eventIds, @eventTypes, @eventVersions, @eventDatas) as e (id, type, version, data)
        where d.id = @id and d.shard_key = @shard and d.last_event_id = @eventId;

        """ + Present;

    /// <summary>A dispute that we had not heard of. Whoever is first writes it.</summary>
    public Task<Dispute> AddAsync(Dispute dispute)
    {
        // Heard of when it was over: it was opened and closed all the same.
        var closed = dispute.Status.IsOpen() ? null : dispute with { Version = 2 };
        List<Happening> events = [new("dispute.created", dispute)];
        if (closed is not null) events.Add(new Happening("dispute.closed", closed));
        return CommitAsync(Insert, closed ?? dispute, 0, LedgerPosting.Dispute(null, null, dispute.Status, dispute.Money), events);
    }

    /// <summary>What the provider says of it now. The answer is its present state, whoever made it.</summary>
    public async Task<Dispute> ApplyAsync(Dispute known, ProviderDispute read)
    {
        var next = known.After(read, clock.Now());
        if (next.Version == known.Version)
        {
            await PostponeAsync(known);
            return known;
        }

        var posting = LedgerPosting.Dispute(known.Status, known.Money, next.Status, next.Money);
        return await CommitAsync(Update, next, known.Version, posting, [new Happening(DisputeTransitions.EventOf(known.Status, next.Status), next)]);
    }

    /// <summary>Nothing has changed, or the provider did not say.</summary>
    public async Task PostponeAsync(Dispute known)
    {
        const string sql = """
            update disputes set next_inquiry_at = @askAgainAt
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @readVersion and next_inquiry_at is not null;
            """;
        await using var connection = await db.OpenAsync(known.Owner, CancellationToken.None);
        await connection.ExecuteAsync(new CommandDefinition(sql, new
        {
            id = known.Id.Value,
            marketplace = known.Owner.MarketplaceId,
            mode = known.Owner.Mode.Code(),
            shard = known.Id.ShardKey,
            readVersion = known.Version,
            askAgainAt = AskAgainAt(known),
        }));
    }

    private DateTime? AskAgainAt(Dispute dispute) => dispute.IsAwaited ? (clock.Now() + schedule.AskEvery).UtcDateTime : null;

    private async Task<Dispute> CommitAsync(string write, Dispute next, int readVersion, LedgerPosting? posting, IReadOnlyList<Happening> happened)
    {
        var now = next.UpdatedAt;
        var events = happened.Select(one => NewEvent.Of(one.Type, next.Id.ToString(), one.Then.Version, one.Then.ToResource(), next.Id.ShardKey, now)).ToList();
        var parameters = new DynamicParameters(new
        {
            id = next.Id.Value,
            marketplace = next.Owner.MarketplaceId,
            mode = next.Owner.Mode.Code(),
            shard = next.Id.ShardKey,
            buyer = next.BuyerId.Value,
            payment = next.PaymentId.Value,
            provider = next.Provider,
            reference = next.ProviderReference,
            amount = next.Amount.Value,
            currency = next.Amount.Currency.Code,
            order = next.Order?.Value,
            reason = next.Reason,
            status = next.Status.Code(),
            refundable = next.Refundable,
            dueBy = next.EvidenceDueBy?.UtcDateTime,
            withdrawn = next.Money.Withdrawn.Value,
            reinstated = next.Money.Reinstated.Value,
            fee = next.Money.Fee.Value,
            feeCurrency = next.Money.Fee.Currency.Code,
            version = next.Version,
            readVersion,
            askAgainAt = AskAgainAt(next),
            now = now.UtcDateTime,
            eventId = events[0].Id,
            objectId = next.Id.ToString(),
            eventIds = events.Select(one => one.Id).ToArray(),
            eventTypes = events.Select(one => one.Type).ToArray(),
            eventVersions = events.Select(one => one.ObjectVersion).ToArray(),
            eventDatas = events.Select(one => one.Data).ToArray(),
        });
        LedgerSql.AddParameters(parameters, posting is null ? [] : [posting], next.PaymentId, null, next.Id, next.Version, now);
        // What was heard is written whoever has hung up meanwhile.
        await using var connection = await db.OpenAsync(next.Owner, CancellationToken.None);
        return (await connection.QuerySingleAsync<DisputeRow>(new CommandDefinition(write + Consequences, parameters))).ToDispute();
    }

    /// <param name="Type">The event's.</param>
    /// <param name="Then">The dispute as it then was.</param>
    private sealed record Happening(string Type, Dispute Then);
}
