#!/usr/bin/env python3
"""Golden runs: whole runs of the command over small corpora, compared byte for byte.

Every case is a folder below tests/golden/cases with

  command    arguments after `copydesk run`, one a line; SAMPLES and CASE stand for these folders
  expected/  the output files but run.json, as they must be

and runs under every number of threads and every batch size below. Usage:

  golden_test.py COPYDESK SOURCE_DIR            compare; exits 1 on a difference
  golden_test.py COPYDESK SOURCE_DIR --accept   write what comes out as expected; read the diff!
"""
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile

THREADS = [1, 4]
BATCHES = [1, 7, 1024]


def outputs(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != "run.json"}


def run(copydesk, case, source, threads, batch, out):
    # From the project's root with relative paths: messages hold paths as they were given.
    words = (case / "command").read_text(encoding="utf-8").split("\n")
    place = str(case.relative_to(source))
    arguments = [w.replace("SAMPLES", "samples").replace("CASE", place) for w in words if w]
    command = [copydesk, "run", *arguments, "--out", str(out), "--quiet",
               "--threads", str(threads), "--batch", str(batch)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"{case.name}: exit {done.returncode}: {' '.join(command)}\n{done.stderr}")
    return outputs(out)


def first_difference(name, got, expected):
    if got is None or expected is None:
        return f"{name}: {'missing' if got is None else 'not expected'}"
    for n, (x, y) in enumerate(itertools.zip_longest(got.split(b"\n"), expected.split(b"\n")), 1):
        if x != y:
            return f"{name}:{n}\n  got      {str(x)[:600]}\n  expected {str(y)[:600]}"
    return f"{name}: differs"


def main(copydesk, source, accept):
    source = pathlib.Path(source).resolve()
    copydesk = str(pathlib.Path(copydesk).resolve())
    faults = runs = 0
    cases = sorted(p for p in (source / "tests/golden/cases").iterdir() if p.is_dir())
    if not cases:
        sys.exit("no golden cases")
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            for threads, batch in itertools.product(THREADS, BATCHES):
                out = pathlib.Path(scratch) / f"{threads}-{batch}"
                got = run(copydesk, case, source, threads, batch, out)
                runs += 1
                if accept:
                    shutil.rmtree(case / "expected", ignore_errors=True)
                    (case / "expected").mkdir()
                    for name, content in got.items():
                        (case / "expected" / name).write_bytes(content)
                    break
                expected = outputs(case / "expected")
                for name in sorted(set(got) | set(expected)):
                    if got.get(name) != expected.get(name):
                        faults += 1
                        difference = first_difference(name, got.get(name), expected.get(name))
                        print(f"{case.name} threads {threads} batch {batch}: {difference}")
    print(f"{len(cases)} cases, {runs} runs, {faults} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    flags = [a for a in sys.argv[1:] if a.startswith("--")]
    words = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(words) != 2 or set(flags) - {"--accept"}:
        sys.exit(__doc__)
    sys.exit(main(words[0], words[1], "--accept" in flags))
