namespace PaymentOrchestrator.Api.Ledger;

/// <summary>What must hold of the books of one marketplace and mode. Each statement counts what breaks it. Parameters: marketplace, mode, accounts.</summary>
internal static class LedgerChecks
{
    public static IReadOnlyList<(string Name, string CountViolations)> All { get; } =
    [
        ("transactions_balance", """
            select count(distinct b.transaction_id)
            from (
                select e.transaction_id
                from ledger_entries e where e.marketplace_id = @marketplace and e.mode = @mode
                group by e.transaction_id, e.shard_key, e.currency having sum(e.amount) <> 0) b;
            """),
        ("transactions_have_entries", """
            select count(*)
            from ledger_transactions t
            where t.marketplace_id = @marketplace and t.mode = @mode
                and not exists (select from ledger_entries e where e.transaction_id = t.id and e.shard_key = t.shard_key and e.marketplace_id = t.marketplace_id and e.mode = t.mode);
            """),
        ("entries_have_transactions", """
            select count(*)
            from ledger_entries e
            where e.marketplace_id = @marketplace and e.mode = @mode
                and not exists (
                    select from ledger_transactions t where t.id = e.transaction_id and t.shard_key = e.shard_key and t.marketplace_id = e.marketplace_id and t.mode = e.mode);
            """),
        ("accounts_are_in_the_chart", """
            select count(*) from ledger_entries e where e.marketplace_id = @marketplace and e.mode = @mode and e.account <> all (@accounts);
            """),
        ("transactions_have_payments", """
            select count(*)
            from ledger_transactions t
            where t.marketplace_id = @marketplace and t.mode = @mode
                and not exists (select from payments p where p.id = t.payment_id and p.shard_key = t.shard_key and p.marketplace_id = t.marketplace_id and p.mode = t.mode);
            """),
        // A payment that succeeded is posted, and to the minor unit as the payment says.
        ("succeeded_payments_are_posted", PaymentLegs + """
            select count(distinct p.id)
            from differing d join payments p on p.id = d.cause_id and p.shard_key = d.shard_key
            where p.status = 'succeeded' and p.marketplace_id = @marketplace and p.mode = @mode;
            """),
        ("only_succeeded_payments_are_posted", """
            select count(*)
            from ledger_transactions t
            where t.marketplace_id = @marketplace and t.mode = @mode and t.kind = 'payment'
                and not exists (select from payments p where p.id = t.payment_id and p.id = t.cause_id and p.shard_key = t.shard_key and p.status = 'succeeded');
            """),
        ("settled_payments_are_posted", SettlementLegs + """
            select count(distinct cause_id) from differing;
            """),
        ("succeeded_refunds_are_posted", RefundLegs + """
            select count(distinct r.id)
            from differing d join refunds r on r.id = d.cause_id and r.shard_key = d.shard_key
            where r.status = 'succeeded' and r.marketplace_id = @marketplace and r.mode = @mode;
            """),
        // A refund that came back is posted and taken back, so that nothing of it is left.
        ("only_succeeded_refunds_are_posted", RefundLegs + """
            select count(distinct d.cause_id)
            from differing d left join refunds r on r.id = d.cause_id and r.shard_key = d.shard_key and r.status = 'succeeded'
            where r.id is null;
            """),
        ("refunds_belong_to_succeeded_payments", """
            select count(*)
            from refunds r
            where r.marketplace_id = @marketplace and r.mode = @mode
                and not exists (
                    select from payments p
                    where p.id = r.payment_id and p.shard_key = r.shard_key and p.marketplace_id = r.marketplace_id and p.mode = r.mode and p.status = 'succeeded');
            """),
        ("refunds_stay_within_the_payment", """
            select count(*)
            from payments p join (
                select r.payment_id, r.shard_key, sum(r.order_amount) as order_amount, sum(r.source_amount) as source_amount, sum(r.markup_amount) as markup_amount,
                    sum(r.fee_amount) as fee_amount
                from refunds r
                where r.marketplace_id = @marketplace and r.mode = @mode and r.status <> 'failed' and (r.status, coalesce(r.failure_code, '')) <> ('under_review', 'provider_contradicts')
                group by r.payment_id, r.shard_key) r on r.payment_id = p.id and r.shard_key = p.shard_key
            where r.order_amount > p.order_amount or r.source_amount > p.source_amount or r.markup_amount > p.markup_amount or r.fee_amount > p.total - p.source_amount
                or (r.order_amount = p.order_amount and (r.source_amount <> p.source_amount or r.markup_amount <> p.markup_amount));
            """),
        ("amount_refunded_is_what_succeeded", """
            select count(*)
            from payments p
            where p.marketplace_id = @marketplace and p.mode = @mode
                and p.amount_refunded <> (
                    select coalesce(sum(r.order_amount), 0) from refunds r where r.payment_id = p.id and r.shard_key = p.shard_key and r.status = 'succeeded');
            """),
        ("disputes_are_posted", DisputeLegs + """
            select count(distinct cause_id) from differing;
            """),
        ("disputes_belong_to_succeeded_payments", """
            select count(*)
            from disputes d
            where d.marketplace_id = @marketplace and d.mode = @mode
                and not exists (
                    select from payments p
                    where p.id = d.payment_id and p.shard_key = d.shard_key and p.marketplace_id = d.marketplace_id and p.mode = d.mode and p.status = 'succeeded');
            """),
        ("suspense_is_under_review", """
            select count(*)
            from (
                select t.cause_id, t.shard_key
                from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
                where t.marketplace_id = @marketplace and t.mode = @mode and e.account = 'suspense'
                group by t.cause_id, t.shard_key, e.currency having sum(e.amount) <> 0) s
            where not exists (select from payments p where p.id = s.cause_id and p.shard_key = s.shard_key and p.status = 'under_review')
                and not exists (select from refunds r where r.id = s.cause_id and r.shard_key = s.shard_key and r.status = 'under_review');
            """),
        // What succeeded holds its order for good; what is open holds it, or came back to an order that another payment holds.
        ("live_payments_hold_their_orders", """
            select (
                select count(*)
                from payments p
                where p.marketplace_id = @marketplace and p.mode = @mode and p.status not in ('failed', 'canceled')
                    and not exists (
                        select from live_payments l
                        where l.marketplace_id = p.marketplace_id and l.mode = p.mode and l.buyer_id = p.buyer_id and l.order_id = p.order_id and l.shard_key = p.shard_key
                            and (l.payment_id = p.id or p.status = 'under_review')))
                + (
                select count(*)
                from live_payments l
                where l.marketplace_id = @marketplace and l.mode = @mode
                    and not exists (select from payments p where p.id = l.payment_id and p.shard_key = l.shard_key and p.status not in ('failed', 'canceled')));
            """),
    ];

