"""Tests the project's Markdown.

links      every relative link leads to a file, every #anchor to a heading
commands   every ```console block runs: a line "$ command" must succeed; lines below it are the
           expected output, where "…" stands for anything, alone on a line for any lines. The
           blocks of one page run in order, in a scratch copy of the tree that `copydesk` was
           put into as build/release/copydesk. ```sh blocks do not run (they install packages, or
           are a build of their own: .ci/run runs them); the scripts they name must exist.
configs    `copydesk check` accepts every ```toml block, sample config and rule pack
code       every ```cpp block compiles against the public headers
guarantees every test that pipeline/GUARANTEES.md names exists
fields     the fields that a run writes are those that pipeline/README.md describes
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[a-z]*(?: fragment)?)\s*$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
SCRIPT = re.compile(r"(?:^|\s)((?:scripts|\.ci)/[\w./-]+)")
SKIPPED_FOLDERS = {"build", ".git"}
COMMAND_SECONDS = 120


def pages(source):
    """All Markdown files, in a fixed order."""
    found = []
    for folder, names, files in os.walk(source):
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS)
        found += [pathlib.Path(folder) / f for f in sorted(files) if f.endswith(".md")]
    return found


def split(text):
    """(prose lines, [(language, line number, block lines)]) of a page."""
    prose, blocks, block, fence = [], [], None, None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is not None:
            if line.rstrip() == fence:
                fence = None
            else:
                block.append(line)
            continue
        match = FENCE.match(line)
        if match:
            fence, block = match["fence"], []
            blocks.append((match["language"], number, block))
        else:
            prose.append((number, line))
    return prose, blocks


def anchor(heading):
    """The anchor that a code host makes of a heading."""
    heading = re.sub(r"[`*]|\]\([^)]*\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")


def anchors(page):
    prose, _ = split(page.read_text(encoding="utf-8"))
    return {anchor(line.lstrip("#")) for _, line in prose if line.startswith("#")}


def check_links(source, _):
    for page in pages(source):
        prose, _ = split(page.read_text(encoding="utf-8"))
        for number, line in prose:
            for match in LINK.finditer(line):
                target, _, fragment = match["target"].partition("#")
                if re.match(r"[a-z]+:", target):
                    continue
                file = (page.parent / target).resolve() if target else page
                if not file.exists():
                    yield f"{page}:{number}: no such file: {target}"
                elif fragment and file.suffix == ".md" and fragment not in anchors(file):
                    yield f"{page}:{number}: no heading for #{fragment} in {file.name}"


def commands(block):
    """(line offset, command, expected output lines) of a console block."""
    found = []
    continued = False
    for offset, line in enumerate(block, 1):
        if continued:
            found[-1][1] += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            found.append([offset, line[2:], []])
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise ValueError("a console block begins with a command")
        continued = line.endswith("\\")
    return found


def pattern(expected):
    """A regular expression for expected output."""
    parts = []
    for line in expected:
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(piece) for piece in line.rstrip().split("…")) + r"[ ]*\n")
    return re.compile("".join(parts))


def check_commands(source, copydesk):
    ran = 0
    for page in pages(source):
        _, blocks = split(page.read_text(encoding="utf-8"))
        for language, number, block in blocks:
            for script in SCRIPT.findall("\n".join(block) if language == "sh" else ""):
                if not os.access(source / script, os.X_OK):
                    yield f"{page}:{number}: not an executable file: {script}"
        blocks = [b for b in blocks if b[0] == "console"]
        if not blocks:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / "copydesk"
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns(*SKIPPED_FOLDERS))
            (copy / "build/release").mkdir(parents=True)
            (copy / "build/release/copydesk").symlink_to(copydesk)
            for _, number, block in blocks:
                for offset, command, expected in commands(block):
                    ran += 1
                    done = subprocess.run(
                        ["bash", "-o", "pipefail", "-c", command], cwd=copy, text=True,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS, check=False)
                    where = f"{page}:{number + offset}: {command}"
                    if done.returncode != 0:
                        yield f"{where}\nexit code {done.returncode}:\n{done.stdout}"
                    elif expected and not pattern(expected).fullmatch(done.stdout):
                        wanted = "\n".join(expected)
                        yield f"{where}\nexpected:\n{wanted}\ngot:\n{done.stdout}"
    print(f"{ran} commands ran")
    if ran == 0:
        yield "no command was found: is the Markdown gone?"


def check_configs(source, copydesk):
    files = pages(source)
    for folder in ("samples/configs", "stages/rules", "pipeline/presets"):
        files += sorted((source / folder).rglob("*.toml"))
    done = subprocess.run([copydesk, "check", *files], text=True, capture_output=True,
                          timeout=COMMAND_SECONDS, check=False)
    if done.returncode != 0:
        yield done.stdout + done.stderr


def check_code(source, _, compiler):
    compiled = 0
    for page in pages(source):
        _, blocks = split(page.read_text(encoding="utf-8"))
        for language, number, block in blocks:
            if language != "cpp":
                continue
            compiled += 1
            done = subprocess.run(
                [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                 f"-I{source}/include", "-x", "c++", "-"],
                input="\n".join(block) + "\n", text=True, capture_output=True,
                timeout=COMMAND_SECONDS, check=False)
            if done.returncode != 0:
                yield f"{page}:{number}: does not compile:\n{done.stderr}"
    if compiled == 0:
        yield "no ```cpp block was found"


def described_fields(readme):
    """{file: (all words in code marks, those of the first column of its table)}."""
    described, section = {}, None
    for line in readme.splitlines():
        if line.startswith("### "):
            section = described[line[4:].strip()] = (set(), set())
        elif line.startswith("## "):
            section = None
        elif section is not None:
            section[0].update(re.findall(r"`([a-z0-9_]+)`", line))
            if line.startswith("| `"):
                section[1].update(re.findall(r"`([a-z0-9_]+)`", line.split(" | ")[0]))
    return described


# Objects whose keys are values: names of reasons, relations, fields.
MAPS = {"rejected_by", "dropped", "spans", "bytes", "lifted", "pairs"}


def keys_of(value):
    """All keys of a JSON value, those of nested objects included."""
    if isinstance(value, list):
        return set().union(*(keys_of(item) for item in value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, inner in value.items():
        found.add(key)
        if not (key in MAPS and isinstance(inner, dict)):
            found |= keys_of(inner)
    return found


def check_fields(source, copydesk):
    described = described_fields((source / "pipeline/README.md").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        # Records that bring out what is rare: without id, without outlet, broken.
        extra = pathlib.Path(scratch) / "extra.jsonl"
        extra.write_text('{"url": "https://news.quay.example/1", "text": "A record with no id."}\n'
                         "not json\n", encoding="utf-8")
        broken = pathlib.Path(scratch) / "broken.jsonl"
        broken.write_bytes(b'{"id": "x", "text": "\xff"}\n')
        out = pathlib.Path(scratch) / "out"
        done = subprocess.run(
            [copydesk, "run", source / "samples/pages", extra, broken, "--out", out,
             "--keep-removed"], text=True, capture_output=True, timeout=COMMAND_SECONDS, check=False)
        if done.returncode != 3:
            yield f"exit code {done.returncode}, expected 3 (rejected records):\n{done.stderr}"
            return
        written = {}
        for file in sorted(out.iterdir()):
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            if file.name == "clean.jsonl":
                rows = [row["copydesk"] for row in rows]
            if file.name != "dropped.jsonl":
                written[file.name] = keys_of(rows)
    for name, keys in written.items():
        words, columns = described.get(name, (set(), set()))
        for key in sorted(keys - words):
            yield f"{name}: `{key}` is written but not described in pipeline/README.md"
        for key in sorted(columns - keys):
            yield f"{name}: `{key}` is described in pipeline/README.md but was not written"
    for name in sorted(set(described) - set(written) - {"dropped.jsonl"}):
        yield f"{name} is described in pipeline/README.md but was not written"


def check_guarantees(source, _, build):
    page = source / "pipeline/GUARANTEES.md"
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], text=True,
                            capture_output=True, timeout=COMMAND_SECONDS, check=True).stdout
    # A test with parameters stands for all of its instances.
    tests = {test["name"] for test in json.loads(listed)["tests"]}
    tests |= {name.rpartition("/")[0] for name in tests if "/" in name}
    named = set()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("| "):
            continue
        # The last cell names tests; paths of files have a slash before any point.
        for name in re.findall(r"`([\w./]+)`", line.rstrip(" |").rpartition(" | ")[2]):
            if name.startswith(("bench/", "scripts/")):
                continue
            named.add(name)
            if name not in tests:
                yield f"{page}:{number}: no such test: {name}"
    if len(named) < 20:
        yield f"{page} names {len(named)} tests only: is its table gone?"


def main():
    checks = {"links": check_links, "commands": check_commands, "configs": check_configs,
              "code": check_code, "fields": check_fields, "guarantees": check_guarantees}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check", choices=checks)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--copydesk", type=pathlib.Path, required=True)
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--build", type=pathlib.Path, help="the build folder, for guarantees")
    arguments = parser.parse_args()
    given = [arguments.source.resolve(), arguments.copydesk.resolve()]
    if arguments.check == "code":
        given.append(arguments.cxx)
    if arguments.check == "guarantees":
        given.append(arguments.build)
    faults = list(checks[arguments.check](*given))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
