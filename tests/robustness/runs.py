"""What the drivers of this folder share: how copydesk is run, what it wrote, and what that must be."""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

TIMEOUT = 120
NAMES = ("audit", "clean", "clusters", "dropped", "pairs", "rejected", "stories", "templates")


class Fault(Exception):
    """What a driver found to be wrong."""


def check(holds: bool, message: str) -> None:
    if not holds:
        raise Fault(message)


class Failures:
    """Prints and counts what a driver found to be wrong."""

    def __init__(self):
        self.count = 0

    def add(self, where: str, fault) -> None:
        self.count += 1
        print(f"FAILED {where}: {str(fault)[:2000]}", flush=True)

    def attempt(self, where: str, part, *arguments):
        """What `part` gives; nothing if it finds a fault."""
        try:
            return part(*arguments)
        except Fault as fault:
            self.add(where, fault)
            return None


def command_line(doc: str, *programs: str) -> argparse.ArgumentParser:
    """The command line of a driver: the programs that it needs, by absolute paths. Options are for
    the driver to add. `doc` begins with what it does."""
    parser = argparse.ArgumentParser(description=doc.split("\n", maxsplit=1)[0])
    for program in programs:
        parser.add_argument(program, type=os.path.abspath)
    return parser


@contextlib.contextmanager
def working_folder(name: str):
    """A folder for all that a driver writes, gone at its end."""
    with tempfile.TemporaryDirectory(prefix=f"copydesk-{name}-") as path:
        yield pathlib.Path(path).resolve()


@dataclasses.dataclass
class Done:
    """How a process ended. `code` is negative if a signal ended it."""
    code: int
    out: bytes
    err: str


def call(words: list, timeout: float = TIMEOUT, env: dict = None, **options) -> Done:
    """Runs a command to its end."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
               "check": False, **options}
    try:
        done = subprocess.run([str(word) for word in words], timeout=timeout,
                              env={**os.environ, **(env or {})}, **options)
    except subprocess.TimeoutExpired:
        raise Fault(f"did not end in {timeout} s: {' '.join(map(str, words))}") from None
    return Done(done.returncode, done.stdout or b"", (done.stderr or b"").decode("utf-8", "replace"))


def make_corpus(make_corpus_binary: str, documents: int, *options) -> bytes:
    """Records of invented pages; bench/end_to_end says what is in them."""
    done = call([make_corpus_binary, "--documents", documents, *options])
    check(done.code == 0, f"make_corpus: {done.err}")
    return done.out


# What run.json says that may differ between two runs with the same outcome.
RUN_SETTINGS = re.compile(r"^(threads|memory|batch_documents|batch_bytes|checkpoint_seconds) = .*\n",
                          re.MULTILINE)


def run_file(data: bytes) -> bytes:
    """run.json without its timings and without what the config says of threads, memory, batches
    and checkpoints."""
    content = json.loads(data)
    del content["timings"]
    content["config"] = RUN_SETTINGS.sub("", content["config"])
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def outputs(folder: pathlib.Path) -> dict:
    """All files of an output folder by name, but what is below .work; run.json as run_file() has
    it."""
    found = {}
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.is_file():
            data = path.read_bytes()
            found[path.name] = run_file(data) if path.name == "run.json" else data
    return found


def results(folder: pathlib.Path) -> dict:
    """Those of the files of outputs() that have their final names; nothing if there is no such
    folder."""
    if not folder.exists():
        return {}
    return {name: data for name, data in outputs(folder).items() if not name.endswith(".partial")}


def difference(got: dict, expected: dict) -> str:
    """The first difference of two folders as outputs() gives them, or nothing."""
    for name in sorted(set(got) | set(expected)):
        if got.get(name) == expected.get(name):
            continue
        if name not in got or name not in expected:
            return f"{name} is {'missing' if name not in got else 'there and should not'}"
        ours, theirs = got[name], expected[name]
        at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b),
                  min(len(ours), len(theirs)))
        return (f"{name} differs at byte {at} ({len(ours)} and {len(theirs)} bytes): "
                f"{ours[max(0, at - 60):at + 60]!r} and {theirs[max(0, at - 60):at + 60]!r}")
    return ""


def empty(folder: pathlib.Path) -> pathlib.Path:
    """The folder, without what was in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
