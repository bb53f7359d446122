#!/usr/bin/env python3
"""Loss of power: what was not synced is gone, and --resume still gives the right bytes.

usage: power_test.py COPYDESK FAIL_CALLS MAKE_CORPUS [--every] [--samples N] [--seed N] [--only N]

FAIL_CALLS (fail_calls.cc) writes down every call that changes what a disk holds, and kills the run
before the n-th. Then the folder is changed to what a disk may hold that lost its power there:

  * of each file what was there when it was last synced; behind it nothing, zeros, or a part;
  * of names given, changed and removed those before the last sync of their folder, and of those
    since then none, all, or of each file the first few: nothing orders those of one file and
    another.

Files under final names must be whole, run.json must be among its own, and --resume must finish with
the right bytes; what a run has finished must be there as it is. Every second run begins over the
results of another, in a folder whose own name was not synced; every third is cut off twice.
"""

import collections
import dataclasses
import os
import pathlib
import random
import shutil
import sys

from runs import (Failures, call, check, command_line, difference, empty, make_corpus, outputs,
                  results, working_folder)

CONFIG = "[run]\ncheckpoint_seconds = 0\n[strip_rules]\nlanguages = [\"en\"]\n"
KINDS = "write,sync,rename,truncate,remove,mkdir"
FLAGS = ((), ("--compress",))


@dataclasses.dataclass
class File:
    """A file as the disk has it."""
    path: str
    size: int = 0  # as programs see it
    synced: int = 0  # bytes from its begin that are durable


@dataclasses.dataclass
class Change:
    """A change of names that is not durable yet."""
    kind: str
    path: str
    to: str = ""
    replaced: str = ""  # what a rename took away or a remove removed: where it is kept
    file: File = None  # the file of that

    def stem(self) -> str:
        """The same for a file and what it was before it was complete."""
        return self.path.removesuffix(".partial")


class Disk:
    """Follows a trace."""

    def __init__(self, folder: pathlib.Path, saved: pathlib.Path):
        self.folder, self.saved = folder, saved
        self.files = {}
        self.changes = []
        for path in (path for path in folder.rglob("*") if path.is_file()):
            size = path.stat().st_size
            self.files[str(path)] = File(str(path), size, size)
        self.renames_checked = 0

    def follow(self, trace: str) -> None:
        for number, line in enumerate(trace.splitlines(), 1):
            kind, path, detail = line.split("\t")
            if path.endswith(" (deleted)"):
                continue
            if path not in self.files and kind in ("write", "truncate"):
                continue  # a pipe
            getattr(self, kind)(path, detail, number)

    def create(self, path: str, detail: str, _) -> None:
        file = self.files.get(path)
        if file is None:
            self.files[path] = File(path)
            self.changes.append(Change("create", path))
        elif detail == "truncate":
            file.size = file.synced = 0

    def write(self, path: str, detail: str, _) -> None:
        # What is written over durable bytes (only the lock file is, and it is smaller than a sector)
        # stands there or what it was written over.
        file, (offset, size) = self.files[path], map(int, detail.split())
        file.size = max(file.size, offset + size)

    def truncate(self, path: str, detail: str, _) -> None:
        file = self.files[path]
        file.size = int(detail)
        file.synced = min(file.synced, file.size)

    def sync(self, path: str, _, __) -> None:
        if path in self.files:
            self.files[path].synced = self.files[path].size
            return
        # Renames stay in their folder.
        self.changes = [change for change in self.changes if os.path.dirname(change.path) != path]

    def rename(self, path: str, to: str, number: int) -> None:
        file = self.files.pop(path, None)
        if file is None:
            return
        check(file.synced == file.size,
              f"{os.path.basename(to)} gets its name before it is synced: {file}")
        if os.path.basename(to) == "checkpoint":
            fresh = [change.path for change in self.changes if change.kind == "create"
                     and os.path.dirname(change.path) == os.path.dirname(to)
                     and change.path != path]
            fresh += [change.path for change in self.changes if change.kind == "mkdir"
                      and to.startswith(change.path + "/")]
            check(not fresh, f"the checkpoint gets its name before the names are synced of {fresh}")
        self.renames_checked += 1
        old = self.files.get(to)
        self.changes.append(Change("rename", path, to, str(self.saved / str(number)), old))
        file.path = to
        self.files[to] = file

    def remove(self, path: str, _, number: int) -> None:
        file = self.files.pop(path, None)
        self.changes.append(Change("remove", path, "", str(self.saved / str(number)), file))

    def mkdir(self, path: str, _, __) -> None:
        self.changes.append(Change("mkdir", path))

    def survivors(self, rng: random.Random) -> list:
        """Of each file the first changes, of the others none."""
        counts = collections.Counter(change.stem() for change in self.changes)
        left = {stem: rng.randint(0, counts[stem]) for stem in sorted(counts)}
        found = []
        for change in self.changes:
            if left[change.stem()] > 0:
                found.append(change)
            left[change.stem()] -= 1
        return found

    def lose_power(self, rng: random.Random, how: str = "") -> str:
        """Makes the folder what the disk has. Gives what was lost."""
        how = how or rng.choice(("nothing", "all", "some"))
        survivors = {"nothing": [], "all": self.changes}.get(how)
        if survivors is None:
            survivors = self.survivors(rng)
        kept_changes = {id(change) for change in survivors}
        undone = [change for change in self.changes if id(change) not in kept_changes]
        for change in reversed(undone):
            self.undo(change)
        lost = 0
        for file in self.files.values():
            path = pathlib.Path(file.path)
            if not path.exists():
                continue
            data = path.read_bytes()
            if len(data) <= file.synced:
                continue
            lost += len(data) - file.synced
            kept = data[:file.synced]
            how = rng.choice(("cut", "zeros", "part"))
            if how == "zeros":
                kept += bytes(len(data) - file.synced)
            elif how == "part":
                kept += data[file.synced:rng.randint(file.synced, len(data))]
            path.write_bytes(kept)
        return f"{lost} bytes and {len(undone)} of {len(self.changes)} changes of names"

    def undo(self, change: Change) -> None:
        if change.kind == "create":
            self.files.pop(change.path, None)
            pathlib.Path(change.path).unlink(missing_ok=True)
        elif change.kind == "mkdir":
            shutil.rmtree(change.path, ignore_errors=True)
        elif change.kind == "rename":
            if os.path.exists(change.to):
                os.rename(change.to, change.path)
            file = self.files.pop(change.to, None)
            if file is not None:
                file.path = change.path
                self.files[change.path] = file
            self.put_back(change, change.to)
        elif change.kind == "remove":
            self.put_back(change, change.path)

    def put_back(self, change: Change, path: str) -> None:
        if change.file is None or not os.path.exists(change.replaced):
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.exists(path):
            os.link(change.replaced, path)
        change.file.path = path
        self.files[path] = change.file


