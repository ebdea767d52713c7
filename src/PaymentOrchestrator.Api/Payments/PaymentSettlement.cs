using Dapper;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// Follows a succeeded payment until the supplier has the money. The proof is the 1688 order's own status; 1688's message about it only says when to
/// look.
/// </summary>
internal sealed class PaymentSettlement(
    Db db, OpenPaymentStore open, LinkedAccountStore accounts, OrderCheck orders, ResolverSchedule schedule, TimeProvider clock, ILogger<PaymentSettlement> log)
{
    /// <summary>Reads the order, and settles the payment if the order is paid; else it is looked at again later.</summary>
    public async Task AskAsync(OpenPayment subject)
    {
        var payment = subject.Payment;
        if (payment.Status != PaymentStatus.Succeeded || payment.Settled) return;
        var active = await accounts.ListAsync(payment.Owner, payment.BuyerId, activeOnly: true, CancellationToken.None) ?? [];
        var answer = await orders.ReadAsync(payment.Owner.Mode, active.Newest(LinkProvider.Marketplace1688), payment.OrderId, payment.Order, CancellationToken.None);
        if (answer is ProviderAnswer<MarketplaceOrder>.Ok { Value: { Stage: OrderStage.Paid, Status: var status } })
        {
            await SettleAsync(payment, status);
            return;
        }

        var late = clock.Now() - payment.CreatedAt > schedule.SettlementLateAfter;
        if (late) log.LogWarning("{PaymentId} of {CreatedAt} has succeeded, and 1688 does not confirm the supplier's money.", payment.Id, payment.CreatedAt);
        await open.PostponeAsync(payment, clock.Now() + (late ? schedule.SettlementLateAfter : schedule.DelayAfter(subject.Tries)), CancellationToken.None);
    }

    private async Task SettleAsync(Payment payment, string evidence)
    {
        const string sql = """
            update payments
            set settlement_status = 'settled', settled_at = @now, settlement_evidence = @evidence, version = @version,
                event_version = event_version + 1, last_event_id = @eventId, updated_at = @now
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1 and settlement_status = 'pending';

            delete from inquiries i using payments p
            where p.id = @id and p.shard_key = @shard and p.last_event_id = @eventId and i.payment_id = p.id and i.shard_key = p.shard_key;

            """ + LedgerSql.InsertForPayment + PaymentChangeSteps.TellWithPosting;
        var now = clock.Now();
        var settled = payment with { Version = payment.Version + 1, SettledAt = now, SettlementEvidence = evidence, UpdatedAt = now };
        var happened = NewEvent.Of("payment.settled", settled.Id.ToString(), settled.Version, settled.ToResource(), settled.Id.ShardKey, now);
        var posting = new PaymentPosting(LedgerPosting.Settlement(payment.Method, payment.Order), payment.Id, now);
        var parameters = new
        {
            id = payment.Id.Value,
            marketplace = payment.Owner.MarketplaceId,
            mode = payment.Owner.Mode.Code(),
            shard = payment.Id.ShardKey,
            evidence,
            now = now.UtcDateTime,
            version = settled.Version,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            eventData = happened.Data,
            ledgerId = posting.Id,
            ledgerKind = posting.Kind,
            legAccounts = posting.Accounts,
            legCurrencies = posting.Currencies,
            legAmounts = posting.Amounts,
            ledgerEventType = posting.Event.Type,
            ledgerObjectId = posting.Event.ObjectId,
            ledgerEventData = posting.Event.Data,
        };
        await using var connection = await db.OpenAsync(payment.Owner, CancellationToken.None);
        // Zero rows: another instance settled it, or a refund made a newer version; the latter is looked at again.
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters));
    }
}
