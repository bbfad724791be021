#!/usr/bin/env bash
# Builds the load program (bench/Load) with the engine, installs Debian's Redis and PostgreSQL if they are missing and we may, measures everything in turns, and
# writes one report. A whole run takes about 40 minutes; leave the machine alone meanwhile.
#   ./bench.sh             the whole: docs/benchmarks.md and docs/benchmarks/*.svg
#   ./bench.sh --quick     about 5 minutes, to see that everything works; what it writes goes to artifacts/bench, as with every option that leaves something out
#   ./bench.sh --micro     only the micro-benchmarks (bench/Micro); their table is kept in artifacts/bench/micro.md and goes into the next report
#   ./bench.sh --gateway   only the gateway beside a bare YARP, and its memory over 100,000 calls; prints its tables
#   ./bench.sh --engine NAME=PATH_TO_DLL   another build of the engine (its BudgetEngine.Silo.dll) takes turns with this one; may be given more than once
# Options: --large (a million cost centers in memory) --only PART,... --stores sqlite,postgres --rivals redis,update,limit
#          --seconds S --runs N --warm-up S --connections N --soak S --out FOLDER --json FILE
# Parts: echo, check, deny, settle, post, batch, open, allocation, memory, ended, collector, silos, start. Only where it is named: soak, 15 minutes of check and settle (--soak S: S seconds).
# What people say about the figures stands in bench/notes.md and goes into the report.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

line="./bench.sh${*:+ $*}"
arguments=() whole=yes micro=no gateway=no out=''
while [ $# -gt 0 ]; do
  case "$1" in
    --micro) micro=yes ;;
    --gateway) gateway=yes ;;
    --large) arguments+=("$1") ;;
    --quick) whole=no; arguments+=("$1") ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    --soak) arguments+=("$1" "${2:?--soak needs seconds}"); shift ;;
    --json) arguments+=("$1" "${2:?--json needs a file}"); shift ;;
    *) whole=no; arguments+=("$1") ;;
  esac
  shift
done

artifacts=${BENCH_ARTIFACTS:-$ROOT/artifacts}
build() { dotnet build "$ROOT/$1" -c Release -p:ArtifactsPath="$artifacts/" --nologo -v quiet -clp:NoSummary >&2; }

commit() { git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown; }

kept="$ROOT/artifacts/bench"
mkdir -p "$kept"

if [ "$micro" = yes ]; then
  build bench/Micro/Micro.csproj
  printf '## Micro-benchmarks\n\nOne operation on one thread, %s, commit %s. Short runs: three iterations.\n\n' "$(date -u '+%Y-%m-%d')" "$(commit)" > "$kept/micro.tmp"
  dotnet "$artifacts/bin/Micro/release/BudgetEngine.Micro.dll" "$kept/micro" >> "$kept/micro.tmp"
  mv "$kept/micro.tmp" "$kept/micro.md"
  exec cat "$kept/micro.md"
fi

if [ "$gateway" = yes ]; then
  build bench/GatewayLoad/GatewayLoad.csproj
  exec dotnet "$artifacts/bin/GatewayLoad/release/BudgetEngine.GatewayLoad.dll" ${arguments[@]+"${arguments[@]}"}
fi

install_servers() {
  local missing=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null || missing+=(postgresql)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "bench.sh: without ${missing[*]}: not root, or no apt-get" >&2
    return 0
  fi
  (apt-get update -q && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}") >"$kept/apt.log" 2>&1 \
    || echo "bench.sh: could not install ${missing[*]}; see $kept/apt.log" >&2
}
install_servers

build bench/Load/Load.csproj

[ -n "$out" ] || { [ "$whole" = yes ] && out="$ROOT/docs" || out="$kept"; }
[ ! -f "$ROOT/bench/notes.md" ] || arguments+=(--notes "$ROOT/bench/notes.md")
arguments+=(--method "$ROOT/bench/method.md")
[ ! -f "$kept/micro.md" ] || arguments+=(--micro-table "$kept/micro.md")
exec dotnet "$artifacts/bin/Load/release/BudgetEngine.Load.dll" --commit "$(commit)" --command "$line" --out "$out" ${arguments[@]+"${arguments[@]}"}
