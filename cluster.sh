#!/usr/bin/env bash
# What becomes of a cluster of real silos on this machine when silos, PostgreSQL and the ways between them are hurt under load: everything is compared with the
# callers' books after every round. Ends with 1 on a violation. Needs PostgreSQL; says so where it is missing.
#   ./cluster.sh                               each nemesis once, then the throughput of 1, 2 and 3 silos
#   ./cluster.sh --rounds N [--seed S] [--nemesis NAME,...]
#   ./cluster.sh --throughput
# The tests with exact counts (zombies, graceful stops, ...) are part of ./test.sh: tests/Cluster/Survival.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
dotnet build "$ROOT/tests/Cluster/Cluster.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
exec dotnet "$ROOT/artifacts/bin/Cluster/release/BudgetEngine.Cluster.dll" "$@"
