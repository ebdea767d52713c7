-- A second wall behind the conditions of every statement: po_app sees and writes the rows of one marketplace in one mode, which each command names for
-- its own transaction (Postgres/TenantConnection.cs). Without it no row is visible: an unset name is null, or '' once it was set before.
--
-- Not forced on the owner: migrations have to reach all rows, and a forced policy would have them change nothing without a word. No session of the product
-- is the owner's. Policies are of plain PostgreSQL; a set_config does not reach the workers of a Citus cluster.
set local lock_timeout = '3s';

do $$
declare
    marketplace constant text := 'marketplace_id = nullif(current_setting(''app.marketplace_id'', true), '''')::int';
    mode constant text := 'mode = nullif(current_setting(''app.mode'', true), '''')';
    t text;
    reads record;
begin
    -- All that belongs to a marketplace in a mode.
    foreach t in array array[
        'api_keys', 'attempts', 'audit_log', 'buyer_sessions', 'buyers', 'disputes', 'eligibility_checks', 'events', 'idempotency_keys', 'inquiries', 'ledger_entries',
        'ledger_transactions', 'linked_accounts', 'live_payments', 'payment_options', 'payments', 'provider_notifications', 'quotes', 'reconciliation_difference_changes',
        'reconciliation_differences', 'reconciliation_lines', 'reconciliations', 'refunds', 'webhook_deliveries', 'webhook_endpoints']
    loop
        execute format('alter table %I enable row level security', t);
        execute format('create policy tenant on %I to po_app using (%s and %s) with check (%s and %s)', t, marketplace, mode, marketplace, mode);
    end loop;

    -- A price list of everybody's, or one of before there were modes, is read by all that it is for, and written in one's own name.
    alter table fee_schedules enable row level security;
    execute format(
        'create policy tenant on fee_schedules for select to po_app using (marketplace_id is null or (%s and (mode is null or %s)))', marketplace, mode);
    execute format('create policy tenant_publishes on fee_schedules for insert to po_app with check (%s and %s)', marketplace, mode);

    -- Rates are everybody's, and so is what became of them; who decided is the marketplace that did.
    alter table exchange_rate_decisions enable row level security;
    create policy shared on exchange_rate_decisions for select to po_app, po_worker using (true);
    execute format('create policy tenant_decides on exchange_rate_decisions for insert to po_app with check (%s)', marketplace);

    alter table marketplaces enable row level security;
    execute format('create policy tenant on marketplaces to po_app using (%s)', replace(marketplace, 'marketplace_id =', 'id ='));

    -- Background work is nobody's: it looks over all marketplaces, at the columns that it is granted, in the ways that are listed here.
    for reads in select * from (values
        ('api_keys', array['select', 'update']), ('attempts', array['select']), ('buyer_sessions', array['select']), ('buyers', array['select']), ('disputes', array['select']),
        ('eligibility_checks', array['select', 'delete']), ('events', array['select', 'update', 'delete']), ('idempotency_keys', array['select', 'delete']),
        ('inquiries', array['select']), ('linked_accounts', array['select']), ('marketplaces', array['select']), ('payment_options', array['select', 'delete']),
        ('payments', array['select']), ('quotes', array['select', 'delete']), ('refunds', array['select']),
        ('webhook_deliveries', array['select', 'insert', 'update', 'delete']), ('webhook_endpoints', array['select', 'update'])) as listed (name, commands)
    loop
        foreach t in array reads.commands
        loop
            execute format(
                'create policy worker_%s on %I for %s to po_worker %s', t, reads.name, t, case when t = 'insert' then 'with check (true)' else 'using (true)' end);
        end loop;
    end loop;
end
$$;

-- What tells the worker whose a thing is, so that what is done about it is done as the owner's; and what the gauges count.
grant select (marketplace_id, mode) on disputes, linked_accounts, refunds to po_worker;
grant select (id, marketplace_id, mode, shard_key) on buyers to po_worker;
grant select (id, marketplace_id, mode, order_id, status, settlement_status, created_at, shard_key) on payments to po_worker;
grant select (payment_id, outcome, shard_key) on attempts to po_worker;