class Bench:
    def __init__(self, flags, folder: pathlib.Path):
        self.copydesk, self.shim = flags.copydesk, flags.shim
        # The run makes the output folder and the one around it.
        self.folder, self.disk, self.out = folder, folder / "disk", folder / "disk" / "a" / "out"
        empty(self.disk)
        pages = make_corpus(flags.make_corpus, 150, "--article-bytes", "2048", "--outlets", "6")
        (folder / "pages.jsonl").write_bytes(pages)
        (folder / "old.jsonl").write_bytes(b"".join(pages.splitlines(keepends=True)[:30]))
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        self.wanted = {}
        for variant in FLAGS:
            done = call(self.words(*variant), cwd=folder)
            check(done.code == 0, done.err)
            self.wanted[variant] = outputs(self.out)
            empty(self.disk)
        done = call([self.copydesk, "run", "old.jsonl", "--out", "old", "-q"], cwd=folder)
        check(done.code == 0, done.err)
        self.old = outputs(folder / "old")
        self.renames = 0
        self.is_fresh = False  # the name of the output folder may be lost

    def words(self, *flags) -> list:
        return [self.copydesk, "run", "pages.jsonl", "--out", self.out, "-q", "-c", "config.toml",
                "--threads", "1", "--batch", "32", *flags]

    def put_old(self) -> None:
        """The results of another run, in a folder that was made a moment ago."""
        shutil.copytree(self.folder / "old", self.out)
        self.is_fresh = True

    def traced(self, at: int, *flags):
        """A run that is killed before call `at` (0: it is not). Gives how it ended, the disk, and
        the number of calls."""
        saved = empty(self.folder / "saved")
        trace, report = self.folder / "trace", self.folder / "report"
        for path in (trace, report):
            path.unlink(missing_ok=True)
        disk = Disk(self.disk, saved)
        if self.is_fresh:
            disk.changes.append(Change("mkdir", str(self.out)))
            self.is_fresh = False
        done = call(self.words(*flags), cwd=self.folder, env={
            "LD_PRELOAD": self.shim, "FAIL_CALLS_KINDS": KINDS, "FAIL_CALLS_AT": str(at),
            "FAIL_CALLS_ERROR": "KILL", "FAIL_CALLS_UNDER": str(self.disk),
            "FAIL_CALLS_TRACE": str(trace), "FAIL_CALLS_SAVE": str(saved),
            "FAIL_CALLS_REPORT": str(report)})
        disk.follow(trace.read_text() if trace.exists() else "")
        self.renames += disk.renames_checked
        # Before the first call behind a work file was made: nothing says yet that it is there.
        calls = 0
        self.behind_creates = set()
        for line in trace.read_text().splitlines() if trace.exists() else []:
            if line.startswith("create\t") and "/.work/" in line:
                self.behind_creates.add(calls + 1)
            calls += line.split("\t")[0] in KINDS.split(",")
        lines = report.read_text().splitlines() if report.exists() else []
        count = next((int(line.split()[1]) for line in lines if line.startswith("count ")), None)
        return done, disk, count

    def found(self) -> dict:
        return results(self.out)

    def check_names(self, wanted: dict, old: dict, when: str) -> None:
        found = self.found()
        for name, data in found.items():
            check(data in (wanted.get(name), old.get(name)),
                  f"{when}: {name} is not whole ({len(data)} bytes)")
        if "run.json" in found:
            expected = wanted if found["run.json"] == wanted["run.json"] else old
            fault = difference(found, expected)
            check(not fault, f"{when}: run.json stands there, and {fault}")


