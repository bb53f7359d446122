#!/usr/bin/env python3
"""Lets system calls and allocations fail one by one and looks at what copydesk makes of it.

usage: faults_test.py COPYDESK FAIL_CALLS MAKE_CORPUS [--every] [--only PATTERN] [--jobs N] [--seed N]
                      [--allocations N]

FAIL_CALLS is the library of fail_calls.cc. Each scenario is a command on a small corpus. Its calls of a
kind are counted; then it is run again and again, and the n-th call fails, alone or with all behind it.
Without --every, samples of what there are many of. After each:

  * the process ended by itself, in time, with an exit code of the documentation;
  * exit 2: the message names the path whose call failed, or says what there was not enough of;
  * exit 0 or 3: every byte is right, or the input that could not be read is named;
  * no file stands under its final name but whole ones, and run.json only among those of its run;
  * what the command replaces is still whole, or replaced as a whole;
  * `run`: --resume without the fault finishes with the right bytes; if it says that it cannot,
    --force does. Other commands: run again, they do.
"""

import base64
import collections
import concurrent.futures
import dataclasses
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import threading
import time

from runs import (NAMES, Failures, Fault, call, check, command_line, difference, empty,
                  make_corpus, results, run_file, working_folder)

DOCUMENTED = (0, 1, 2, 3)
CONFIG = "[strip_rules]\nlanguages = [\"en\"]\n"
# So few allocations that --every can let each of them fail.
SMALL_CONFIG = "stages = [\"drop_exact_duplicates\", \"match_reuse\"]\n"
# How calls of a kind may fail, and whether all behind the n-th fail as well.
WAYS = {
    "write": [("EIO", False), ("ENOSPC", True), ("SHORT", False), ("EINTR", False)],
    "read": [("EIO", False), ("EIO", True), ("EINTR", False), ("SHORT", False)],
    "open": [("EMFILE", False), ("EACCES", True)],
    "sync": [("EIO", False), ("ENOSPC", True), ("EINTR", False)],
    "rename": [("EIO", False), ("EACCES", True)],
    "truncate": [("EIO", False)],
    "map": [("ENOMEM", False), ("ENOMEM", True)],
    "remove": [("EIO", False), ("EACCES", True)],
    "mkdir": [("ENOSPC", True)],
    "lock": [("ENOLCK", True)],
    "thread": [("EAGAIN", False), ("EAGAIN", True)],
    "memory": [("ENOMEM", False), ("ENOMEM", True)],
}
# What the program's own work is not stopped by: it is done, and done right.
HARMLESS = {("write", "SHORT"), ("write", "EINTR"), ("read", "EINTR"), ("read", "SHORT"),
            ("sync", "EINTR")}
ALLOCATIONS = 10  # of each way, without --every
SHORTAGE = re.compile("out of memory|not enough memory|Cannot allocate memory|cannot start a thread"
                      "|Resource temporarily unavailable"
                      # toml++ takes its own lack of memory for a fault of the number.
                      "|Error while parsing floating-point: .* could not be interpreted as a value")
# A thread that uses a variable of its own for the first time: glibc ends the process itself.
GLIBC_GAVE_UP = "Fatal glibc error: failed to register TLS destructor: out of memory"
DLOPEN_GAVE_UP = -signal.SIGSEGV  # with no memory at all for its own error, as TBB begins


# What --resume may say if a run over the results of another failed before it was begun.
REFUSALS = re.compile("differs? from (that|those) of the complete run in out: .*; --force starts anew")


@dataclasses.dataclass
class Scenario:
    """A command. Its folder holds in/, config.toml and, for some, the results of an earlier run."""
    name: str
    words: list  # behind the binary; paths below the folder
    out: str  # the folder or file that it makes; "-": standard output
    prepared: str = ""  # a folder that is copied to "out" first
    kinds: tuple = tuple(WAYS)
    normal: int = 0  # exit code without a fault
    samples: int = 3  # calls of each way, without --every
    every_allocation: bool = False  # --every takes all of them, not --allocations
    first_allocations: int = 0  # without --every as well: those of the command line


