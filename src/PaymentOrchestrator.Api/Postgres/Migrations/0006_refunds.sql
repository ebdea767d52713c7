-- Money given back, one row per refund. The intent is committed before the provider is called; next_inquiry_at says when someone may ask after it.
create table refunds (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    payment_id uuid not null,
    -- The provider's idempotency key: the same for every word about this refund.
    request_id text not null,
    order_amount bigint not null check (order_amount > 0),
    source_currency text not null,
    source_amount bigint not null check (source_amount > 0),
    markup_amount bigint not null check (markup_amount >= 0),
    fee_amount bigint not null check (fee_amount >= 0),
    status text not null check (status in ('pending', 'succeeded', 'failed', 'under_review')),
    version int not null,
    -- The event that recorded the present state; later statements of the same command act only if this one made it.
    last_event_id uuid not null,
    failure_code text,
    failure_message text,
    reason text,
    metadata jsonb not null,
    provider_reference text,
    -- What lies in suspense while it is reviewed.
    suspended_amount bigint,
    suspended_currency text,
    -- The last that was heard of it, from the provider or an operator.
    last_word text check (last_word in ('succeeded', 'refused', 'pending', 'unknown')),
    last_detail text,
    last_heard_at timestamptz,
    resolved_by_operator boolean not null default false,
    next_inquiry_at timestamptz,
    tries int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

create index refunds_by_payment on refunds (payment_id, id, shard_key);
create index refunds_due on refunds (next_inquiry_at) where next_inquiry_at is not null;

-- What the refunds of one payment add up to is decided under its row lock; this is the belt to those braces.
alter table payments add constraint payments_refunded_within check (amount_refunded between 0 and order_amount);

-- For the story of one object, and for the books of one payment.
create index events_by_object on events (object_id, shard_key);
create index ledger_transactions_by_payment on ledger_transactions (payment_id, shard_key);

grant select, insert, update on refunds to po_app;
grant select (id, next_inquiry_at, tries, shard_key) on refunds to po_worker;