    /// <summary>Where the legs of payments, as the payments say them, differ from what is posted; per cause, account and currency.</summary>
    private const string PaymentLegs = """
        with due as (
            select p.id as cause_id, p.shard_key, leg.account, leg.currency, sum(leg.amount) as amount
            from payments p cross join lateral (values
                ('buyer_funds', p.source_currency, p.total),
                ('fx_position', p.source_currency, p.markup_amount - p.source_amount),
                ('markup_revenue', p.source_currency, -p.markup_amount),
                ('fee_revenue', p.source_currency, p.source_amount - p.total),
                ('fx_position', 'CNY', p.order_amount),
                ('supplier_payable', 'CNY', -p.order_amount)) as leg (account, currency, amount)
            where p.marketplace_id = @marketplace and p.mode = @mode and p.status = 'succeeded'
            group by p.id, p.shard_key, leg.account, leg.currency having sum(leg.amount) <> 0),
        posted as (
            select t.cause_id, t.shard_key, e.account, e.currency, sum(e.amount) as amount
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
            where t.marketplace_id = @marketplace and t.mode = @mode and t.kind = 'payment'
            group by t.cause_id, t.shard_key, e.account, e.currency having sum(e.amount) <> 0),
        differing as (
            select cause_id, shard_key
            from due full join posted using (cause_id, shard_key, account, currency)
            where due.amount is distinct from posted.amount)

        """;