class Bench:
    def __init__(self, flags, folder: pathlib.Path):
        self.copydesk, self.shim = flags.copydesk, flags.shim
        self.flags, self.folder = flags, folder
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        checkpoints = "[run]\ncheckpoint_seconds = 0\n"
        (folder / "config.toml").write_text(checkpoints + CONFIG, encoding="utf-8")
        (folder / "small.toml").write_text(SMALL_CONFIG + checkpoints, encoding="utf-8")
        self.make_inputs()

    def make_inputs(self) -> None:
        source = empty(self.folder / "in")
        lines = make_corpus(self.flags.make_corpus, 60, "--outlets", "4", "--article-bytes", "1024",
                            "--verbatim", "0.1", "--edited", "0.1").splitlines(keepends=True)
        (source / "a.jsonl").write_bytes(b"".join(lines[:40]))
        # So long that a thread unpacks it, and that an output has more than one buffer.
        noise = base64.b64encode(random.Random(2).randbytes(900_000)).decode()
        record = {**json.loads(lines[40]), "noise": noise}
        (source / "b.jsonl.gz").write_bytes(
            gzip.compress(json.dumps(record).encode() + b"\n" + b"".join(lines[41:]), 1, mtime=0))
        (self.folder / "small.jsonl").write_bytes(
            make_corpus(self.flags.make_corpus, 6, "--outlets", "3", "--article-bytes", "400",
                        "--verbatim", "0.3", "--edited", "0.3"))
        old = empty(self.folder / "old-in")
        (old / "old.jsonl").write_bytes(make_corpus(self.flags.make_corpus, 20, "--seed", "9"))

    def run(self, words: list, folder: pathlib.Path, kind: str = "", at: int = 0, error: str = "",
            on: bool = False, stacks: bool = False):
        env = {}
        report = folder / "report"
        report.unlink(missing_ok=True)
        if kind:
            env = {"LD_PRELOAD": self.shim, "FAIL_CALLS_KINDS": kind, "FAIL_CALLS_AT": str(at),
                   "FAIL_CALLS_REPORT": str(report), "FAIL_CALLS_ERROR": error or "EIO"}
            if on:
                env["FAIL_CALLS_ON"] = "1"
            if stacks:
                env["FAIL_CALLS_STACKS"] = str(folder / "stacks")
        options = {"cwd": folder, "env": env}
        if "-" in words or words[0] == "clean":
            with open(folder / "stdout", "wb") as file:
                done = call([self.copydesk, *words], stdout=file, **options)
        else:
            done = call([self.copydesk, *words], **options)
        lines = report.read_text(errors="replace").splitlines() if report.exists() else []
        failed = [line.split(" ", 2)[1:] for line in lines if line.startswith("failed ")]
        count = next((int(line.split()[1]) for line in lines if line.startswith("count ")), None)
        return done, failed, count

    def prepare(self, scenario: Scenario, folder: pathlib.Path) -> None:
        empty(folder)
        os.symlink(self.folder / "in", folder / "in")
        for name in ("config.toml", "list", "learned.jsonl", "small.toml", "small.jsonl"):
            shutil.copy(self.folder / name, folder / name)
        if scenario.prepared:
            shutil.copytree(self.folder / scenario.prepared, folder / "out")

    def result(self, scenario: Scenario, folder: pathlib.Path, done) -> dict:
        """What the command has made, by name; only what has a final name."""
        if scenario.name == "verify":
            return {"stdout": done.out}
        if scenario.out == "-":
            return {"stdout": (folder / "stdout").read_bytes()}
        path = folder / scenario.out
        if path.is_dir():
            return results(path)
        return {path.name: path.read_bytes()} if path.exists() else {}


