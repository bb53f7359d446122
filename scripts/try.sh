#!/usr/bin/env bash
# The first look at copydesk: installs the Debian packages that are missing, builds the release,
# runs everything over the sample pages and shows what came out. Takes no argument.
source "$(dirname "$0")/lib.sh"

if [[ $# -gt 0 ]]; then
  usage
  exit 2
fi
scripts/install_packages.sh build
leave_root "$@"

run_quietly "Configuring build/release" configure_release
run_quietly "Building build/release/copydesk" cmake --build --preset release --target copydesk_cli

out=build/try
copydesk=build/release/copydesk
say
say "\$ $copydesk run samples/pages --out $out --force"
$copydesk run samples/pages --out $out --force
