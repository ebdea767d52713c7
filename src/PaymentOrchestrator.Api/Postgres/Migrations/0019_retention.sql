-- How far each table was cleared of what has ended by age: everything older was looked at and is gone or stays for good. A reference table: one row per
-- table, claimed by one instance at a time.
create table retention_marks (
    name text primary key,
    upto timestamptz not null,
    claimed_until timestamptz
);

-- The one table whose key does not begin with a time. Rows come in at its right edge and are never updated.
create index idempotency_keys_by_age on idempotency_keys (created_at);

grant select, insert, update on retention_marks to po_worker;
grant select (marketplace_id, mode, scope, key, resource_id, created_at, shard_key), delete on idempotency_keys to po_worker;
grant delete on events to po_worker;
grant select (id, payment_id, expires_at, shard_key), delete on quotes to po_worker;
grant select (id, shard_key), delete on eligibility_checks, payment_options to po_worker;
