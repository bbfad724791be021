#!/usr/bin/env bash
# The deterministic simulation: seeds in plenty, one seed again, or planted bugs. See docs/testing.md; without arguments it says what it takes.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$ROOT"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 SIMULATION_ROOT="$ROOT"
log=$(mktemp)
echo "simulate.sh: building tests/Simulation" >&2
if ! dotnet build tests/Simulation -c Release --nologo -v quiet >"$log" 2>&1; then
  cat "$log"
  rm -f "$log"
  exit 2
fi
rm -f "$log"
exec dotnet artifacts/bin/Simulation/release/BudgetEngine.Simulation.dll "$@"
