#!/usr/bin/env bash
# Builds copydesk and runs its tests. With nothing more said: installs the Debian packages that are
# missing, builds the release with warnings as errors, and runs every fast test.
#
# Usage: scripts/test.sh             the above
#        scripts/test.sh STEP…       one or more of the steps below, in the order given
#        scripts/test.sh --full      all of them
#
# Steps:
#   release   the release build and its fast tests
#   slow      the tests of the release build that take long
#   format    is every C++ file formatted?
#   shell     shellcheck over the scripts
#   tidy      clang-tidy over the library, the command and the stages
#   asan      the tests built by clang 14, warnings as errors, under AddressSanitizer and
#             UndefinedBehaviorSanitizer
#   tsan      the tests built by clang 14 and with a TBB of its own, under ThreadSanitizer
#   valgrind  the release command over the samples, and the tests of readers, under memcheck
#   fuzz      every fuzzer for a short while (COPYDESK_FUZZ_SECONDS, 60 each)
source "$(dirname "$0")/lib.sh"

readonly all_steps=(release slow format shell tidy asan tsan valgrind fuzz)

# test_build <preset> [ctest arguments]
test_build() {
  local preset=$1
  shift
  ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error "$@"
}

build() { run_quietly "Building build/$1" cmake --build --preset "$@"; }

step_release() {
  run_quietly "Configuring build/release" configure_release
  build release
  test_build release --label-exclude slow
}

step_slow() {
  run_quietly "Configuring build/release" configure_release
  build release
  if ctest --preset release -N -L slow | grep -q 'Total Tests: 0'; then
    say "There is no slow test."
    return
  fi
  test_build release --label-regex slow
}

step_format() { scripts/format.sh --check; }

step_shell() { shellcheck --shell=bash --external-sources --source-path=scripts scripts/*.sh .ci/run; }

step_tidy() { scripts/tidy.sh --all; }

# The consumer of the installed library and the Markdown say nothing new under a sanitizer.
step_asan() {
  run_quietly "Configuring build/asan" configure asan
  build asan
  test_build asan --label-exclude 'slow|install|docs'
}

step_tsan() {
  scripts/build_tbb.sh
  run_quietly "Configuring build/tsan" configure tsan
  build tsan
  test_build tsan --label-exclude 'slow|install|docs'
}

# What it adds to the sanitizers: our code as users run it, and the libraries below it.
step_valgrind() {
  run_quietly "Configuring build/release" configure_release
  build release
  local out check
  out=$(mktemp -d)
  check=(valgrind --quiet --suppressions=tests/support/valgrind.supp --error-exitcode=9
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite)
  run_quietly "copydesk run" "${check[@]}" build/release/copydesk run samples/inbox samples/pages \
    --out "$out/run" --keep-removed --quiet
  run_quietly "copydesk verify" "${check[@]}" build/release/copydesk verify "$out/run"
  run_quietly "copydesk clean" "${check[@]}" build/release/copydesk clean samples/inbox
  run_quietly "unit_model" "${check[@]}" build/release/tests/unit_model --gtest_brief=1
  rm -r "$out"
}

step_fuzz() { scripts/fuzz.sh --seconds "${COPYDESK_FUZZ_SECONDS:-60}"; }

steps=(release)
case ${1:-} in
  '') ;;
  --full) steps=("${all_steps[@]}") ;;
  -*) usage >&2 && exit 2 ;;
  *) steps=("$@") ;;
esac
for step in "${steps[@]}"; do
  [[ " ${all_steps[*]} " == *" $step "* ]] || fail "No such step: $step (one of: ${all_steps[*]})"
done

if [[ "${steps[*]}" == release ]]; then
  scripts/install_packages.sh build
else
  scripts/install_packages.sh build check
fi
leave_root "$@"
for step in "${steps[@]}"; do
  "step_$step"
done
