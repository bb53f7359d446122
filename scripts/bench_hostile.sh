#!/usr/bin/env bash
# Measures documents that were made to be slow, each case beside a benign corpus of the same size,
# and prints one line a measure: bench/README.md says what each means. The exit code is 1 if a case
# took more than three times as long, or more memory than it was given.
#
# Usage: scripts/bench_hostile.sh             10^5 documents or 10^6 words a case: an hour
#        scripts/bench_hostile.sh --quick     a fiftieth of that: three minutes
#        scripts/bench_hostile.sh --case chain undated
#
# Further options: bench/end_to_end/run_hostile.py --help
source "$(dirname "$0")/lib.sh"

arguments=()
for argument in "$@"; do
  if [[ $argument == --quick ]]; then
    arguments+=(--documents 2000 --words 20000)
  else
    arguments+=("$argument")
  fi
done

scripts/install_packages.sh build
leave_root "$@"
run_quietly "Configuring build/release" configure_release
run_quietly "Building build/release" cmake --build --preset release \
  --target copydesk_cli make_corpus
exec python3 bench/end_to_end/run_hostile.py --build build/release "${arguments[@]}"
