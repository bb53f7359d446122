#!/usr/bin/env python3
"""A disk that is really full, at every size that a run could have needed: the run ends cleanly, and
when there is space again --resume gives the right bytes.

usage: no_space_test.py COPYDESK MAKE_CORPUS [--steps N]

Twice: on a small tmpfs, which is then made larger (needs root and mount; else it says that this part
is left out), and under a limit on the size of files (RLIMIT_FSIZE, which a signal enforces).
"""

import os
import pathlib
import resource
import subprocess
import sys

from runs import (Failures, call, check, command_line, difference, empty, make_corpus, results,
                  working_folder)

CONFIG = "[run]\ncheckpoint_seconds = 0\n"
DOCUMENTS = 400
PAGE = 4096


class Bench:
    def __init__(self, flags, folder: pathlib.Path):
        self.copydesk, self.folder = flags.copydesk, folder
        pages = make_corpus(flags.make_corpus, DOCUMENTS)
        (folder / "pages.jsonl").write_bytes(pages)
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        done = self.run(folder / "whole")
        check(done.code == 0, done.err)
        self.wanted = results(folder / "whole")
        self.largest = max(path.stat().st_size for path in (folder / "whole").iterdir())
        self.needed = sum(path.stat().st_size for path in (folder / "whole").iterdir()) + len(pages)

    def run(self, out: pathlib.Path, *flags, **options):
        return call([self.copydesk, "run", "pages.jsonl", "--out", out, "-q", "-c", "config.toml",
                     "--batch", "32", "--threads", "2", "--ignore-space", *flags], cwd=self.folder,
                    **options)

    def look(self, done, out: pathlib.Path, message: str) -> None:
        """What must hold behind a run that may have failed for want of space."""
        found = results(out)
        for name, data in found.items():
            check(data == self.wanted.get(name), f"{name} is not whole ({len(data)} bytes)")
        if done.code == 0:
            check(not difference(found, self.wanted), "exit 0, and other bytes")
            return
        check(done.code == 2, f"exit {done.code}: {done.err}")
        check("run.json" not in found, "failed, and run.json stands there")
        check(message in done.err, f"does not say {message!r}: {done.err}")
        check(str(out) in done.err, f"names no path: {done.err}")

    def finish(self, out: pathlib.Path) -> None:
        """Goes on where there is space."""
        done = self.run(out, "--resume")
        check(done.code == 0, f"exit {done.code} of --resume: {done.err}")
        fault = difference(results(out), self.wanted)
        check(not fault, f"behind --resume {fault}")
        left = [name for name in os.listdir(out) if name == ".work" or name.endswith(".partial")]
        check(not left, f"{left} is left")


def file_limits(bench: Bench, steps: int) -> str:
    """No file may become longer than so much."""
    failed = 0
    for step in range(steps):
        size = PAGE + bench.largest * 2 * step // (steps - 1)
        out = empty(bench.folder / "out")
        out.rmdir()

        def limit(most=size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

        done = bench.run(out, preexec_fn=limit)
        check(done.code >= 0, f"{size}: ended by signal {-done.code}")
        failed += done.code != 0
        bench.look(done, out, "File too large")
        if done.code != 0:
            bench.finish(out)
    check(0 < failed < steps, f"{failed} of {steps} runs failed; the sizes say nothing")
    return f"{steps} limits on files, {failed} runs failed cleanly and were finished"


def mount(place: pathlib.Path, size: int, remount: bool = False) -> bool:
    options = f"size={size // PAGE * PAGE},mode=700" + (",remount" if remount else "")
    words = ["mount", "-t", "tmpfs", "-o", options, "copydesk-test", str(place)]
    return subprocess.run(words, stderr=subprocess.PIPE, check=False).returncode == 0


def full_disks(bench: Bench, steps: int) -> str:
    """File systems of so many bytes."""
    place = empty(bench.folder / "disk")
    if os.geteuid() != 0 or not mount(place, 1 << 20):
        return "left out: a small file system cannot be mounted here (needs root and mount)"
    failed = 0
    try:
        for step in range(steps):
            size = PAGE * 8 + bench.needed * 6 // 5 * step // (steps - 1)
            check(mount(place, size, remount=True), "the file system cannot be made smaller")
            out = place / "out"
            done = bench.run(out)
            failed += done.code != 0
            bench.look(done, out, "No space left on device")
            check(mount(place, 4 * bench.needed, remount=True), "it cannot be made larger")
            if done.code != 0:
                bench.finish(out)
            for name in os.listdir(out):
                (out / name).unlink()
            out.rmdir()
    finally:
        subprocess.run(["umount", str(place)], check=False)
    check(0 < failed < steps, f"{failed} of {steps} runs failed; the sizes say nothing")
    return f"{steps} sizes of a file system, {failed} runs failed cleanly and were finished"


def main() -> None:
    parser = command_line(__doc__, "copydesk", "make_corpus")
    parser.add_argument("--steps", type=int, default=12, help="sizes that are tried, from 2")
    flags = parser.parse_args()
    failures = Failures()
    with working_folder("space") as folder:
        bench = Bench(flags, folder)
        for part in (file_limits, full_disks):
            counts = failures.attempt(part.__name__, part, bench, flags.steps)
            if counts is not None:
                print(counts)
    sys.exit(1 if failures.count else 0)


if __name__ == "__main__":
    main()
