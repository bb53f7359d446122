#!/usr/bin/env bash
# Builds oneTBB for ThreadSanitizer into build/tbb, for the preset tsan: with the library of the
# system, which is not built for it, everything that TBB orders is reported as a race. The source is
# the one of the Debian package that all other builds link.
#
# Usage: scripts/build_tbb.sh
source "$(dirname "$0")/lib.sh"

readonly version=2021.8.0
readonly sha256=7e9111b8bb59c8800bf6d0b06afe7b0891937443d2dae1ee1101c8e2ede6a7ef
readonly archive=onetbb_$version.orig.tar.xz
readonly prefix=build/tbb

if [[ -e $prefix/lib/cmake/TBB/TBBConfig.cmake ]]; then
  exit 0
fi
package=$(apt-get download --print-uris libtbb-dev | cut -d"'" -f2) ||
  fail "apt does not know where libtbb-dev comes from. As root, run: apt-get update"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run_quietly "Fetching oneTBB $version" /usr/lib/apt/apt-helper download-file \
  "${package%/*}/$archive" "$work/$archive" "SHA256:$sha256"
tar -C "$work" -xf "$work/$archive"
run_quietly "Configuring $prefix" cmake -S "$work/oneTBB-$version" -B "$work/build" -G Ninja \
  -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTBB_SANITIZE=thread \
  -DTBB_TEST=OFF -DTBB_STRICT=OFF -DTBBMALLOC_BUILD=OFF "-DCMAKE_INSTALL_PREFIX=$root/$prefix"
run_quietly "Building $prefix" cmake --build "$work/build"
run_quietly "Installing $prefix" cmake --install "$work/build" --prefix "$root/$prefix.new"
rm -rf "$prefix"
mv "$prefix.new" "$prefix"
