#!/usr/bin/env bash
# Structured fuzzing of every endpoint, of price files and of NDJSON, against the real host. Ends with 1 when something is found.
#   ./fuzz.sh [--inputs N] [--seed S] [--for 30s|20m|1h]
#   ./fuzz.sh --races N [--seed S]     administrators who change one resource at once, with slow bodies
#   ./fuzz.sh --replay FILE
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
dotnet build "$ROOT/tests/Fuzz/Fuzz.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
exec dotnet "$ROOT/artifacts/bin/Fuzz/release/BudgetEngine.Fuzz.dll" "$@"
