#!/bin/sh
# Makes what the compose file needs, once: waits for the engine, sets a budget of 5 a day, and writes two keys into $KEYS:
#   gateway.conf   the line of nginx that sends the gateway's key; it may ask and settle, and is trusted with X-Cost-Center and X-User-ID
#   metrics-key    a key that may only read, for Prometheus
# Needs sh, curl and sed. Environment: ENGINE, KEYS, BUDGET_ADMIN_KEY.
set -eu

call() { # method, path, body
  curl -sS --fail-with-body -X "$1" "$ENGINE$2" -H "X-Budget-Key: $BUDGET_ADMIN_KEY" -H 'Content-Type: application/json' -d "$3"
}

new_key() { # body; prints the key
  key=$(call POST /v1/keys "$1" | sed -n 's/.*"key": *"\([^"]*\)".*/\1/p')
  [ -n "$key" ] || { echo "setup: the engine gave no key" >&2; exit 1; }
  echo "$key"
}

tries=0
until curl -sf -o /dev/null "$ENGINE/health/ready"; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || { echo "setup: $ENGINE is not ready after two minutes" >&2; exit 1; }
  sleep 1
done

call PUT /v1/budgets/acme/engineering '{ "daily": 5 }' >/dev/null

if [ ! -s "$KEYS/gateway.conf" ]; then
  key=$(new_key '{ "name": "gateway", "scopes": ["check", "usage"], "cost_center": "acme", "gateway": { "trust": ["X-Cost-Center", "X-User-ID"], "deny_status": 403, "default_amount": 0.01 } }')
  echo "proxy_set_header X-Budget-Key \"$key\";" > "$KEYS/gateway.conf"
fi

if [ ! -s "$KEYS/metrics-key" ]; then
  key=$(new_key '{ "name": "prometheus", "scopes": ["read"] }')
  printf %s "$key" > "$KEYS/metrics-key"
fi

# nginx's master reads as root, Prometheus as nobody.
chmod 0400 "$KEYS/gateway.conf"
chmod 0444 "$KEYS/metrics-key"
echo "setup: done"
