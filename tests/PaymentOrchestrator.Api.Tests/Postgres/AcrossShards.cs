namespace PaymentOrchestrator.Api.Tests.Postgres;

/// <summary>
/// The statements that look at every shard, and why each may. They are known by how they begin or end, once texts in them are '' and blanks single.
/// (What proves the books is not listed here: it is all of <c>LedgerChecks</c>.)
/// </summary>
internal static class AcrossShards
{
    private const string List = "a list over the whole marketplace";
    private const string Due = "background work: what is due, wherever it lies; each is then claimed on its own shard";
    private const string Gauge = "background work: a figure for the metrics";
    private const string Order = "1688's messages name orders, not buyers";
    private const string Endpoint = "an operator's change to an endpoint, which has events of every buyer";
    private const string Import = "a statement of a provider's held against the books of the marketplace";

    public static IReadOnlyDictionary<string, string> Statements { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["p.created_at, p.updated_at from payments p where p.marketplace_id = @marketplace and p.mode = @mode"] = List,
        ["d.created_at, d.updated_at from disputes d where d.marketplace_id = @marketplace and d.mode = @mode"] = List,
        ["a.address, a.created_at from audit_log a where a.marketplace_id = @marketplace and a.mode = @mode"] = List,
        ["e.amount from ledger_entries e join ledger_transactions t on t.id = e.transaction_id and t.shard_key = e.shard_key where e.marketplace_id = @marketplace and e.mode = @mode"] = List,
        ["(select * from events e where e.dispatched_at is not null and"] = List,
        ["union all select * from events e where e.dispatched_at is null and"] = List,
        ["response_body, error, created_at from webhook_deliveries where endpoint_id = @endpoint and marketplace_id = @marketplace and mode = @mode"] = List,
        ["select account, currency, sum(amount)::bigint as balance, count(*) as entries from ledger_entries"] = List,
        ["select (select count(*) from ledger_transactions where"] = "how much the proof of the books looked at",

        ["select id, shard_key from events where dispatched_at is null order by id limit @limit"] = Due,
        ["select event_id, endpoint_id, shard_key, claims from webhook_deliveries where next_at <= @now"] = Due,
        ["select payment_id, marketplace_id, mode, shard_key, tries from inquiries where next_at <= @now"] = Due,
        ["select id, marketplace_id, mode, shard_key, tries from refunds where next_inquiry_at is not null"] = Due,
        ["select id, marketplace_id, mode, shard_key, tries from disputes where next_inquiry_at is not null"] = Due,
        ["select id, marketplace_id, mode, shard_key, upkeep_tries from linked_accounts where upkeep_at <= @now"] = Due,
        ["from parked_notifications where next_at <= @now order by next_at limit @limit"] = Due,
        ["from parked_notifications order by received_at desc, reference offset @limit limit @batch"] = Due,
        ["select created_at from idempotency_keys where created_at > @after"] = Due,
        ["select marketplace_id, mode, scope, key, created_at, shard_key from idempotency_keys where created_at > @after"] = Due,

        ["select count(*), min(u.created_at) from (select e.created_at from events e"] = Gauge,
        ["select count(*), min(d.next_at) from (select next_at from webhook_deliveries"] = Gauge,
        ["select count(*), min(i.next_at) from (select next_at from inquiries"] = Gauge,
        ["select count(*), min(r.next_inquiry_at) from (select next_inquiry_at from refunds"] = Gauge,
        ["select mode, count(*) from payments where status = '' group by mode"] = Gauge,
        ["select p.mode, p.status, count(*) as open,"] = Gauge,

        ["select distinct marketplace_id, mode from payments where order_id = any (@orders)"] = Order,
        ["select id from payments where order_id = any(@orderIds)"] = Order,
        ["insert into provider_notifications (payment_id, marketplace_id, mode, provider, type, digest, received_at, shard_key) select p.id, p.marketplace_id, p.mode, @provider, @type, @digest, @now, p.shard_key from payments p where p.order_id = any (@orders)"] = Order,

        ["select id from events where marketplace_id = @marketplace and mode = @mode and dispatched_at is not null and id > @after order by id offset @page - 1 limit 1"] = Endpoint,
        ["insert into webhook_deliveries (event_id, endpoint_id, marketplace_id, mode, event_type, status, attempts, claims, next_at, created_at, shard_key) select e.id, w.id, e.marketplace_id, e.mode, e.type, '', 0, 0, @now, @now, e.shard_key from events e join webhook_endpoints w"] = Endpoint,
        ["delete from webhook_deliveries where endpoint_id = @id and marketplace_id = @marketplace and mode = @mode"] = Endpoint,
        ["update webhook_deliveries set next_at = @now, claims = claims + 1 where endpoint_id = @id and status = ''"] = Endpoint,

        ["with touched as ( select t.payment_id, t.shard_key from ledger_transactions t"] = Import,
        ["select p.id, p.order_amount, p.settled_at from payments p where p.marketplace_id = @marketplace"] = Import,
    };
}
