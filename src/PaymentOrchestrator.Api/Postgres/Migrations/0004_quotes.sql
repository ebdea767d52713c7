-- Immutable but for payment_id, which is set once: that update is the gate through which one payment passes.
create table quotes (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    method text not null,
    order_id text not null,
    supplier_id text,
    fixed_side text not null check (fixed_side in ('order', 'source')),
    order_amount bigint not null check (order_amount > 0),
    source_currency text not null,
    source_amount bigint not null check (source_amount > 0),
    mid numeric,
    customer_rate numeric,
    markup_bps int not null,
    markup_amount bigint not null,
    rate_source text,
    rate_as_of timestamptz,
    rate_stale boolean not null,
    provider_quote_id text,
    fees jsonb not null,
    total bigint not null,
    fee_refundable boolean not null,
    fee_schedule_id text not null,
    buyer_ip text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    payment_id uuid,
    shard_key smallint not null,
    primary key (id, shard_key),
    check (total >= source_amount)
);

-- The whole answer, as it was given.
create table eligibility_checks (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    answer jsonb not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

grant select, insert on quotes, eligibility_checks to po_app;
grant update (payment_id) on quotes to po_app;
