#!/usr/bin/env bash
# What one tenant can do to the others: each attack against a new engine, another tenant's checks and posts idle and meanwhile, as a table. Ends with 1 when somebody was hurt.
#   ./attacks.sh [--attack NAME,...] [--store sqlite|postgres] [--seconds N] [--rows N] [--attacker beside|elsewhere]
# The attacker's program has the lowest priority, as if it had a machine of its own ("elsewhere"); with "beside" it takes as much of this one as the engine.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet build "$ROOT/bench/Attacks/Attacks.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
exec dotnet "$ROOT/artifacts/bin/Attacks/release/BudgetEngine.Attacks.dll" "$@"
