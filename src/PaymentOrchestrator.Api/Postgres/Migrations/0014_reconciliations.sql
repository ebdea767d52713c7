-- Providers' statements held against the books. All of a marketplace and mode lies on one shard, so that an import is one transaction and the same
-- content is found again; the shard is a hash of marketplace and mode.
create table reconciliations (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    provider text not null,
    source text not null check (source in ('upload', 'provider')),
    from_at timestamptz not null,
    to_at timestamptz not null,
    -- SHA-256 of provider, time and lines, whatever their order: the same statement is imported once.
    content_hash bytea not null,
    lines int not null,
    matched int not null,
    missing_here int not null,
    missing_there int not null,
    amount_differs int not null,
    currency_differs int not null,
    settled_late int not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (marketplace_id, mode, provider, content_hash, shard_key)
);

-- What came of each line, and of what has none.
create table reconciliation_lines (
    reconciliation_id uuid not null,
    number int not null,
    marketplace_id int not null,
    mode text not null,
    result text not null check (result in ('matched', 'missing_here', 'missing_there', 'amount_differs', 'currency_differs', 'settled_late')),
    -- The line of the statement; null for what the statement lacks.
    line_number int,
    type text not null,
    provider_reference text,
    request_id text,
    currency text,
    amount bigint,
    occurred_at timestamptz,
    -- Our payment, refund or dispute.
    object_id text,
    payment_id text,
    our_currency text,
    our_amount bigint,
    difference_id uuid,
    shard_key smallint not null,
    primary key (reconciliation_id, number, shard_key)
);

create index reconciliation_lines_matched on reconciliation_lines (object_id, type, shard_key) where result = 'matched' and object_id is not null;
create index reconciliation_lines_by_difference on reconciliation_lines (reconciliation_id, difference_id, shard_key) where difference_id is not null;

-- A difference is found once, whichever statements show it.
create table reconciliation_differences (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    -- The first that showed it.
    reconciliation_id uuid not null,
    provider text not null,
    kind text not null,
    -- SHA-256 of what it is about and what both sides say of it.
    identity bytea not null,
    type text not null,
    provider_reference text,
    request_id text,
    currency text,
    amount bigint,
    occurred_at timestamptz,
    object_id text,
    payment_id text,
    our_currency text,
    our_amount bigint,
    owner_action text not null,
    state text not null check (state in ('open', 'acknowledged', 'resolved')),
    state_by text,
    state_note text,
    state_at timestamptz,
    version int not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key),
    unique (marketplace_id, mode, identity, shard_key)
);

-- Who said what about a difference. Insert only, by grant.
create table reconciliation_difference_changes (
    difference_id uuid not null,
    version int not null,
    marketplace_id int not null,
    mode text not null,
    state text not null,
    state_by text not null,
    state_note text not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (difference_id, version, shard_key)
);

grant select, insert on reconciliations, reconciliation_lines, reconciliation_difference_changes to po_app;
grant select, insert on reconciliation_differences to po_app;
grant update (state, state_by, state_note, state_at, version) on reconciliation_differences to po_app;