def old_results(bench: Bench, flags: list, name: str) -> None:
    done = call([bench.copydesk, "run", "old-in", "--out", name, "-q", "-c", "config.toml", *flags],
                cwd=bench.folder)
    check(done.code == 0, done.err)


def scenarios(bench: Bench) -> list:
    """All of them; makes what they begin with."""
    old_results(bench, [], "old")
    old_results(bench, ["--compress"], "old-packed")
    done = call([bench.copydesk, "run", "in", "--out", "finished", "-q", "-c", "config.toml"],
                cwd=bench.folder)
    check(done.code == 0, done.err)
    done = call([bench.copydesk, "learn", "in", "--out", "learned.jsonl", "-q"], cwd=bench.folder)
    check(done.code == 0, done.err)
    # More than is read at once, with something at the end.
    learned = bench.folder / "learned.jsonl"
    learned.write_bytes(b"# padding\n" * 10_000 + learned.read_bytes())
    (bench.folder / "list").write_text("in/a.jsonl\n" + "\n" * 20_000 + "in/b.jsonl.gz\n")
    common = ["-q", "-c", "config.toml", "--batch", "7"]
    run = ["run", "in", "--out", "out", *common]
    return [
        Scenario("run", [*run, "-j", "2"], "out"),
        Scenario("run one thread", ["run", "@list", "--out", "out", *common, "-j", "1",
                                    "--templates", "learned.jsonl", "--keep-removed"], "out",
                 kinds=("write", "read", "open", "sync", "memory")),
        Scenario("run packed", [*run, "-j", "2", "--compress"], "out",
                 kinds=("write", "sync", "thread", "memory", "map")),
        Scenario("run over", [*run, "-j", "2", "--force"], "out", "old"),
        Scenario("run over packed", [*run, "-j", "2", "--force"], "out", "old-packed",
                 kinds=("rename", "remove", "sync", "open")),
        Scenario("run small", ["run", "small.jsonl", "--out", "out", "-q", "-c", "small.toml",
                               "-j", "1"], "out", kinds=("memory",), every_allocation=True,
                 first_allocations=200),
        Scenario("clean", ["clean", "in", *common, "-j", "2"], "-"),
        Scenario("learn", ["learn", "in", "--out", "templates.jsonl", *common, "-j", "2"],
                 "templates.jsonl"),
        Scenario("verify", ["verify", "out"], "", "finished",
                 kinds=("read", "open", "map", "memory", "thread", "write"), samples=13),
    ]


def half_files(found: dict, wanted: dict, old: dict) -> str:
    """What is not whole among the files with final names."""
    for name, data in found.items():
        if data != wanted.get(name) and data != old.get(name):
            return f"{name} is neither the new file nor the old one ({len(data)} bytes)"
    if "run.json" in found:
        for expected in (wanted, old):
            if expected and found["run.json"] == expected.get("run.json"):
                return difference(found, expected)
    return ""


def names(err: str, path: str, folder: pathlib.Path) -> bool:
    """Whether a message names the path whose call failed."""
    path = path.replace(str(folder.parent) + "/", "").replace(folder.name + "/", "")
    path = re.sub(r"(\.partial|-[A-Za-z0-9X]{6})?( \(deleted\))?$", "", path)
    if path == "stdout" or path.startswith("pipe:"):
        return "output" in err
    if path in (folder.name, str(folder.parent)):
        return " .: " in err or "/..: " in err
    # Files without a name, and what stands for a folder that is searched or removed.
    return path in err or os.path.dirname(path) + ": " in err


