# Shell code that tools/run, tools/test and tools/bench share. Sourced from the root of the repository.
# shellcheck shell=bash

# A compiler cache, where there is one, serves any clone of the tree, precompiled headers included.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename "$0"): $*"; exit 1; }

# The packages of the named sets of tools/apt-packages.txt, one a line.
packages_of() {
  local set package wanted
  while read -r set package _; do
    for wanted in "$@"; do
      if [ "$set" = "$wanted" ]; then printf '%s\n' "$package"; fi
    done
  done <tools/apt-packages.txt
}

# Itself, or what another package brings along (some nodejs have npm in them).
is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ||
    dpkg-query -W -f '${db:Status-Status} ${Provides},\n' | grep -E "^installed.*[ ,]$1[ ,]" >/dev/null
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "missing packages need root or sudo to install: $*"
    return 1
  fi
}

# install_packages SET...: installs what is missing. The archives lie in a folder of its own, since in
# container images another 'apt-get update' empties the common one beside a running install.
install_packages() {
  command -v dpkg-query >/dev/null || fail "this needs Debian 12 (dpkg-query is missing)"
  local package missing=() archives
  while read -r package; do
    is_installed "$package" || missing+=("$package")
  done < <(packages_of "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  archives=$(mktemp -d) || return 1
  mkdir -p "$archives/partial"
  chmod 755 "$archives"  # apt downloads as a user of its own
  local status=0
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
      -o Dir::Cache::archives="$archives" -o Dpkg::Use-Pty=0 "${missing[@]}" >"$archives.log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then tail -n 20 "$archives.log" >&2 2>/dev/null || true; fi
  as_root rm -rf "$archives" "$archives.log"
  return "$status"
}

# configure_preset PRESET [-DNAME=VALUE...]: nothing when that was done already (CMake itself sees what changed);
# anew when it was done with other options, since a cache would keep them.
configure_preset() {
  local preset=$1 folder=build/$1 wanted log
  shift
  wanted=$*
  if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/.configured-with" 2>/dev/null || echo unknown)" = "$wanted" ]; then
    return 0
  fi
  log=$(mktemp) || return 1
  if ! cmake --fresh --preset "$preset" "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  printf '%s\n' "$wanted" >"$folder/.configured-with"
}

# http_get PORT PATH: body of a GET on the loopback address; needs nothing but bash.
http_get() {
  local answer
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n' "$2" >&3
  answer=$(cat <&3)
  exec 3>&-
  case ${answer%%$'\r'*} in
    "HTTP/1."?" 200 "*) printf '%s' "${answer#*$'\r\n\r\n'}" ;;
    *) say "GET $2: ${answer%%$'\r'*}"; return 1 ;;
  esac
}
