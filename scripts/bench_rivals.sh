#!/usr/bin/env bash
# Measures copydesk beside datatrove, text-dedup, datasketch and rensa: the same made-up corpus, the
# same job, one core each; what they find beside what it takes. Prints one line a measure, "name
# value unit", on standard output; bench/README.md says what each means.
#
# Usage: scripts/bench_rivals.sh                       5,000 documents, three rounds: ten minutes
#        scripts/bench_rivals.sh --documents 1000      faster
#        scripts/bench_rivals.sh --rival datatrove     only this rival
#        PYTHON=python3.12 scripts/bench_rivals.sh     a Python of your choice for the rivals
#
# Options add up. Further ones: bench/end_to_end/run_rivals.py --help
#
# Builds the release first, after it has installed the Debian packages that are missing, and
# installs the rivals of bench/end_to_end/rivals.txt from PyPI, each into a virtual environment of
# its own below build/rivals. One that cannot be installed is named and left out. One that fails is
# named, and the exit code is 1.
source "$(dirname "$0")/lib.sh"

readonly folder=build/rivals

# Paths are the caller's, and lib.sh has changed the folder.
arguments=() only=" "
while [[ $# -gt 0 ]]; do
  arguments+=("$1")
  case $1 in
    --raw | --work)
      [[ $# -gt 1 ]] || fail "$1 needs a path"
      arguments+=("$(cd "$OLDPWD" && realpath -m "$2")")
      shift
      ;;
    --rival)
      [[ $# -gt 1 ]] || fail "--rival needs a name"
      arguments+=("$2")
      only+="$2 "
      shift
      ;;
  esac
  shift
done

# Sets `python`: the one asked for, or what all rivals can be installed with.
find_python() {
  for python in ${PYTHON:-python3.12 python3.13 python3}; do
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
      return
    fi
  done
  fail "${PYTHON:-python3} cannot make virtual environments; Debian has them in python3-venv."
}

install_rival() {
  rm -rf "${folder:?}/$1"
  "$python" -m venv "$folder/$1" &&
    "$folder/$1/bin/python" -m pip install --disable-pip-version-check "${@:2}" </dev/null
}

scripts/install_packages.sh build
leave_root "${arguments[@]}"
run_quietly "Configuring build/release" configure_release
run_quietly "Building build/release" cmake --build --preset release \
  --target copydesk_cli make_corpus

find_python
mkdir -p "$folder"
while read -r name requirements; do
  if [[ $only != " " && $only != *" $name "* ]]; then
    continue
  fi
  wanted="$("$python" --version) $requirements"
  if [[ -f $folder/$name/installed && $(<"$folder/$name/installed") == "$wanted" ]]; then
    continue
  fi
  read -ra packages <<<"$requirements"
  if run_quietly "Installing $requirements" install_rival "$name" "${packages[@]}"; then
    printf '%s\n' "$wanted" >"$folder/$name/installed"
  else
    say "$name cannot be installed: it is left out."
    rm -rf "${folder:?}/$name"
  fi
done < <(grep -v '^#' bench/end_to_end/rivals.txt)

exec python3 bench/end_to_end/run_rivals.py --build build/release --rivals "$folder" \
  "${arguments[@]}"
