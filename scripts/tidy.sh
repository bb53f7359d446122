#!/usr/bin/env bash
# Runs clang-tidy 14 with the checks of .clang-tidy; every finding is an error.
#
# Usage: scripts/tidy.sh             the .cc files that differ from the last commit or are new
#        scripts/tidy.sh --all       all .cc files of the library, the command and the stages
#        scripts/tidy.sh FILE.cc…    these
#
# Headers are checked through the files that include them.
source "$(dirname "$0")/lib.sh"

command -v clang-tidy-14 >/dev/null || scripts/install_packages.sh check
case ${1:-} in
  --all)
    mapfile -d '' -t files < <(cxx_files | grep -z -E '^(pipeline|stages)/.*\.cc$')
    ;;
  '')
    mapfile -d '' -t files < <(
      { git diff -z --name-only --diff-filter=d HEAD; git ls-files -z --others --exclude-standard; } |
        grep -z '\.cc$'
    )
    ;;
  -*) usage >&2 && exit 2 ;;
  *) files=("$@") ;;
esac
if [[ ${#files[@]} -eq 0 ]]; then
  say "No .cc file to check."
  exit 0
fi

# The compile commands of the clang preset: a debug build, so that the analyzer sees our asserts.
# Configuring also writes the generated sources.
run_quietly "Configuring build/clang" configure clang
known=()
for file in "${files[@]}"; do
  if grep -qF "\"$(realpath "$file")\"" build/clang/compile_commands.json; then
    known+=("$file")
  else
    say "not part of the build, skipped: $file"
  fi
done

# A finding in a header is reported once for each file that includes it; it is shown once.
status=0
printf '%s\0' "${known[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build/clang --quiet \
    2>/dev/null >build/clang/tidy.txt || status=$?
if [[ $status -ne 0 ]]; then
  awk '/^\// { shown = !seen[$0]++ } shown' build/clang/tidy.txt
  fail "clang-tidy: $(grep -c -E '^/.*(error|warning):' build/clang/tidy.txt) findings in ${#known[@]} files"
fi
say "clang-tidy: ${#known[@]} files, no findings"
