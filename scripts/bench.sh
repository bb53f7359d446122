#!/usr/bin/env bash
# Measures the whole command on a made-up corpus, beside the roofline of its machine. Prints one
# line a measure, "name value unit", on standard output; bench/README.md says what each means.
#
# Usage: scripts/bench.sh             a corpus of 20,000 documents, a quarter of an hour or more
#        scripts/bench.sh --quick     5,000 documents, under two minutes
#        scripts/bench.sh --corpus FILE    JSONL of your own, with texts in the member "text"
#        scripts/bench.sh --against BINARY    in turns with another build of copydesk
#
# Options add up. Further ones: bench/end_to_end/run_benchmark.py --help
#
# Builds the release first, after it has installed the Debian packages that are missing. Results are
# checked before anything is timed; a wrong one ends the script with exit code 1 and no figures.
source "$(dirname "$0")/lib.sh"

# Paths are the caller's, and lib.sh has changed the folder.
arguments=()
while [[ $# -gt 0 ]]; do
  arguments+=("$1")
  case $1 in
    --corpus | --against | --raw | --work)
      [[ $# -gt 1 ]] || fail "$1 needs a path"
      arguments+=("$(cd "$OLDPWD" && realpath -m "$2")")
      shift
      ;;
  esac
  shift
done

scripts/install_packages.sh build
leave_root "${arguments[@]}"
run_quietly "Configuring build/release" configure_release
run_quietly "Building build/release" cmake --build --preset release \
  --target copydesk_cli make_corpus roofline count_allocations
exec python3 bench/end_to_end/run_benchmark.py --build build/release "${arguments[@]}"
