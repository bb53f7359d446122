"""Tests the project's Markdown.

links      every relative link leads to a file, every #anchor to a heading
commands   every ```console block runs: a line "$ command" must succeed; lines below it are the
           expected output, where "…" stands for anything, alone on a line for any lines. The
           blocks of one page run in order, in a scratch copy of the tree that `copydesk` was
           put into as build/release/copydesk. ```sh blocks do not run (they install packages, or
           are a build of their own: .ci/run runs them); the scripts they name must exist.
configs    every ```toml block is a config that `copydesk check` accepts
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[a-z]*)\s*$")
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
    for page in pages(source):
        _, blocks = split(page.read_text(encoding="utf-8"))
        for language, number, block in blocks:
            if language != "toml":
                continue
            with tempfile.TemporaryDirectory() as scratch:
                config = pathlib.Path(scratch) / "block.toml"
                config.write_text("\n".join(block) + "\n", encoding="utf-8")
                done = subprocess.run([copydesk, "check", config], text=True, capture_output=True,
                                      timeout=COMMAND_SECONDS, check=False)
                if done.returncode != 0:
                    yield f"{page}:{number}: {done.stdout}{done.stderr}"


def main():
    checks = {"links": check_links, "commands": check_commands, "configs": check_configs}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check", choices=checks)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--copydesk", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    faults = list(checks[arguments.check](arguments.source.resolve(), arguments.copydesk.resolve()))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
