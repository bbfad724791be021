#!/usr/bin/env bash
# Builds the load program (bench/Load) and the engine, and runs it: a Markdown table, and one line of JSON at the end. Takes about 15 minutes; leave the
# machine alone meanwhile.
#   ./bench.sh [--runtime local|orleans] [--quick] [--only echo,check,deny,settle,post,batch,memory] [--stores sqlite,postgres]
#              [--seconds S] [--runs N] [--warm-up S] [--connections N] [--cost-centers N] [--json FILE]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$ROOT/eng/choose-runtime.sh"

arguments=() runtime=''
while [ $# -gt 0 ]; do
  case "$1" in
    --runtime) runtime=${2:?--runtime needs local or orleans}; shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

case "$runtime" in
  local) RUNTIME=Local ;;
  orleans) RUNTIME=Orleans ;;
  '') choose_runtime ;;
  *) echo "bench.sh: --runtime is local or orleans, not '$runtime'" >&2; exit 2 ;;
esac

folder=$(echo "$RUNTIME" | tr '[:upper:]' '[:lower:]')
artifacts=${BENCH_ARTIFACTS:-$ROOT/artifacts/$folder}
for project in src/Silo/Silo.csproj bench/Load/Load.csproj; do
  dotnet build "$ROOT/$project" -c Release -p:ActorRuntime="$RUNTIME" -p:ArtifactsPath="$artifacts/" --nologo -v quiet -clp:NoSummary >&2
done
commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown)
exec dotnet "$artifacts/bin/Load/release/BudgetEngine.Load.dll" --commit "$commit" --runtime "$folder" ${arguments[@]+"${arguments[@]}"}
