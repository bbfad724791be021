#!/usr/bin/env bash
# Makes the screenshots of docs/tour.md, from ./run.sh --demo and headless Chromium.
# usage: eng/tour.sh [--no-build]
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PORT=${TOUR_PORT:-18980}
WIDTH=1280
MAX_BYTES=150000
MIN_BYTES=20000
OUT="$ROOT/docs/tour"
WORK=$(mktemp -d)
ENGINE=''
BASE="http://127.0.0.1:$PORT"

stop() {
  [ -z "$ENGINE" ] || kill "$ENGINE" 2>/dev/null || true
  [ -z "$ENGINE" ] || wait "$ENGINE" 2>/dev/null || true
  rm -rf "$WORK"
}
trap stop EXIT

wait_for() {
  for _ in $(seq 600); do
    ! grep -q "$1" "$WORK/log" || return 0
    kill -0 "$ENGINE" 2>/dev/null || break
    sleep 0.5
  done
  echo "tour: the engine did not say '$1'" >&2
  cat "$WORK/log" >&2
  exit 1
}

# NAME HEIGHT ADDRESS. No virtual time: it does not pass while a page listens to server-sent events. Chromium shoots after 4 s, on a busy machine before the page is there: then again.
shoot() {
  local bytes
  for _ in 1 2 3 4 5; do
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --lang=en-US --user-data-dir="$WORK/chromium" \
      --window-size="$WIDTH,$2" --timeout=4000 --screenshot="$OUT/$1.png" "$BASE$3" </dev/null >"$WORK/chromium.log" 2>&1 || { cat "$WORK/chromium.log" >&2; exit 1; }
    bytes=$(stat -c %s "$OUT/$1.png")
    [ "$bytes" -le "$MIN_BYTES" ] || break
  done
  echo "$1.png $bytes bytes"
  [ "$bytes" -gt "$MIN_BYTES" ] || { echo "tour: $1.png is blank: the page was not there in time" >&2; exit 1; }
  [ "$bytes" -lt "$MAX_BYTES" ] || { echo "tour: $1.png is larger than $MAX_BYTES bytes; make it less high" >&2; exit 1; }
}

command -v chromium >/dev/null || { echo 'tour: needs chromium' >&2; exit 1; }
mkdir -p "$OUT"
"$ROOT/run.sh" "$@" --demo --urls "$BASE" --data "$WORK/data" >"$WORK/log" 2>&1 &
ENGINE=$!
wait_for 'history of two months is there'
# The project whose budget is nearly spent runs into its limit.
wait_for 'demo/marketing/launch is denied'

shoot overview 900 /
shoot tree 860 /cost-centers
shoot cost-center 1000 /cost-centers/demo/engineering
shoot denied 1100 /cost-centers/demo/marketing/launch
shoot paused 900 /cost-centers/demo/marketing/banners
shoot usage 720 '/usage?status=error'
shoot reports 720 /reports/budgets
shoot changes 560 '/reports/changes?cost_center=demo'
shoot alerts 1100 /alerts
shoot summary 760 '/alerts?summary=1&name=weekly-demo'
shoot prices 760 /prices
shoot price-edit 760 '/prices?edit=1&price=gpt-4.1&input=1.6&output=6.4&cached_input=0.4&cache_write='
shoot system 800 /system
shoot first-run 960 /first-run
