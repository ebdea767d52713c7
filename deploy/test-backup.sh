#!/usr/bin/env bash
# Takes a backup while payments are made, restores it into a fresh database, and proves the books there:  deploy/test-backup.sh
#
# Starts the local host of its own (a real PostgreSQL, the sandbox, the API), pays and refunds with several clients at once, backs up in the middle
# of it, restores, and proves what was restored (migrate, ledger-proof). Needs the .NET SDK, PostgreSQL's client programs, curl and jq.
# BACKUP_SECONDS (10) is how long the load runs before the backup, and again as long after it began; BACKUP_CLIENTS (4) how many clients make it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${BACKUP_SECONDS:-10} clients=${BACKUP_CLIENTS:-4}
work=$(mktemp -d)
pids=()
cleanup() {
    touch "$work/stop"
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT

if [ -z "${BACKUP_NO_BUILD:-}" ]; then dotnet build -v q -clp:NoSummary src/PaymentOrchestrator.AppHost; fi
host=src/PaymentOrchestrator.AppHost/bin/Debug/net10.0/PaymentOrchestrator.AppHost.dll
api_dll=src/PaymentOrchestrator.AppHost/bin/Debug/net10.0/PaymentOrchestrator.Api.dll

dotnet "$host" --port 0 --data "$work/data" --info "$work/info.json" >"$work/host.log" 2>&1 &
pids+=($!)
for _ in $(seq 120); do [ -s "$work/info.json" ] && break; sleep 1; done
[ -s "$work/info.json" ] || { cat "$work/host.log"; echo "The host did not start." >&2; exit 1; }
API=$(jq -r .api_url "$work/info.json") KEY=$(jq -r .api_key "$work/info.json") BUYER=$(jq -r .buyers.ready "$work/info.json")
export PGHOST=127.0.0.1 PGUSER=postgres PGDATABASE=payment_orchestrator
PGPORT=$(sed -nE 's/.*Database +127\.0\.0\.1:([0-9]+),.*/\1/p' "$work/host.log") PGPASSWORD=$(cat "$work/data/postgres-password")
export PGPORT PGPASSWORD

call() { curl -sS --noproxy '*' -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' "$@"; }
pay() { # <client>: quotes, pays and refunds a part, again and again
    local i=0 quote payment
    until [ -e "$work/stop" ]; do
        i=$((i + 1))
        quote=$(call "$API/v1/quotes" -d '{"buyer_id":"'"$BUYER"'","method":"world_pay","order":{"id":"load-'"$1-$i"'","amount":{"currency":"CNY","value":100000}},"source_currency":"EUR"}' | jq -r .id)
        payment=$(call "$API/v1/payments" -H "Idempotency-Key: pay-$1-$i" -d '{"quote_id":"'"$quote"'"}' | jq -r 'select(.status == "succeeded") | .id')
        [ -n "$payment" ] || continue
        echo "$payment" >>"$work/paid-$1"
        if ((i % 3 == 0)); then
            call "$API/v1/payments/$payment/refunds" -H "Idempotency-Key: ref-$1-$i" -d '{"amount":{"currency":"CNY","value":25000}}' >/dev/null
        fi
    done
}
for client in $(seq "$clients"); do pay "$client" & pids+=($!); done
sleep "$seconds"
before=$(cat "$work"/paid-* | wc -l)
deploy/backup.sh "$work/backup"
sleep "$seconds"
touch "$work/stop"
after=$(cat "$work"/paid-* | wc -l)
echo "Succeeded payments known to the clients: $before when the backup began, $after at the end."
[ "$before" -gt 0 ] && [ "$after" -gt "$before" ] || { echo "There was no load; see $work/host.log" >&2; exit 1; }

deploy/restore.sh "$work/backup" restored
restored=$(psql -XAtq -d restored -c "select count(*) from payments where status = 'succeeded'")
[ "$restored" -ge "$before" ] || { echo "$restored succeeded payments were restored, and clients knew of $before before the backup began." >&2; exit 1; }

# On what was restored: migrations find nothing to do, the lesser roles work, the books add up.
export ConnectionStrings__Postgres="Host=$PGHOST;Port=$PGPORT;Username=$PGUSER;Password=$PGPASSWORD;Database=restored"
dotnet "$api_dll" migrate
dotnet "$api_dll" ledger-proof --json 2>"$work/proof.log" >"$work/proof.json" || { cat "$work/proof.log" "$work/proof.json"; exit 1; }
jq -c '{marketplace_id, mode, transactions: .proof.transactions, entries: .proof.entries, violations: .proof.violations}' "$work/proof.json"
[ "$(jq -s 'map(.proof.transactions) | add' "$work/proof.json")" -ge "$restored" ] || { echo "Fewer postings than payments." >&2; exit 1; }
echo "The restored books of $restored succeeded payments prove."
