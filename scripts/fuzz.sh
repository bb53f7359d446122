#!/usr/bin/env bash
# Runs the fuzz targets of tests/fuzz, as many at a time as the machine has processors, and prints a
# table of what each did. Whatever breaks one is kept in build/fuzz/artifacts, and the exit code is 1.
#
# Usage: scripts/fuzz.sh [--seconds S | --hours H] [TARGET…]
#
#   --seconds S   each target so long (60)
#   --hours H     all targets together so many hours of the clock; afterwards what they found is cut
#                 down to the inputs that matter
#   TARGET        only these, e.g. fuzz_record; all if none is named
#
# What is found stays in build/fuzz/corpus and is where the next run begins.
source "$(dirname "$0")/lib.sh"

readonly folder=build/fuzz
readonly round=600  # seconds: a target that breaks costs the others no more of their turn

seconds=60
hours=""
wanted=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds) seconds=${2:?"--seconds needs a number"} && shift ;;
    --hours) hours=${2:?"--hours needs a number"} && shift ;;
    -*) usage >&2 && exit 2 ;;
    *) wanted+=("$1") ;;
  esac
  shift
done

scripts/install_packages.sh build check
run_quietly "Configuring $folder" configure fuzz
run_quietly "Building $folder" cmake --build --preset fuzz

targets=()
for source in tests/fuzz/fuzz_*.cc; do
  targets+=("$(basename "$source" .cc)")
done
for name in "${wanted[@]}"; do
  [[ " ${targets[*]} " == *" $name "* ]] || fail "No such target: $name (one of: ${targets[*]})"
done
[[ ${#wanted[@]} -gt 0 ]] && targets=("${wanted[@]}")

jobs=$(nproc)
rounds=1
if [[ -n $hours ]]; then
  seconds=$(awk -v h="$hours" -v j="$jobs" -v n="${#targets[@]}" 'BEGIN { print int(h * 3600 * j / n) }')
  rounds=$(((seconds + round - 1) / round))
  [[ $rounds -gt 0 ]] || fail "$hours hours are too few for ${#targets[@]} targets"
  seconds=$((seconds / rounds))
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
mkdir -p "$folder/artifacts"

# The folders of inputs that the repository has for a target.
inputs_of() {
  local kind
  for kind in seeds regressions; do
    [[ -d tests/fuzz/$kind/$1 ]] && printf '%s\n' "tests/fuzz/$kind/$1"
  done
  return 0
}

# fuzz_one <target> <round>: leaves its log, and the processor time that it took.
fuzz_one() {
  local name=$1 log=$logs/$1.$2 options=() inputs
  [[ -f tests/fuzz/dictionaries/$name.dict ]] && options+=("-dict=tests/fuzz/dictionaries/$name.dict")
  mapfile -t inputs < <(inputs_of "$name")
  mkdir -p "$folder/corpus/$name"
  local TIMEFORMAT='cpu: %U %S'
  { time "$folder/tests/fuzz/$name" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=3000 \
    -print_final_stats=1 -artifact_prefix="$folder/artifacts/$name-" "${options[@]}" \
    "$folder/corpus/$name" "${inputs[@]}" >"$log" 2>&1; } 2>"$log.time" || touch "$log.broken"
}

say "Fuzzing ${#targets[@]} targets, $jobs at a time, $((seconds * rounds)) s each"
for ((number = 1; number <= rounds; ++number)); do
  for name in "${targets[@]}"; do
    while [[ $(jobs -rp | wc -l) -ge $jobs ]]; do
      wait -n || true
    done
    fuzz_one "$name" "$number" &
  done
done
wait

if [[ -n $hours ]]; then
  for name in "${targets[@]}"; do
    rm -rf "$folder/corpus/$name.less"
    mkdir "$folder/corpus/$name.less"
    if run_quietly "Cutting down what $name found" "$folder/tests/fuzz/$name" -merge=1 \
      "$folder/corpus/$name.less" "$folder/corpus/$name"; then
      rm -rf "$folder/corpus/$name"
      mv "$folder/corpus/$name.less" "$folder/corpus/$name"
    fi
  done
fi

printf '%-20s %14s %10s %8s %8s %8s\n' target executions "CPU s" edges inputs crashes
for name in "${targets[@]}"; do
  broken=("$logs/$name".*.broken)
  cat "$logs/$name".* | awk -v name="$name" -v inputs="$(find "$folder/corpus/$name" -type f | wc -l)" \
    -v crashes="${#broken[@]}" '
    /^stat::number_of_executed_units/ { executions += $2 }
    /^cpu:/ { cpu += $2 + $3 }
    / cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:" && $(i + 1) + 0 > edges) edges = $(i + 1) + 0 }
    END { printf "%-20s %14d %10d %8d %8d %8d\n", name, executions, cpu, edges, inputs, crashes }'
done | tee "$logs/table"
awk '{ e += $2; c += $3; x += $6 } END { printf "%-20s %14d %10d %8s %8s %8d\n", "all", e, c, "", "", x }' \
  "$logs/table"

broken=("$logs"/*.broken)
if [[ ${#broken[@]} -gt 0 ]]; then
  for file in "${broken[@]}"; do
    say ""
    name=$(basename "$file")
    say "${name%%.*} broke:"
    tail -n 60 "${file%.broken}" >&2
  done
  exit 1
fi
