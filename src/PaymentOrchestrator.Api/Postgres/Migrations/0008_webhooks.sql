-- Null until the dispatcher has made the deliveries of the event, in the transaction that made them. Rows of before have no takers: the default
-- is theirs alone, and is kept in the catalogue, so that nothing is rewritten.
alter table events add column dispatched_at timestamptz default now();
alter table events alter column dispatched_at drop default;

-- The outbox. An event is in it from its own commit on, however late that comes, until its deliveries are there.
create index events_undispatched on events (id) where dispatched_at is null;

-- A reference table: few rows, joined from every shard.
create table webhook_endpoints (
    id uuid primary key,
    marketplace_id int not null,
    mode text not null check (mode in ('test', 'live')),
    url text not null,
    -- '*' alone for every type.
    event_types text[] not null,
    enabled boolean not null,
    -- Why we disabled it ourselves; null when the marketplace did.
    disabled_reason text,
    -- Encrypted; see Webhooks/WebhookSecrets.cs.
    secret text not null,
    previous_secret text,
    previous_secret_until timestamptz,
    version int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index webhook_endpoints_by_marketplace on webhook_endpoints (marketplace_id, mode, id);

-- One event for one endpoint. It lies with its event, and so does every statement about it.
create table webhook_deliveries (
    event_id uuid not null,
    endpoint_id uuid not null,
    marketplace_id int not null,
    mode text not null,
    event_type text not null,
    status text not null check (status in ('pending', 'succeeded', 'exhausted')),
    -- Attempts of the present round; a redelivery begins a new one.
    attempts int not null,
    -- Rises with each claim and never falls: whoever has claimed writes only on the number that the claim left.
    claims int not null,
    -- When it is due; the claim moves it to the end of the lease. Null: nothing to do, or the endpoint is disabled.
    next_at timestamptz,
    attempted_at timestamptz,
    duration_ms int,
    response_status int,
    response_body text,
    error text,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (event_id, endpoint_id, shard_key)
) with (fillfactor = 80);

create index webhook_deliveries_due on webhook_deliveries (next_at) where next_at is not null;
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, event_id, shard_key);

grant select, insert, update, delete on webhook_endpoints, webhook_deliveries to po_app;
grant select, update on webhook_endpoints to po_worker;
grant select, insert, update, delete on webhook_deliveries to po_worker;
grant select, update (dispatched_at) on events to po_worker;
