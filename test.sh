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

choose_runtime
echo "Orleans packages: $([ "$RUNTIME" = Orleans ] && echo 'restore here; grain and API tests run on both runtimes' || echo 'do not restore here; tests run on the local runtime only')"

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
rm -f "$log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
