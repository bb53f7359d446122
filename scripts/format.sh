#!/usr/bin/env bash
# Formats the C++ of the project with clang-format 14.
#
# Usage: scripts/format.sh           changes the files
#        scripts/format.sh --check   changes nothing; fails and names what is not formatted
source "$(dirname "$0")/lib.sh"

arguments=(-i)
case ${1:-} in
  '') ;;
  --check) arguments=(--dry-run --Werror) ;;
  *) usage >&2 && exit 2 ;;
esac
command -v clang-format-14 >/dev/null || scripts/install_packages.sh check
cxx_files | xargs -0 clang-format-14 "${arguments[@]}"
