#!/usr/bin/env bash
# Crash and outage loops on the real process and real stores, checked from outside after every round. Ends with 1 on a violation.
#   ./torture.sh [--rounds N] [--store sqlite|postgres] [--seed S] [--for 30s|20m|1h] [--nemesis NAME]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
. "$ROOT/eng/install-tools.sh"
need_package postgresql "ls /usr/lib/postgresql/*/bin/initdb" "rounds on PostgreSQL" >&2
need_package libfaketime "ls /usr/lib/*/faketime/libfaketimeMT.so.1" "rounds in which the clock jumps" >&2
dotnet build "$ROOT/tests/Torture/Torture.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
exec dotnet "$ROOT/artifacts/bin/Torture/release/BudgetEngine.Torture.dll" "$@"
