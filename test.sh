#!/usr/bin/env bash
#   ./test.sh fast   in under 2 minutes: the domain, grains on the simulated silo, the ledger on SQLite and in memory, the API
#   ./test.sh        everything: the grains on Orleans too, real servers, real processes, clusters; then what the Dockerfile publishes
# Installs PostgreSQL, Prometheus and nginx where they are missing and may be installed; else says what is skipped. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$ROOT"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

case "${1:-all}" in
  fast|all) selection=${1:-all} ;;
  *) echo "usage: test.sh [fast]" >&2; exit 2 ;;
esac

install_tools() {
  . "$ROOT/eng/install-tools.sh"
  need_package postgresql "ls /usr/lib/postgresql/*/bin/initdb" "tests of PostgreSQL"
  need_package prometheus "command -v promtool" "tests of rules and metrics with Prometheus' own tools"
  need_package nginx-light "test -x /usr/sbin/nginx" "the test of the gateway's configuration"
  # Someone else's mail server, for e-mail channels.
  need_package python3-aiosmtpd "/usr/bin/python3 -c 'import aiosmtpd'" "tests of e-mail against a server that is not ours"
  need_kubernetes_types
}

log=$(mktemp)
status=0
run() { # what to test, further arguments of dotnet test
  echo "== $*"
  dotnet test "$@" -c Release --nologo -v quiet --logger "console;verbosity=minimal" -- RunConfiguration.TreatNoTestsAsError=false 2>&1 | tee -a "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
}

if [ "$selection" = fast ]; then
  run tests/Domain.Tests
  run tests/Grains.Tests
  run tests/Ledger.Tests --filter 'FullyQualifiedName!~Postgres&FullyQualifiedName!~Orleans'
  run tests/Api.Tests
else
  install_tools
  run BudgetEngine.sln
  echo "== grains on Orleans"
  BUDGET_TEST_SILO=orleans run tests/Grains.Tests --no-build
  echo "== what the Dockerfile publishes"
  eng/check-image.sh || status=1
fi

sum() { grep -oE "(Passed|Failed)! .*" "$log" | grep -oE "$1: +[0-9]+" | awk '{ n += $2 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[ "$status" = 0 ] || [ "$failed" != 0 ] || { echo "A test project failed to build or to run, or the image failed."; failed=1; }
if [ "$status" != 0 ]; then
  echo "== what failed, again"
  grep -E -A 12 "^ +Failed [A-Za-z]" "$log" | cut -c -400 | head -n 200
fi
rm -f "$log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
