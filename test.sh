#!/usr/bin/env bash
# Runs every test: all on the local runtime, and the grain, API and cluster tests on Orleans too where its packages restore; then what the Dockerfile publishes.
# Installs PostgreSQL, Prometheus and nginx where they are missing and may be installed; else says what is skipped. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$ROOT"
. "$ROOT/eng/choose-runtime.sh"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

. "$ROOT/eng/install-tools.sh"
need_package postgresql "ls /usr/lib/postgresql/*/bin/initdb" "tests of PostgreSQL"
need_package prometheus "command -v promtool" "tests of rules and metrics with Prometheus' own tools"
need_package nginx-light "test -x /usr/sbin/nginx" "the test of the gateway's configuration"
need_kubernetes_types

# Someone else's mail server, for e-mail channels. Its tests are skipped where it is not to be had.
if ! /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  mkdir -p artifacts
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-aiosmtpd) >artifacts/apt-mail.log 2>&1 \
    || echo "python3-aiosmtpd could not be installed (see artifacts/apt-mail.log): its tests are skipped."
fi

choose_runtime
echo "Orleans packages: $([ "$RUNTIME" = Orleans ] && echo 'restore here; grain, API and cluster tests run on both runtimes' || echo 'do not restore here; tests run on the local runtime only')"

log=$(mktemp)
status=0
run() { # runtime, what to test
  echo "== $2 on $1"
  dotnet test "$2" -c Release -p:ActorRuntime="$1" --nologo -v quiet --logger "console;verbosity=minimal" -- RunConfiguration.TreatNoTestsAsError=false 2>&1 | tee -a "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
}

run Local BudgetEngine.sln
if [ "$RUNTIME" = Orleans ]; then
  for project in tests/LocalSilo.Tests tests/Grains.Tests tests/Api.Tests tests/Cluster tests/Deploy; do run Orleans "$project"; done
fi

echo "== what the Dockerfile publishes"
eng/check-image.sh "$RUNTIME" || status=1

sum() { grep -oE "(Passed|Failed)! .*" "$log" | grep -oE "$1: +[0-9]+" | awk '{ n += $2 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[ "$status" = 0 ] || [ "$failed" != 0 ] || { echo "A test project failed to build or to run."; failed=1; }
if [ "$status" != 0 ]; then
  echo "== what failed, again"
  grep -E -A 12 "^ +Failed [A-Za-z]" "$log" | cut -c -400 | head -n 200
fi
rm -f "$log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
