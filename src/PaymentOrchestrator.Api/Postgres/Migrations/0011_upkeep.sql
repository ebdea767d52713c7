-- What a provider told, signed and verified, of a payment or refund that is not here: kept for a while, and followed when it appears. It is nobody's
-- yet, so it names no marketplace. reference is our request id as the provider was told it; the id inside it says on which shard to look.
create table parked_notifications (
    provider text not null,
    mode text not null check (mode in ('test', 'live')),
    kind text not null check (kind in ('payment', 'refund')),
    reference text not null,
    object_id text not null,
    received_at timestamptz not null,
    next_at timestamptz not null,
    -- Raised by whoever looks again, which is the claim.
    tries int not null,
    shard_key smallint not null,
    primary key (provider, mode, kind, reference, shard_key)
);

create index parked_notifications_due on parked_notifications (next_at);

grant insert on parked_notifications to po_app;
grant select, update (next_at, tries), delete on parked_notifications to po_worker;

-- When somebody has to see to an account of its own accord: to renew its authorisation before it ends, to end a linking that nobody finished, or to
-- give back an authorisation that came too late. tries is raised by whoever does, which is the claim.
alter table linked_accounts add column upkeep_at timestamptz;
alter table linked_accounts add column upkeep_tries int not null default 0;
update linked_accounts set upkeep_at = now() where status = 'pending' or (status = 'active' and secret_expires_at is not null);

create index linked_accounts_upkeep on linked_accounts (upkeep_at) where upkeep_at is not null;

grant select (id, upkeep_at, upkeep_tries, shard_key) on linked_accounts to po_worker;