def one_loss(bench: Bench, variant: tuple, over: bool, at: int, rng: random.Random) -> str:
    empty(bench.disk)
    wanted, old = bench.wanted[variant], bench.old if over else {}
    flags = [*variant, "--force"] if over else list(variant)
    if over:
        bench.put_old()
    done, disk, _ = bench.traced(at, *flags)
    check(done.code in (-9, 0), f"exit {done.code}: {done.err}")
    if done.code == 0:
        return "not reached"
    lost = disk.lose_power(rng)
    bench.check_names(wanted, old, f"having lost {lost}")
    if at % 3 == 0:
        again, disk, _ = bench.traced(rng.randint(1, 60), *variant, "--resume")
        check(again.code in (-9, 0, 2), f"exit {again.code} of the first --resume: {again.err}")
        if again.code == -9:
            lost += ", then " + disk.lose_power(rng)
            bench.check_names(wanted, old, f"having lost {lost}")
    outcome = "was complete" if not difference(bench.found(), wanted) else "resumed"
    done = call(bench.words(*variant, "--resume"), cwd=bench.folder)
    if done.code == 2 and " of the complete run in " in done.err:
        found = bench.found()
        check(not difference(found, old), f"calls itself complete: {done.err}, having lost {lost}")
        done = call(bench.words(*variant, "--force"), cwd=bench.folder)
        outcome = "had not begun"
    check(done.code == 0, f"exit {done.code}: {done.err}, having lost {lost}")
    fault = difference(bench.found(), wanted)
    check(not fault, f"{fault}, having lost {lost}")
    left = [name for name in os.listdir(bench.out)
            if name == ".work" or name.endswith(".partial")]
    check(not left, f"{left} is left, having lost {lost}")
    return outcome


def main() -> None:
    parser = command_line(__doc__, "copydesk", "shim", "make_corpus")
    parser.add_argument("--every", action="store_true", help="before every call")
    parser.add_argument("--samples", type=int, default=5, help="losses of each kind of run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, default=0, help="only before this call")
    flags = parser.parse_args()
    failures, tally = Failures(), collections.Counter()
    with working_folder("power") as folder:
        bench = Bench(flags, folder)
        for variant in FLAGS:
            for over in (False, True):
                rng = random.Random(f"{flags.seed} {variant} {over}")
                empty(bench.disk)
                if over:
                    bench.put_old()
                done, disk, count = bench.traced(0, *variant, *(["--force"] if over else []))
                check(done.code == 0 and count, f"exit {done.code} under the library: {done.err}")
                lost = disk.lose_power(rng, "nothing")
                fault = difference(bench.found(), bench.wanted[variant])
                check(not fault, f"{fault}, having lost {lost} after the end")
                numbers = list(range(1, count + 1))
                if flags.only:
                    numbers = [flags.only]
                elif not flags.every:
                    chosen = rng.sample(numbers, min(flags.samples, count))
                    numbers = sorted(set(chosen) | bench.behind_creates)
                for at in numbers:
                    # Of each its own, so that --only gives the same again.
                    rng = random.Random(f"{flags.seed} {variant} {over} {at}")
                    where = (f"{' '.join(variant)}{' over old results' if over else ''} "
                             f"before call {at} of {count}")
                    outcome = failures.attempt(where, one_loss, bench, variant, over, at, rng)
                    if outcome is not None:
                        tally[outcome] += 1
        outcomes = ", ".join(f"{outcome} {n}" for outcome, n in sorted(tally.items()))
        print(f"{sum(tally.values()) + failures.count} losses of power ({outcomes}), {bench.renames} "
              f"renames of synced files, {failures.count} failures")
    sys.exit(1 if failures.count or not tally else 0)


if __name__ == "__main__":
    main()
