#!/usr/bin/env bash
#   ./test.sh fast   in under 2 minutes: the domain, grains on the simulated silo, the ledger on SQLite and in memory, the API
#   ./test.sh long   the same with the tests and sizes that the whole run has no time for
#   ./test.sh        everything: what the Dockerfile publishes, the grains on Orleans too, real servers, real processes, clusters
# Installs PostgreSQL, Prometheus, nginx, ClickHouse, Chromium and others where they are missing and may be installed; else says what is skipped. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$ROOT"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# Hundreds of processes that live for seconds: code that measures itself, to be compiled once more by what it measured, costs a fifth of their time and never pays.
export DOTNET_TieredPGO=0
# For the same reason a method is compiled again, with all optimizations, after 768 calls (the number is hexadecimal) instead of 30: a tenth of the time of a start.
export DOTNET_TC_CallCountThreshold=300

case "${1:-all}" in
  fast|all) selection=${1:-all} ;;
  long) selection=all; export BUDGET_LONG_TESTS=1 ;;
  *) echo "usage: test.sh [fast|long]" >&2; exit 2 ;;
esac

install_tools() {
  . "$ROOT/eng/install-tools.sh"
  need_package postgresql "ls /usr/lib/postgresql/*/bin/initdb" "tests of PostgreSQL"
  need_package prometheus "command -v promtool" "tests of rules and metrics with Prometheus' own tools"
  need_package nginx-light "test -x /usr/sbin/nginx" "the test of the gateway's configuration"
  need_package clickhouse-server "command -v clickhouse-server" "tests of the warehouse"
  need_package chromium "command -v chromium" "tests of the dashboard in a browser"
  need_package caddy "command -v caddy" "the tests of Caddy's configuration"
  need_package haproxy "test -x /usr/sbin/haproxy" "the tests of HAProxy's configuration"
  need_package libfaketime "ls /usr/lib/*/faketime/libfaketimeMT.so.1" "tests in which the clock jumps"
  # Someone else's mail server, for e-mail channels.
  need_package python3-aiosmtpd "/usr/bin/python3 -c 'import aiosmtpd'" "tests of e-mail against a server that is not ours"
  need_package python3 "test -x /usr/bin/python3" "the tests of LiteLLM's hook"
  need_package nodejs "command -v node" "tests of configurations' types and of JavaScript's libraries"
  need_package npm "command -v npm" "the same"
  need_npm_packages
}

logs=$(mktemp -d)
run() { # what to test, further arguments of dotnet test
  echo "== $*"
  dotnet test "$@" --no-build -c Release --nologo -v quiet --logger "console;verbosity=minimal" ${at_once:+-- xUnit.MaxParallelThreads=$at_once}
}

# Lanes run beside each other: some projects start processes and mostly wait for them, others compute.
lane() { # projects of tests/, one after the other
  local failed=0
  for project in "$@"; do run "tests/$project" || failed=1; done
  return $failed
}

# One test at a time in these: each starts engines of its own, and several at once only wait for each other.
processes() { at_once=1 lane Integration.Tests; }
clusters() { at_once=1 lane Cluster Torture Dashboard.Tests; }

computes() {
  local failed=0
  lane Domain.Tests Grains.Tests Api.Tests Ledger.Tests Alerts.Tests Client.Tests Cli.Tests Gateway.Tests SimulatedSilo.Tests Simulation Load.Tests Deploy Fuzz || failed=1
  echo "== grains on Orleans"
  BUDGET_TEST_SILO=orleans run tests/Grains.Tests || failed=1
  return $failed
}

fast_ledger() {
  local failed=0
  lane Domain.Tests || failed=1
  run tests/Ledger.Tests --filter 'FullyQualifiedName!~Postgres&FullyQualifiedName!~Orleans' || failed=1
  return $failed
}
fast_grains() { lane Grains.Tests Api.Tests; }

beside() { # lanes: what the last one prints is seen at once, what the others print at the end
  local lanes=() others=("${@:1:$#-1}") last=${!#}
  for name in "${others[@]}"; do
    "$name" >"$logs/$name" 2>&1 &
    lanes+=($!)
  done
  trap "kill ${lanes[*]} 2>/dev/null" EXIT
  "$last" 2>&1 | tee "$logs/$last"
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
  for lane in "${lanes[@]}"; do wait "$lane" || status=1; done
  trap - EXIT
  for name in "${others[@]}"; do cat "$logs/$name"; done
}

status=0
build() { dotnet build "$1" -c Release --nologo -v quiet -clp:NoSummary || status=1; }
if [ "$selection" = fast ]; then
  for project in Domain.Tests Grains.Tests Api.Tests Ledger.Tests; do build "tests/$project"; done
  beside fast_ledger fast_grains
else
  # Beside the build, which waits for nothing of it.
  install_tools & installing=$!
  build BudgetEngine.sln
  wait "$installing"
  echo "== what the Dockerfile publishes"
  # Tests that start engines start this one: it is what people run, and being compiled ahead it starts in three quarters of the time.
  image=$(mktemp -d)
  if eng/check-image.sh "$image"; then export BUDGET_ENGINE=$image/app/BudgetEngine.Silo.dll; else status=1; fi
  beside processes clusters computes
  chmod -R u+w "$image" && rm -rf "$image"
fi

sum() { grep -hoE "(Passed|Failed)! .*" "$logs"/* | grep -oE "$1: +[0-9]+" | awk '{ n += $2 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[ "$status" = 0 ] || [ "$failed" != 0 ] || { echo "A test project failed to build or to run, or the image failed."; failed=1; }
if [ "$status" != 0 ]; then
  echo "== what failed, again"
  grep -hE -A 12 "^ +Failed [A-Za-z]" "$logs"/* | cut -c -400 | head -n 200
fi
rm -rf "$logs"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
