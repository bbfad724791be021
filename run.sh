#!/usr/bin/env bash
# Builds and runs the engine. Open mode (no key needed on this machine) until the first key is made.
# usage: run.sh [--urls URL] [--data DIR] [--postgres CONNECTION_STRING] [--runtime local|orleans] [--demo] [--no-build] [--Section:Key=VALUE ...]
#        run.sh keys create --admin [--data DIR] [--postgres CONNECTION_STRING]
#        run.sh migrate [--data DIR] [--postgres CONNECTION_STRING]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$ROOT/eng/choose-runtime.sh"

# The head of this file, without the build that the process's own answer would wait for.
help() {
  sed -n '2,/^[^#]/ s/^# //p' "${BASH_SOURCE[0]}"
  exit 0
}

[ "${1:-}" != help ] || help
arguments=() runtime='' build=yes urls='' data=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--help) help ;;
    --no-build) build=no ;;
    --runtime) runtime=${2:?--runtime needs local or orleans}; shift ;;
    --urls) urls=given; arguments+=("$1" "${2:?--urls needs a URL}"); shift ;;
    --data) data=given; arguments+=("$1" "${2:?--data needs a folder}"); shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

case "$runtime" in
  local) RUNTIME=Local ;;
  orleans) RUNTIME=Orleans ;;
  '') choose_runtime ;;
  *) echo "run.sh: --runtime is local or orleans, not '$runtime'" >&2; exit 2 ;;
esac

folder=$(echo "$RUNTIME" | tr '[:upper:]' '[:lower:]')
if [ "$build" = yes ]; then
  dotnet build "$ROOT/src/Silo/Silo.csproj" -c Release -p:ActorRuntime="$RUNTIME" --nologo -v quiet -clp:NoSummary >&2
fi

case "${arguments[0]:-}" in
  keys|migrate) ;;
  *) [ -n "$urls" ] || arguments+=(--urls http://127.0.0.1:8080) ;;
esac
[ -n "$data" ] || arguments+=(--data "$PWD/data")
export Keys__Open=${Keys__Open:-true}
exec dotnet "$ROOT/artifacts/$folder/bin/Silo/release/BudgetEngine.Silo.dll" "${arguments[@]}"
