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

# Prints the comment at the top of the script that calls it, without the "#". Every script does so
# for --help.
usage() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$script"; }
if [[ ${1:-} == --help ]]; then
  usage
  exit
fi

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
  local what=$1 log start=$SECONDS watcher="" status=0
  shift
  log=$(mktemp)
  printf '%s … ' "$what" >&2
  if [[ -t 2 ]]; then
    show_progress "$what" "$log" &
    watcher=$!
  fi
  "$@" >"$log" 2>&1 || status=$?
  if [[ -n $watcher ]]; then
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    printf '\r%-60s\r%s … ' "" "$what" >&2
  fi
  if [[ $status -eq 0 ]]; then
    say "done ($((SECONDS - start)) s)"
  else
    say "failed:"
    cat "$log" >&2
  fi
  rm -f "$log"
  return $status
}

# show_progress <what> <log>: how far the build is that writes the log, on the line of run_quietly.
show_progress() {
  local step
  while kill -0 $$ 2>/dev/null; do
    step=$(tail -c 4000 "$2" 2>/dev/null | grep -o '^\[[0-9]*/[0-9]*\]' | tail -1) || true
    printf '\r%s … %s ' "$1" "$step" >&2
    sleep 1
  done
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
