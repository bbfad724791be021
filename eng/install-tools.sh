# Sourced by test.sh and torture.sh. Programs that some tests need and that Debian or npm has; where one cannot be had its tests are skipped, which is said.

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
  [ -n "${apt_lists:-}" ] || { apt-get update -qq >"$ROOT/artifacts/apt-lists.log" 2>&1 && apt_lists=new; }
  (RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1") >"$ROOT/artifacts/apt-$1.log" 2>&1 \
    || echo "$1 could not be installed (see artifacts/apt-$1.log); skipped: $3."
}

# Packages of npm, each with its version, into a folder of artifacts, once; with a word on what is skipped without them. Scripts of packages are not run.
need_npm() { # folder, what is skipped, packages
  local folder="$ROOT/artifacts/$1" skipped=$2
  shift 2
  [ ! -f "$folder/installed" ] || [ "$(cat "$folder/installed")" != "$*" ] || return 0
  if ! command -v npm >/dev/null; then
    echo "npm is not installed; skipped: $skipped."
    return
  fi

  mkdir -p "$folder"
  if npm install --prefix "$folder" --no-audit --no-fund --silent --ignore-scripts "$@" >"$folder/npm.log" 2>&1; then
    echo "$*" >"$folder/installed"
  else
    echo "$* could not be installed (see $folder/npm.log); skipped: $skipped."
  fi
}

# What objects of Kubernetes and of gateways may say, by their own types; and the providers' own libraries for JavaScript.
need_npm_packages() {
  need_npm kubernetes-types "the check of the manifests against Kubernetes' own types" kubernetes-types@1.30.0 typescript@5.6.3
  need_npm gateway-types "the check of routes and middlewares against their own types" @kubernetes-models/gateway-api@2.0.0 @kubernetes-models/traefik@2.0.0 typescript@5.6.3
  need_npm provider-libraries "calls of the providers' own libraries for JavaScript" openai@7.55.0 @anthropic-ai/sdk@1.10.0
}
