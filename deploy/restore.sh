#!/usr/bin/env bash
# Restores a backup into a database that does not exist yet:  deploy/restore.sh <folder> <new database>
#
# Reads PGHOST, PGPORT, PGUSER, PGPASSWORD or PGPASSFILE as backup.sh does; the login must be able to create databases and roles. Never writes into
# a database that is there: what is in it might be the only copy. Afterwards prove the books (the command ledger-proof, pointed at it) before
# anything is switched over; deploy/runbook.md has the whole way.
set -euo pipefail
[ $# -eq 2 ] || { echo "Usage: deploy/restore.sh <folder> <new database>" >&2; exit 2; }
(cd "$1" && sha256sum --check --quiet SHA256SUMS) || { echo "$1 is not what backup.sh wrote." >&2; exit 1; }
export PGDATABASE=postgres

if [ "$(psql -XAtq -v ON_ERROR_STOP=1 -v name="$2" <<<"select exists (select from pg_database where datname = :'name')")" = t ]; then
    echo "There is a database $2 already; name one that is not there." >&2
    exit 1
fi

# The roles that the grants name. They cannot log in; a deployment grants them to its own logins.
psql -Xq -v ON_ERROR_STOP=1 <<'SQL'
select format('create role %I nologin', name) from unnest(array['po_app', 'po_worker']) as name
where not exists (select from pg_roles where rolname = name) \gexec
SQL
createdb --no-password "$2"
# All or nothing. Whoever restores owns what is restored; the grants come with it.
pg_restore --no-password --exit-on-error --single-transaction --no-owner --dbname="$2" "$1/database.dump"
# Fresh statistics: without them the first plans are guesses.
psql -Xq -v ON_ERROR_STOP=1 -d "$2" -c analyze
echo "Restored $1 into $2."
