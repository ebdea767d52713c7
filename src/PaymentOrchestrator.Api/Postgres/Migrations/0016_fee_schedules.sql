-- A marketplace publishes for one mode: nobody changes real prices with a test key. Null, with the marketplace, for the default that lies below.
alter table fee_schedules add column mode text check (mode in ('test', 'live'));
alter table fee_schedules add column note text;

-- Of what a marketplace published, one begins at an instant, so that one is in force at any.
create unique index fee_schedules_once on fee_schedules (marketplace_id, mode, effective_from) nulls not distinct;

-- Published and never edited: rows are added, and there is no right to change or remove one.
grant insert on fee_schedules to po_app;

-- The example default, from here on with a markup for each length of hold. Fifteen minutes cost what they did.
insert into fee_schedules (id, marketplace_id, effective_from, rules, created_at) values (
    'fee_default_2', null, date_trunc('milliseconds', now()),
    '[
        {"method": "world_pay", "markup_bps": 40, "lock_markup_bps": {"1m": 30, "15m": 40, "1h": 55, "24h": 90}},
        {"method": "alipay", "markup_bps": 0, "fee": {"code": "alipay_fee", "percentage": "0"}},
        {"method": "worldfirst_balance", "markup_bps": 40, "lock_markup_bps": {"1m": 30, "15m": 40, "1h": 55, "24h": 90}},
        {"method": "card", "markup_bps": 0, "lock_markup_bps": {"1m": 0, "15m": 0, "1h": 15, "24h": 50}, "fee": {"code": "card_fee", "percentage": "3"}}
    ]',
    date_trunc('milliseconds', now())
);
