#!/usr/bin/env bash
# The first look at copydesk: installs the Debian packages that are missing, builds the release,
# runs everything over the sample pages and says in words what came out. Takes no argument.
source "$(dirname "$0")/lib.sh"

if [[ $# -gt 0 ]]; then
  usage >&2
  exit 2
fi
scripts/install_packages.sh build
leave_root "$@"

run_quietly "Configuring build/release" configure_release
run_quietly "Building build/release/copydesk" cmake --build --preset release --target copydesk_cli

readonly copydesk=build/release/copydesk out=build/try

# headline <doc>: '"Title" (outlet)' of the document with that ordinal.
declare -A headlines
headline() {
  if [[ -z ${headlines[$1]:-} ]]; then
    headlines[$1]=$("$copydesk" explain "$out" --doc "$1" | awk '
      /^$/ { body = 1 }
      body { next }
      $1 == "id" { title = $2 }
      $1 == "outlet" { outlet = $2 }
      $1 == "title" { sub(/^title +/, ""); title = "\"" $0 "\"" }
      END { printf "%s (%s)", title, outlet ? outlet : "no outlet" }')
  fi
  printf '%s' "${headlines[$1]}"
}

# numbers <name>: the values of "<name>":N in a row on standard input.
numbers() { grep -o "\"$1\":[0-9]*" | cut -d: -f2; }

say
say "\$ $copydesk run samples/pages --out $out --force"
"$copydesk" run samples/pages --out "$out" --force

cat <<END

55 pages of nine invented outlets went in, with their menus, sign-in walls and newsletter boxes. The
table above says what was cut out of them and why. $out/clean.jsonl has what is left.

Pages that are copies of each other:
END
while read -r row; do
  printf '\n'
  for doc in $(numbers doc <<<"$row"); do
    printf '  %s\n' "$(headline "$doc")"
  done
done <"$out/clusters.jsonl"

printf '\nPages that took a part of another one, which may have copies of its own:\n\n'
declare -A shown
while read -r row; do
  a=$(numbers a_doc <<<"$row")
  b=$(numbers b_doc <<<"$row")
  if [[ $row == *'"relation":"contained"'* ]]; then
    read -r a b <<<"$b $a"
  fi
  if [[ -z ${shown[$b]:-} ]]; then
    printf '  %s\n    stands for the most part in %s\n' "$(headline "$b")" "$(headline "$a")"
    shown[$b]=yes
  fi
done < <(grep -E '"relation":"(contains|contained)"' "$out/pairs.jsonl" || true)

cat <<END

One of them in full. [-What stands so-]{reason} was cut out:

END
"$copydesk" explain "$out" --id nr-03
cat <<END

Now try it on your own pages, JSONL or plain text:
  $copydesk run FILE_OR_FOLDER --out out
END
