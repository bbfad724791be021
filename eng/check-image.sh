#!/usr/bin/env bash
# Runs what the Dockerfile runs, without Docker: its publish command, word for word but for the folder. Then starts the published program as the image would
# (read-only program folder; another user's rights are not tried) and asks its health.
#   eng/check-image.sh [FOLDER]     where what is published stays, in app/
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

keep=${1:-}
work=${keep:-$(mktemp -d)}
pid=''
finish() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  [ -n "$keep" ] || { chmod -R u+w "$work" && rm -rf "$work"; }
}
trap finish EXIT

mapfile -t commands < <(sed -n 's/^RUN \(dotnet publish .*\)/\1/p' deploy/docker/Dockerfile)
[ "${#commands[@]}" -gt 0 ] || { echo "check-image: the Dockerfile publishes nothing" >&2; exit 1; }
for command in "${commands[@]}"; do
  command=${command//-o \/app/-o $work/app}
  echo "check-image: $command"
  $command -v quiet
done

# Every program that image and manifests start has to be there.
for program in $(grep -rhE 'ENTRYPOINT|command:' deploy/docker/Dockerfile deploy/k8s | grep -oE '/app/BudgetEngine\.[A-Za-z]+\.dll' | sort -u); do
  test -f "$work$program" && test -f "$work${program%.dll}.runtimeconfig.json" || { echo "check-image: $program is not a program that was published" >&2; exit 1; }
done

dotnet "$work/app/cli/budget.dll" --help >/dev/null
chmod -R a-w "$work/app"
port=$(( 20000 + RANDOM % 20000 ))
key=check-image-key-of-enough-characters
(cd / && ASPNETCORE_URLS="http://127.0.0.1:$port" BUDGET_ADMIN_KEY=$key Ledger__DataDirectory="$work/data" exec dotnet "$work/app/BudgetEngine.Silo.dll") >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 1 150); do
  if curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready"; then ready=yes; break; fi
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.2
done
[ "${ready:-}" = yes ] || { echo "check-image: the published silo did not become ready:" >&2; cat "$work/log" >&2; exit 1; }
# Read whole before it is looked through: a reader that ends early breaks the writer off.
metrics=$(curl -sf "http://127.0.0.1:$port/metrics" -H "Authorization: Bearer $key")
grep -q '^budget_lease_running 1$' <<<"$metrics" || { echo "check-image: it does not say that its lease runs" >&2; exit 1; }
# A tenant's calendar needs the zones of the machine; the image brings tzdata for it.
curl -sf -o /dev/null -X PUT "http://127.0.0.1:$port/v1/budgets/acme" -H "X-Budget-Key: $key" -H 'Content-Type: application/json' -d '{ "daily": 5, "time_zone": "Asia/Ho_Chi_Minh" }'
kill "$pid"
code=0
wait "$pid" || code=$?
pid=''
[ "$code" = 0 ] || { echo "check-image: it stopped with $code" >&2; cat "$work/log" >&2; exit 1; }
echo "check-image: passed"
