-- The whole answer, as it was given; its quotes are in quotes like any others.
create table payment_options (
    id uuid not null,
    marketplace_id int not null,
    mode text not null,
    buyer_id uuid not null,
    answer jsonb not null,
    created_at timestamptz not null,
    shard_key smallint not null,
    primary key (id, shard_key)
);

grant select, insert on payment_options to po_app;
