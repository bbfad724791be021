#!/usr/bin/env bash
# Crash and outage loops on the real process and real stores, checked from outside after every round. Ends with 1 on a violation.
#   ./torture.sh [--rounds N] [--store sqlite|postgres] [--seed S] [--for 30s|20m|1h] [--nemesis NAME]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
dotnet build "$ROOT/tests/Torture/Torture.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
exec dotnet "$ROOT/artifacts/bin/Torture/release/BudgetEngine.Torture.dll" "$@"
