using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>
/// Keeps that a verified notification about a payment came: from whom, when, of which kind, and the digest of its body, for the payment's timeline. The
/// same body is kept once, and so many of a payment that no provider that repeats itself can fill a shard.
/// </summary>
internal sealed class NotificationLog(Db db, TimeProvider clock)
{
    private const int MostPerPayment = 100;

    private const string Into = """
        insert into provider_notifications (payment_id, marketplace_id, mode, provider, type, digest, received_at, shard_key)
        select p.id, p.marketplace_id, p.mode, @provider, @type, @digest, @now, p.shard_key

        """;

    private const string Bounded = """
         and (select count(*) from provider_notifications n where n.payment_id = p.id and n.shard_key = p.shard_key) < @most
        on conflict do nothing;
        """;

    private const string OfPayment = Into + "from payments p where p.id = @id and p.shard_key = @shard and p.mode = @mode" + Bounded;

    private const string OfRefund = Into + """
        from refunds r join payments p on p.id = r.payment_id and p.shard_key = r.shard_key
        where r.id = @id and r.shard_key = @shard and p.mode = @mode
        """ + Bounded;

    /// <summary>1688's messages name orders, not buyers, so this looks on every shard.</summary>
    private const string OfOrders =
        Into + "from payments p where p.order_id = any (@orders) and p.mode = @mode and p.status = 'succeeded' and p.settlement_status = 'pending'" + Bounded;

    /// <summary>Before anything is done about it; what concerns none of our payments leaves nothing.</summary>
    /// <param name="digest">SHA-256 of its body.</param>
    public Task KeepAsync(Mode mode, string provider, NotificationReading reading, byte[] digest) => reading switch
    {
        NotificationReading.PaymentChanged changed => KeepAsync(OfPayment, mode, provider, "payment_changed", Id<PaymentResource>.ParseOrNone(changed.PaymentId), [], digest, clock.Now()),
        NotificationReading.RefundChanged changed => KeepAsync(OfRefund, mode, provider, "refund_changed", Id<RefundResource>.ParseOrNone(changed.RefundId), [], digest, clock.Now()),
        NotificationReading.OrderChanged changed => KeepAsync<PaymentResource>(OfOrders, mode, provider, "order_changed", default, changed.OrderIds, digest, clock.Now()),
        _ => Task.CompletedTask,
    };

    /// <summary>One that was parked, now that what it is about is here.</summary>
    public Task KeepAsync(ParkedNotification told) => told.Digest is not { } digest
        ? Task.CompletedTask
        : told.Kind == ParkedNotification.Refund
            ? KeepAsync(OfRefund, told.Mode, told.Provider, "refund_changed", Id<RefundResource>.ParseOrNone(told.ObjectId), [], digest, told.ReceivedAt)
            : KeepAsync(OfPayment, told.Mode, told.Provider, "payment_changed", Id<PaymentResource>.ParseOrNone(told.ObjectId), [], digest, told.ReceivedAt);

    private async Task KeepAsync<T>(string sql, Mode mode, string provider, string type, Id<T> subject, IEnumerable<string> orders, byte[] digest, DateTimeOffset receivedAt)
        where T : IResource
    {
        var parameters = new
        {
            id = subject.Value,
            shard = subject.ShardKey,
            orders = orders.ToArray(),
            mode = mode.Code(),
            provider,
            type,
            digest,
            now = receivedAt.UtcDateTime,
            most = MostPerPayment,
        };
        IReadOnlyList<Caller> owners = sql switch
        {
            OfPayment => One(await db.OwnerOfPaymentAsync(parameters.id, parameters.shard, CancellationToken.None)),
            OfRefund => One(await db.OwnerOfRefundAsync(parameters.id, parameters.shard, CancellationToken.None)),
            _ => await db.OwnersOfUnsettledOrdersAsync(mode, parameters.orders, CancellationToken.None),
        };
        foreach (var owner in owners.Where(owner => owner.Mode == mode))
        {
            await using var connection = await db.OpenAsync(owner, CancellationToken.None);
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters));
        }
    }

    private static IReadOnlyList<Caller> One(Caller? owner) => owner is null ? [] : [owner];
}
