#!/usr/bin/env bash
# Installs the Debian packages that copydesk needs and that are missing.
#
# Usage: scripts/install_packages.sh [GROUP…]    groups of scripts/packages.txt; default: build
#
# Asks for nothing and prints one line. Uses sudo if it is not run as root.
source "$(dirname "$0")/lib.sh"

groups=" ${*:-build} "

wanted=()
while read -r group package; do
  if [[ $groups == *" $group "* ]]; then
    wanted+=("$package")
  fi
done < <(grep -v '^#' scripts/packages.txt)
if [[ ${#wanted[@]} -eq 0 ]]; then
  fail "No such group of packages:$groups"
fi

if ! command -v apt-get >/dev/null; then
  say "This is no Debian, so nothing was installed. copydesk needs what these packages hold:"
  fail "  ${wanted[*]}"
fi

# Packages that are there, "installed" as dpkg means it.
present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
  sed -n 's/^installed //p') || true
missing=()
for package in "${wanted[@]}"; do
  if ! grep -qxF "$package" <<<"$present"; then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    say "These packages are missing, and installing them needs root. As root, run:"
    fail "  apt-get update && apt-get install ${missing[*]}"
  fi
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 "$@" </dev/null
}
run_quietly "Reading the package lists" apt update
run_quietly "Installing ${#missing[@]} packages" apt install --no-install-recommends "${missing[@]}"
