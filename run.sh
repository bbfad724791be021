#!/usr/bin/env bash
# Builds and runs the engine. Open mode (no key needed on this machine) until the first key is made.
# usage: run.sh [serve] [--urls URL] [--data DIR] [--postgres CONNECTION_STRING] [--demo] [--gateway] [--no-build] [--Section:Key=VALUE ...]
#        run.sh api --postgres CONNECTION_STRING --Cluster:Membership=postgres [--urls URL] [--Section:Key=VALUE ...]
#        run.sh gateway --Gateway:Engine=URL [--urls URL] [--Section:Key=VALUE ...]
#        run.sh ship --Ship:File=PATH --Ship:Engine=URL [--Section:Key=VALUE ...]      (Ship__Key=bk_... in the environment)
#        run.sh migrate [--data DIR] [--postgres CONNECTION_STRING]
#        run.sh keys create --admin [--data DIR] [--postgres CONNECTION_STRING]
#        run.sh copy --to-postgres CONNECTION_STRING [--data DIR] | --to-data DIR --postgres CONNECTION_STRING
#        run.sh signing-keys rotate [--overlap TIME] [--data DIR] [--postgres CONNECTION_STRING]
#        run.sh --help | --version
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The head of this file, without the build that the process's own answer would wait for.
help() {
  sed -n '2,/^[^#]/ s/^# //p' "${BASH_SOURCE[0]}"
  exit 0
}

[ "${1:-}" != help ] || help
arguments=() build=yes urls='' data=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--help) help ;;
    --no-build) build=no ;;
    --urls) urls=given; arguments+=("$1" "${2:?--urls needs a URL}"); shift ;;
    --data) data=given; arguments+=("$1" "${2:?--data needs a folder}"); shift ;;
    --urls=*) urls=given; arguments+=("$1") ;;
    --data=*) data=given; arguments+=("$1") ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

if [ "$build" = yes ]; then
  dotnet build "$ROOT/src/Silo/Silo.csproj" -c Release --nologo -v quiet -clp:NoSummary >&2
fi

case "${arguments[0]:-}" in
  keys|migrate|signing-keys|copy) urls=none ;;
  ship) urls=none data=none ;;
  api|gateway) data=none ;;
  --version) urls=none data=none ;;
esac
[ -n "$urls" ] || arguments+=(--urls http://127.0.0.1:8080)
[ -n "$data" ] || arguments+=(--data "$PWD/data")
export Keys__Open=${Keys__Open:-true}
exec dotnet "$ROOT/artifacts/bin/Silo/release/BudgetEngine.Silo.dll" ${arguments[@]+"${arguments[@]}"}