    /// <summary>The same of what suppliers were paid.</summary>
    private const string SettlementLegs = """
        with due as (
            select p.id as cause_id, p.shard_key, leg.account, leg.currency, leg.amount
            from payments p cross join lateral (values
                ('supplier_payable', 'CNY', p.order_amount),
                (case when p.method = 'card' then 'platform_cny' else 'provider_settlement' end, 'CNY', -p.order_amount)) as leg (account, currency, amount)
            where p.marketplace_id = @marketplace and p.mode = @mode and p.settlement_status = 'settled'),
        posted as (
            select t.cause_id, t.shard_key, e.account, e.currency, sum(e.amount) as amount
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
            where t.marketplace_id = @marketplace and t.mode = @mode and t.kind = 'settlement'
            group by t.cause_id, t.shard_key, e.account, e.currency having sum(e.amount) <> 0),
        differing as (
            select cause_id, shard_key
            from due full join posted using (cause_id, shard_key, account, currency)
            where due.amount is distinct from posted.amount)

        """;

    /// <summary>The same of disputes: what was withdrawn and has not come back, by whether it still can, and the fees.</summary>
    private const string DisputeLegs = """
        with due as (
            select d.id as cause_id, d.shard_key, leg.account, leg.currency, sum(leg.amount) as amount
            from disputes d cross join lateral (values
                ('buyer_funds', d.currency, d.reinstated_amount - d.withdrawn_amount),
                (case when d.status = 'lost' or (d.status = 'won' and d.reinstated_amount > 0) then 'dispute_losses' else 'disputed_funds' end,
                    d.currency, d.withdrawn_amount - d.reinstated_amount),
                ('dispute_fees', d.fee_currency, d.fee_amount),
                ('acquirer_balance', d.fee_currency, -d.fee_amount)) as leg (account, currency, amount)
            where d.marketplace_id = @marketplace and d.mode = @mode
            group by d.id, d.shard_key, leg.account, leg.currency having sum(leg.amount) <> 0),
        posted as (
            select t.cause_id, t.shard_key, e.account, e.currency, sum(e.amount) as amount
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
            where t.marketplace_id = @marketplace and t.mode = @mode and t.kind in ('dispute_opened', 'dispute_adjusted', 'dispute_won', 'dispute_lost')
            group by t.cause_id, t.shard_key, e.account, e.currency having sum(e.amount) <> 0),
        differing as (
            select cause_id, shard_key
            from due full join posted using (cause_id, shard_key, account, currency)
            where due.amount is distinct from posted.amount)

        """;

    /// <summary>The same of refunds: the payment's legs the other way round, for the part.</summary>
    private const string RefundLegs = """
        with due as (
            select r.id as cause_id, r.shard_key, leg.account, leg.currency, sum(leg.amount) as amount
            from refunds r cross join lateral (values
                ('buyer_funds', r.source_currency, -(r.source_amount + r.fee_amount)),
                ('fx_position', r.source_currency, r.source_amount - r.markup_amount),
                ('markup_revenue', r.source_currency, r.markup_amount),
                ('fee_revenue', r.source_currency, r.fee_amount),
                ('fx_position', 'CNY', -r.order_amount),
                ('supplier_payable', 'CNY', r.order_amount)) as leg (account, currency, amount)
            where r.marketplace_id = @marketplace and r.mode = @mode and r.status = 'succeeded'
            group by r.id, r.shard_key, leg.account, leg.currency having sum(leg.amount) <> 0),
        posted as (
            select t.cause_id, t.shard_key, e.account, e.currency, sum(e.amount) as amount
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
            where t.marketplace_id = @marketplace and t.mode = @mode and t.kind in ('refund', 'refund_reversal')
            group by t.cause_id, t.shard_key, e.account, e.currency having sum(e.amount) <> 0),
        differing as (
            select cause_id, shard_key
            from due full join posted using (cause_id, shard_key, account, currency)
            where due.amount is distinct from posted.amount)

        """;
}