def examine(bench: Bench, scenario: Scenario, folder: pathlib.Path, wanted: dict, old: dict,
            case: tuple) -> str:
    """Runs one case. Gives what became of it."""
    kind, at, error, on = case
    bench.prepare(scenario, folder)
    done, failed, _ = bench.run(scenario.words, folder, kind, at, error, on)
    gave_up = GLIBC_GAVE_UP in done.err or (on and done.code == DLOPEN_GAVE_UP and not done.err)
    if kind == "memory" and gave_up:
        if scenario.out not in ("-", ""):
            fault = half_files(bench.result(scenario, folder, done), wanted, old)
            check(not fault, f"{fault}: {done.err}")
        check_again(bench, scenario, folder, wanted, "glibc gave up")
        return "glibc gave up"
    check(done.code >= 0, f"ended by signal {-done.code}: {done.err[-500:]}")
    check(done.code in DOCUMENTED, f"exit {done.code}: {done.err[-500:]}")
    if not failed:
        check(done.code == scenario.normal, f"nothing failed, exit {done.code}: {done.err}")
        return "not reached"
    paths = [rest[0] for _, *rest in failed if rest]
    what = f"{' '.join(failed[0])}: exit {done.code}: {done.err[-500:]!r}"
    found = bench.result(scenario, folder, done)
    whole = not difference(found, wanted)
    if (kind, error) in HARMLESS and not on:
        check(done.code == scenario.normal and whole, f"is not harmless: {what}")
    if done.code == 3 or (done.code == 0 and not whole):
        # An input that cannot be read is named, and the run goes on. What is learned may be the same.
        check(any("/in/" in path or path.startswith("in") for path in paths), f"wrong bytes: {difference(found, wanted)}: {what}")
        check(done.code == 3, f"an input is missing and the exit code is 0: {what}")
        return "input named"
    if done.code == 0:
        return "right"
    if scenario.name == "verify":
        check(done.code == 2, f"verify takes the fault for one of the results: {what}")
    # RE2 may have said something without a line break before.
    check("copydesk: " in done.err, f"no message: {what}")
    if kind in ("memory", "map", "thread"):
        check(SHORTAGE.search(done.err) is not None, f"does not say what is short: {what}")
    else:
        check(any(names(done.err, path, folder) for path in paths), f"the path is not named: {what}")
    if scenario.out not in ("-", "") and not any("in/" in path for path in paths):
        fault = half_files(found, wanted, old)
        check(not fault, f"{fault}: {what}")
    input_failed = kind == "read" and on and any("/in/" in path for path in paths)
    check_again(bench, scenario, folder, wanted, what, input_failed)
    return "failed cleanly"


def check_again(bench: Bench, scenario: Scenario, folder: pathlib.Path, wanted: dict,
                what: str, input_failed: bool = False) -> None:
    """Without the fault all is well: by --resume, or as it says. `input_failed`: an input could not
    be read before the run ended of something else; if it was through with its inputs it stays so."""
    words = list(scenario.words)
    if scenario.words[0] == "run":
        words = [word for word in words if word != "--force"] + ["--resume"]
    elif scenario.words[0] == "learn":
        words.append("--force")
    done, _, _ = bench.run(words, folder)
    # What failed before anything was begun leaves the results of the earlier run.
    if done.code == 2 and "--resume" in words and "--force" in done.err:
        check(REFUSALS.search(done.err) is not None,
              f"--resume is refused: {done.err}; it was {what}")
        check(scenario.prepared, f"--resume calls complete what is not: it was {what}")
        with bench.lock:
            bench.counts["resume refused"] += 1
        words[-1] = "--force"
        done, _, _ = bench.run(words, folder)
    if input_failed and done.code == 3 and words[-1] == "--resume":
        rejected = bench.result(scenario, folder, done).get("rejected.jsonl", b"")
        check(b'"source_failed"' in rejected, f"exit 3, and no input is named; it was {what}")
        words[-1] = "--force"
        done, _, _ = bench.run(words, folder)
    check(done.code == scenario.normal, f"afterwards exit {done.code}: {done.err}; it was {what}")
    fault = difference(bench.result(scenario, folder, done), wanted)
    check(not fault, f"afterwards {fault}; it was {what}")
    if scenario.words[0] == "run":
        left = [name for name in os.listdir(folder / "out")
                if name == ".work" or name.endswith(".partial")]
        check(not left, f"afterwards {left} is left; it was {what}")


