create table payments (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    quote_id uuid not null,
    method text not null,
    order_id text not null,
    order_amount bigint not null check (order_amount > 0),
    source_currency text not null,
    source_amount bigint not null check (source_amount > 0),
    markup_amount bigint not null,
    fees jsonb not null,
    total bigint not null,
    amount_refunded bigint not null default 0,
    status text not null check (status in ('requires_action', 'processing', 'succeeded', 'failed', 'canceled', 'under_review')),
    version int not null,
    -- The event that recorded the present state; later statements of the same command act only if this one made it.
    last_event_id uuid not null,
    next_action_url text,
    return_url text,
    -- SHA-256 of the single-use secret that a provider's page sends the buyer back with; null once used.
    return_state_hash bytea,
    metadata jsonb not null,
    failure_code text,
    failure_message text,
    failure_retryable boolean,
    provider_reference text,
    settlement_status text not null check (settlement_status in ('not_due', 'pending', 'settled')),
    settled_at timestamptz,
    -- The 1688 order's status that proved it.
    settlement_evidence text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (quote_id, shard_key)
) with (fillfactor = 80);

create index payments_by_buyer on payments (buyer_id, id, shard_key);
create index payments_by_marketplace on payments (marketplace_id, mode, id, shard_key);
create index payments_by_order on payments (order_id, mode, marketplace_id, id, shard_key);

-- One live payment per order and buyer. A row goes when its payment fails or is canceled; it stays for good when it succeeds.
create table live_payments (
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    order_id text not null,
    payment_id uuid not null,
    shard_key smallint not null,
    primary key (marketplace_id, mode, buyer_id, order_id, shard_key)
);

-- One conversation with a provider. What is needed to hold it again is here: it was committed before the first word.
create table attempts (
    payment_id uuid not null,
    marketplace_id int not null,
    mode text not null,
    number int not null,
    provider text not null,
    request_id text not null,
    linked_account_id uuid not null,
    outcome text check (outcome in ('succeeded', 'refused', 'pending', 'unknown')),
    detail text,
    provider_reference text,
    started_at timestamptz not null,
    ended_at timestamptz,
    shard_key smallint not null,
    primary key (payment_id, number, shard_key)
) with (fillfactor = 80);

-- Insert only, by grant: the books are never corrected, only added to.
create table ledger_transactions (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    payment_id uuid not null,
    -- What caused it: the payment, later a refund or dispute. One transaction of a kind per cause.
    cause_id uuid not null,
    kind text not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (cause_id, kind, shard_key)
);

create table ledger_entries (
    transaction_id uuid not null,
    marketplace_id int not null,
    mode text not null,
    line smallint not null,
    account text not null,
    currency text not null,
    amount bigint not null check (amount <> 0),
    shard_key smallint not null,
    primary key (transaction_id, line, shard_key)
);

grant select, insert, update on payments, attempts to po_app;
grant select, insert, delete on live_payments to po_app;
grant select, insert on ledger_transactions, ledger_entries to po_app;

-- Payments about which someone has still to be asked: the provider what became of it, then 1688 whether the supplier has the money. A row comes with
-- the intent and goes with the last answer. tries is raised by whoever asks, which is the claim.
create table inquiries (
    payment_id uuid not null,
    marketplace_id int not null,
    mode text not null,
    next_at timestamptz not null,
    tries int not null,
    shard_key smallint not null,
    primary key (payment_id, shard_key)
);

create index inquiries_due on inquiries (next_at);

grant select, insert, update, delete on inquiries to po_app;
grant select on inquiries to po_worker;
