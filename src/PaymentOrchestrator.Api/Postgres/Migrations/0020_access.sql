-- Keys with names, scopes and an end. Those of before had every right but the new ones over keys themselves; they keep what they had.
alter table api_keys
    add column id uuid not null default gen_random_uuid() unique,
    add column kind text not null default 'secret' check (kind in ('secret', 'publishable')),
    add column name text not null default 'unnamed',
    -- The key's first characters, by which people tell keys apart. 166 of its 190 random bits stay unknown.
    add column prefix text,
    add column scopes text[] not null default
        '{read,accounts:write,quotes:write,payments:write,refunds:write,sessions:write,webhooks:manage,fees:manage,operate}',
    -- Of publishable keys: the origins whose pages may call with it.
    add column allowed_origins text[] not null default '{}',
    add column expires_at timestamptz,
    -- At most a minute behind; written by the worker, never within a request.
    add column last_used_at timestamptz;
alter table api_keys alter column scopes drop default;

create index api_keys_by_marketplace on api_keys (marketplace_id, mode, id);

-- Requests manage keys without being able to read a hash; looking keys up is the worker's.
grant select (id, marketplace_id, mode, kind, name, prefix, scopes, allowed_origins, created_at, expires_at, revoked_at, last_used_at) on api_keys to po_app;
grant insert on api_keys to po_app;
grant update (expires_at, revoked_at, allowed_origins) on api_keys to po_app;
grant update (last_used_at) on api_keys to po_worker;

-- Who did what. Insert only, by grant; written with the act itself wherever the act is a commit of ours. Lies on the shard that the object's id names.
create table audit_log (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    -- The operation's id in openapi.yaml, or the command's name.
    operation text not null,
    object_id text,
    -- succeeded, or the code of the refusal.
    outcome text not null,
    -- Null for what was done by a command on the machine.
    key_id uuid,
    session_id uuid,
    request_id text,
    address text,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

create index audit_log_by_marketplace on audit_log (marketplace_id, mode, id, shard_key);

grant select, insert on audit_log to po_app;
