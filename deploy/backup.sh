#!/usr/bin/env bash
# Backs a database up while it is used:  deploy/backup.sh <folder>
#
# Writes <folder>/database.dump (pg_dump's own format: one consistent snapshot of schema, data and grants) and <folder>/SHA256SUMS.
# Reads the usual PGHOST, PGPORT, PGUSER, PGPASSWORD or PGPASSFILE, and PGDATABASE. The login must be able to read everything: the owner.
# Roles belong to the server and not to a database; restore.sh makes those that the grants name. Logins and their passwords are the deployment's.
#
# What this does not replace: it is one moment. For a loss of minutes rather than of hours keep the WAL too (pg_basebackup and archiving, or your
# provider's point-in-time recovery). The key DataProtection:Key is not in the database: without it the providers' tokens in a backup are of no use,
# so keep it, and keep it elsewhere.
set -euo pipefail
[ $# -eq 1 ] || { echo "Usage: deploy/backup.sh <folder>" >&2; exit 2; }
: "${PGDATABASE:?Set PGDATABASE to the database to back up}"
umask 077
mkdir -p "$1"
[ ! -e "$1/database.dump" ] || { echo "$1/database.dump is there already; name another folder." >&2; exit 1; }

# Written aside and renamed: a dump that broke off must not look like one.
trap 'rm -f "$1/database.dump.part"' EXIT
pg_dump --format=custom --compress=6 --no-password --file="$1/database.dump.part"
# A list that can be read back is a dump that is whole.
pg_restore --list "$1/database.dump.part" >/dev/null
mv "$1/database.dump.part" "$1/database.dump"
(cd "$1" && sha256sum database.dump >SHA256SUMS)
echo "Backed $PGDATABASE up to $1/database.dump ($(du -h "$1/database.dump" | cut -f1))."
