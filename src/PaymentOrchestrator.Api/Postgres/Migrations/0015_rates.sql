-- Reference tables: every rate that a source gave, once, with its source and time. Inserted and never changed; what is decided on a rate that was
-- held back is a row of its own.
create table exchange_rates (
    -- From what the rate says, so that instances which read the same file write the same row.
    id uuid primary key,
    source text not null,
    base text not null,
    -- CNY per one unit of base, ten significant digits.
    mid numeric not null check (mid > 0),
    as_of timestamptz not null,
    fetched_at timestamptz not null,
    -- Set when it was held back: the share by which it differs from compared_with, the rate in force when it came.
    jump numeric check (jump > 0),
    compared_with uuid,
    check ((jump is null) = (compared_with is null))
);

create unique index exchange_rates_once on exchange_rates (source, base, as_of desc, mid);
create index exchange_rates_by_time on exchange_rates (as_of, id);
create index exchange_rates_held on exchange_rates (as_of, id) where jump is not null;

-- Who let a rate into force, or kept it out.
create table exchange_rate_decisions (
    rate_id uuid primary key references exchange_rates,
    outcome text not null check (outcome in ('accepted', 'rejected')),
    marketplace_id int not null,
    decided_by text not null,
    reason text,
    decided_at timestamptz not null
);

-- Where a source stands. The claim moves next_at to the end of a lease: one instance asks, and what a dead one had in hand is due again.
create table rate_sources (
    source text primary key,
    next_at timestamptz not null,
    -- As the source gave them, for the next conditional request.
    etag text,
    last_modified text,
    checked_at timestamptz,
    succeeded_at timestamptz,
    -- Why the last look failed; null when it did not.
    error text
);

grant select on exchange_rates, exchange_rate_decisions, rate_sources to po_app, po_worker;
grant insert on exchange_rates to po_worker;
grant insert on exchange_rate_decisions to po_app;
grant insert, update on rate_sources to po_worker;

-- The rate that a quote was made with, where it is one of the above, and how long the price was asked to hold (null: for as long as is usual).
alter table quotes add column rate_id uuid;
alter table quotes add column lock text;