def cases_of(bench: Bench, scenario: Scenario, folder: pathlib.Path) -> list:
    flags, cases = bench.flags, []
    for kind in scenario.kinds:
        ways = [(error, on) for error, on in WAYS[kind]
                if re.search(flags.only, f"{scenario.name}/{kind}/{error}")]
        if not ways:
            continue
        bench.prepare(scenario, folder)
        by_stack = kind == "memory" and flags.every
        done, _, count = bench.run(scenario.words, folder, kind, stacks=by_stack)
        check(done.code == scenario.normal and count is not None,
              f"{scenario.name}, {kind}: exit {done.code} under the library: {done.err}")
        for error, on in ways:
            rng = random.Random(f"{flags.seed} {scenario.name} {kind} {error} {on}")
            numbers = list(range(1, count + 1))
            if kind == "memory" and not (flags.every and scenario.every_allocation):
                limit = flags.allocations if flags.every else ALLOCATIONS
            else:
                limit = count if flags.every else scenario.samples
            if limit < count:
                first = numbers[:scenario.first_allocations] if kind == "memory" else []
                stacks = (folder / "stacks").read_text().split() if by_stack else []
                numbers = sorted({*first, *map(int, stacks), *rng.sample(numbers, limit)})
            cases += [(kind, at, error, on) for at in numbers]
    return cases


def main() -> None:
    parser = command_line(__doc__, "copydesk", "shim", "make_corpus")
    parser.add_argument("--every", action="store_true", help="every call, not samples")
    parser.add_argument("--only", default="", help="a pattern: cases in whose `scenario/kind/error` it is found")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--allocations", type=int, default=2000,
                        help="with --every: allocations of each scenario and way, besides one for each "
                             "call stack")
    flags = parser.parse_args()
    start = time.monotonic()
    with working_folder("faults") as work:
        bench = Bench(flags, work)
        table = collections.defaultdict(collections.Counter)
        failures = Failures()
        for scenario in scenarios(bench):
            folder = bench.folder / "work"
            bench.prepare(scenario, folder)
            done, _, _ = bench.run(scenario.words, folder)
            check(done.code == scenario.normal, f"{scenario.name}: exit {done.code}: {done.err}")
            wanted = bench.result(scenario, folder, done)
            bench.prepare(scenario, folder)
            old = bench.result(scenario, folder, done) if scenario.prepared else {}
            cases = cases_of(bench, scenario, folder)

            def one(case, scenario=scenario, wanted=wanted, old=old):
                place = bench.folder / f"work-{threading.get_ident()}"
                try:
                    return case, examine(bench, scenario, place, wanted, old, case), None
                except Fault as fault:
                    return case, "FAULT", str(fault)

            with concurrent.futures.ThreadPoolExecutor(flags.jobs) as pool:
                for case, outcome, fault in pool.map(one, cases):
                    table[case[0]][outcome] += 1
                    if fault:
                        kind, at, error, on = case
                        failures.add(f"{scenario.name}/{kind}/{error} call {at}"
                                     f"{' and all behind it' if on else ''}", fault)
        total = 0
        for kind, outcomes in table.items():
            injected = sum(n for outcome, n in outcomes.items() if outcome != "not reached")
            total += injected
            print(f"{kind:9} {injected:6} injected: "
                  + ", ".join(f"{outcome} {n}" for outcome, n in sorted(outcomes.items())))
        print(f"{total} faults injected, {failures.count} failures, "
              f"{bench.counts['resume refused']} resumes refused, "
              f"{time.monotonic() - start:.0f} s")
    sys.exit(1 if failures.count or not total else 0)


if __name__ == "__main__":
    main()
