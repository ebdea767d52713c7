-- What a buyer's browser may do for a while, with a publishable key. The secret's SHA-256 alone is here.
create table buyer_sessions (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    secret_hash bytea not null,
    -- The one order that the session is for; null for any of the buyer's.
    order_id text,
    order_amount bigint check (order_amount > 0),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    shard_key smallint not null,
    primary key (id, shard_key)
);

grant select (id, marketplace_id, mode, buyer_id, order_id, order_amount, created_at, expires_at, revoked_at, shard_key) on buyer_sessions to po_app;
grant insert on buyer_sessions to po_app;
grant update (revoked_at) on buyer_sessions to po_app;
grant select on buyer_sessions to po_worker;

-- The session that asked for the quote, and alone may pay it from a browser; null for a quote that the marketplace's server asked for.
alter table quotes add column session_id uuid;
