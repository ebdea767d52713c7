-- Run on the coordinator as its superuser, before the migrations; repeating it changes nothing.
select citus_set_coordinator_host('coordinator', 5432);
select citus_add_node('worker-1', 5432);
select citus_add_node('worker-2', 5432);

-- The coordinator asks its workers as whoever asks it, so the sessions' logins must be able to come in everywhere: Citus makes them on each node.
do $$
begin
    if not exists (select from pg_roles where rolname = 'po_app') then create role po_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'po_worker') then create role po_worker nologin; end if;
    if not exists (select from pg_roles where rolname = 'api') then create role api login in role po_app; end if;
    if not exists (select from pg_roles where rolname = 'background') then create role background login in role po_worker; end if;
end
$$;
