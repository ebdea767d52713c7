
-- A marketplace's events, for lists and redelivery. An event comes into it when it is dispatched, in the statement that writes its row anew anyway:
-- who makes a payment has nothing to do with it. What waits for dispatch is in events_undispatched.
create index events_by_marketplace on events (marketplace_id, mode, id, shard_key) where dispatched_at is not null;

-- What providers told us of their own accord about a payment, once the signature was verified: that it came, never what it said.
create table provider_notifications (
    payment_id uuid not null,
    marketplace_id int not null,
    mode text not null,
    provider text not null,
    -- What kind of change it announced; see NotificationLog.
    type text not null,
    -- SHA-256 of the body: the same message sent again is the same row.
    digest bytea not null,
    received_at timestamptz not null,
    shard_key smallint not null,
    primary key (payment_id, digest, shard_key)
);

grant select, insert on provider_notifications to po_app;
