using System.Security.Cryptography;
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

    /// <summary>Before anything is done about it; what concerns none of our payments leaves nothing.</summary>
    public async Task KeepAsync(Mode mode, string provider, NotificationReading reading, byte[] body)
    {
        const string ofPayment = Into + "from payments p where p.id = @id and p.shard_key = @shard and p.mode = @mode" + Bounded;
        const string ofRefund = Into + """
            from refunds r join payments p on p.id = r.payment_id and p.shard_key = r.shard_key
            where r.id = @id and r.shard_key = @shard and p.mode = @mode
            """ + Bounded;
        // 1688's messages name orders, not buyers, so this looks on every shard.
        const string ofOrder = Into + "from payments p where p.order_id = any (@orders) and p.mode = @mode and p.status = 'succeeded' and p.settlement_status = 'pending'" + Bounded;
        (string? Sql, string Type, Id<PaymentResource> Subject, string[] Orders) notice = reading switch
        {
            NotificationReading.PaymentChanged changed => (ofPayment, "payment_changed", Id<PaymentResource>.ParseOrNone(changed.PaymentId), []),
            NotificationReading.RefundChanged changed => (ofRefund, "refund_changed", new(Id<RefundResource>.ParseOrNone(changed.RefundId).Value), []),
            NotificationReading.OrderChanged changed => (ofOrder, "order_changed", default, [.. changed.OrderIds]),
            _ => (null, "", default, []),
        };
        if (notice.Sql is null) return;
        var parameters = new
        {
            id = notice.Subject.Value,
            shard = notice.Subject.ShardKey,
            orders = notice.Orders,
            mode = mode.Code(),
            provider,
            type = notice.Type,
            digest = SHA256.HashData(body),
            now = clock.Now().UtcDateTime,
            most = MostPerPayment,
        };
        var owners = reading switch
        {
            NotificationReading.PaymentChanged => One(await db.OwnerOfPaymentAsync(parameters.id, parameters.shard, CancellationToken.None)),
            NotificationReading.RefundChanged => One(await db.OwnerOfRefundAsync(parameters.id, parameters.shard, CancellationToken.None)),
            _ => await db.OwnersOfUnsettledOrdersAsync(mode, notice.Orders, CancellationToken.None),
        };
        foreach (var owner in owners.Where(owner => owner.Mode == mode))
        {
            await using var connection = await db.OpenAsync(owner, CancellationToken.None);
            await connection.ExecuteAsync(new CommandDefinition(notice.Sql, parameters));
        }
    }

    private static IReadOnlyList<Caller> One(Caller? owner) => owner is null ? [] : [owner];
}
