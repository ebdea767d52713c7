-- Reference tables: few rows, read by all, the same on every shard.

create table marketplaces (
    id int primary key,
    name text not null,
    created_at timestamptz not null
);

create table api_keys (
    key_hash bytea primary key,
    marketplace_id int not null,
    mode text not null check (mode in ('test', 'live')),
    created_at timestamptz not null,
    revoked_at timestamptz
);

-- A price list; rules as in FeeSchedule. Published, never edited: what is new is a new row.
create table fee_schedules (
    id text primary key,
    marketplace_id int,
    effective_from timestamptz not null,
    rules jsonb not null,
    created_at timestamptz not null
);

-- The example of the product's truth table; a marketplace's own schedule takes its place.
insert into fee_schedules (id, marketplace_id, effective_from, rules, created_at) values (
    'fee_default_1', null, '2026-01-01T00:00:00Z',
    '[
        {"method": "world_pay", "markup_bps": 40},
        {"method": "alipay", "markup_bps": 0, "fee": {"code": "alipay_fee", "percentage": "0"}},
        {"method": "worldfirst_balance", "markup_bps": 40},
        {"method": "card", "markup_bps": 0, "fee": {"code": "card_fee", "percentage": "3"}}
    ]',
    '2026-01-01T00:00:00Z'
);

grant select on marketplaces, fee_schedules to po_app, po_worker;
grant select on api_keys to po_worker;

-- The framework's key ring for the providers' tokens, each entry encrypted under the configured key.
create table data_protection_keys (
    name text primary key,
    xml text not null,
    created_at timestamptz not null
);

grant select, insert on data_protection_keys to po_app;
