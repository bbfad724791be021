# Sourced by test.sh. Programs that some tests need and that Debian or npm has; where one cannot be had its tests are skipped, which is said.

# Debian's package, how to see that it is there, what is skipped without it.
need_package() {
  if sh -c "$2" >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "$1 is not installed, and this user may not install it; skipped: $3."
    return
  fi

  echo "Installing $1 for the tests."
  mkdir -p "$ROOT/artifacts"
  # RUNLEVEL: the servers that come with it are not started; the tests start their own.
  (apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1") >"$ROOT/artifacts/apt-$1.log" 2>&1 \
    || echo "$1 could not be installed (see artifacts/apt-$1.log); skipped: $3."
}

# Kubernetes' own types, for the check of the manifests.
need_kubernetes_types() {
  local folder="$ROOT/artifacts/kubernetes-types"
  [ ! -d "$folder/node_modules/kubernetes-types" ] || return 0
  if ! command -v npm >/dev/null; then
    echo "npm is not installed; skipped: the check of the manifests against Kubernetes' own types."
    return
  fi

  mkdir -p "$folder"
  npm install --prefix "$folder" --no-audit --no-fund --silent kubernetes-types@1.30.0 typescript@5.6.3 >"$folder/npm.log" 2>&1 \
    || echo "kubernetes-types could not be installed (see artifacts/kubernetes-types/npm.log); skipped: the check of the manifests against Kubernetes' own types."
}
