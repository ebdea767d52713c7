-- Two roles with less than the owner's rights: po_app serves requests, po_worker looks keys up and runs background work.
-- They cannot log in by themselves; a deployment grants them to its own logins.
do $$
begin
    if not exists (select from pg_roles where rolname = 'po_app') then
        create role po_app nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'po_worker') then
        create role po_worker nologin;
    end if;
exception
    -- Another database of the same server was migrated at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to po_app, po_worker;
