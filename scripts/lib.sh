# What the scripts share; sourced, not run. Sets `root`, goes there, and keeps the calling script's
# own path in `script`.
set -euo pipefail
shopt -s nullglob
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=$(realpath "$0")
cd "$root"

# Progress goes to stderr, so that stdout holds results only.
say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# Prints the comment at the top of the script that calls it, without the "#".
usage() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$script"; }

# Through sudo only the packages need root: the build goes on as the person who called, so that
# build/ belongs to them. A tree that root owns stays root's business.
leave_root() {
  if [[ $EUID -eq 0 && -n ${SUDO_USER:-} && $(stat -c %U "$root") == "$SUDO_USER" ]]; then
    exec runuser -u "$SUDO_USER" -- env HOME="$(getent passwd "$SUDO_USER" | cut -d: -f6)" \
      "$script" "$@"
  fi
}

# run_quietly <what> <command...>: shows one line; the output only if the command fails.
run_quietly() {
  local what=$1 log start=$SECONDS
  shift
  log=$(mktemp)
  printf '%s … ' "$what" >&2
  if "$@" >"$log" 2>&1; then
    say "done ($((SECONDS - start)) s)"
    rm -f "$log"
  else
    say "failed:"
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# configure <preset> [cmake arguments]: into build/<preset>, with ccache if there is one.
configure() {
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  cmake --preset "$@"
}

# The build people run. Warnings are errors with the compiler we promise a clean build for; a newer
# one may know new warnings, and they are no reason not to try copydesk.
configure_release() {
  local strict=OFF
  if c++ --version 2>/dev/null | head -1 | grep -q '(Debian 12\.'; then
    strict=ON
  fi
  configure release -DCOPYDESK_WERROR=$strict
}

# The C++ files of the project, separated by NUL. Generated ones lie in build/.
cxx_files() {
  find . \( -path ./build -o -path ./.git \) -prune -o \( -name '*.cc' -o -name '*.h' \) -printf '%P\0' |
    sort -z
}
