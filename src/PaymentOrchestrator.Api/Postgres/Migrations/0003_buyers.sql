-- Every table below belongs to buyers: shard_key is the last column of every key, so that one buyer's rows lie together.

create table buyers (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    reference text not null,
    country text not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (marketplace_id, mode, reference, shard_key)
);

-- scope is the buyer's id, or the nil UUID for the creation of a buyer.
create table idempotency_keys (
    marketplace_id int not null,
    mode text not null,
    scope uuid not null,
    key text not null,
    fingerprint bytea not null,
    resource_id uuid not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (marketplace_id, mode, scope, key, shard_key)
);

create table linked_accounts (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    provider text not null,
    status text not null check (status in ('pending', 'active', 'failed', 'revoked')),
    login text,
    parent_id uuid,
    -- Null where the buyer began at the provider's side.
    return_url text,
    -- SHA-256 of the single-use secret that the provider sends the buyer back with; null once used.
    state_hash bytea,
    session text,
    next_action_url text,
    provider_account_id text,
    display_name text,
    -- Encrypted; see Access/Secrets.cs.
    secret text,
    secret_expires_at timestamptz,
    failure_code text,
    failure_message text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

create index linked_accounts_by_buyer on linked_accounts (buyer_id, shard_key);

-- Insert only. What happened, with the object as it then was: the outbox and the list of events in one.
create table events (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    type text not null,
    object_id text not null,
    object_version int not null,
    data jsonb not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

grant select, insert on buyers, idempotency_keys, events to po_app;
grant select, insert, update on linked_accounts to po_app;
