-- Events of a payment are counted by themselves: its version also rises where nothing is published (a refund, a cancellation that begins).
alter table payments add column event_version int not null default 1;
update payments set event_version = version;

-- A refund that failed can turn out to have been given back, so that a movement of one kind may come to pass more than once for one cause. Which
-- time it is, is the version of the cause that posted it; what is posted once keeps the default.
alter table ledger_transactions add column occurrence int not null default 1;
alter table ledger_transactions add constraint ledger_transactions_once unique (cause_id, kind, occurrence, shard_key);
alter table ledger_transactions drop constraint ledger_transactions_cause_id_kind_shard_key_key;

-- A cardholder wants the money back from the bank. One row per dispute of the acquirer's, on its payment's shard.
create table disputes (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    payment_id uuid not null,
    provider text not null,
    -- The provider's own id of it.
    provider_reference text not null,
    amount bigint not null check (amount > 0),
    currency text not null,
    -- The part of the order, CNY; null where the dispute is in another currency than the payment.
    order_amount bigint,
    reason text not null,
    status text not null check (status in ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost')),
    -- Whether the provider still lets the payment be refunded.
    refundable boolean not null,
    evidence_due_by timestamptz,
    -- What the provider has taken over it and given back, in the dispute's currency; the fee is what it kept of its fees so far.
    withdrawn_amount bigint not null check (withdrawn_amount >= 0),
    reinstated_amount bigint not null check (reinstated_amount >= 0),
    fee_amount bigint not null check (fee_amount >= 0),
    fee_currency text not null,
    version int not null,
    -- The event that recorded the present state; later statements of the same command act only if this one made it.
    last_event_id uuid not null,
    -- When the provider may be asked again; null once nothing is to be expected.
    next_inquiry_at timestamptz,
    tries int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (provider, provider_reference, mode, shard_key)
);

create index disputes_by_payment on disputes (payment_id, id, shard_key);
create index disputes_by_marketplace on disputes (marketplace_id, mode, id, shard_key);
create index disputes_due on disputes (next_inquiry_at) where next_inquiry_at is not null;

grant select, insert, update on disputes to po_app;
grant select (id, next_inquiry_at, tries, shard_key) on disputes to po_worker;
