#!/usr/bin/env python3
"""Kills `copydesk run` at random moments, and goes on with --resume until it is complete.

usage: kill_test.py COPYDESK MAKE_CORPUS [--kills N] [--seed N] [--documents N] [--keep-going]

A run is begun in an empty folder or over the results of another one, and killed (SIGKILL) after a
random time; --resume goes on, with other threads and batches, and is killed again, up to six times;
then it may finish. After every kill no file stands under its final name but whole ones, and run.json
only among those of its run; at the end every byte is that of a run nobody disturbed. Checkpoints are
taken after every batch. Then, and this is all there is with --kills 0: interrupts, two runs in one
folder, and everything that --resume must refuse.
"""

import collections
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

from runs import (NAMES, TIMEOUT, Failures, call, check, command_line, difference, empty,
                  make_corpus, results, working_folder)

CONFIG = "[run]\ncheckpoint_seconds = 0\n"
MOST_KILLS = 6  # of one run
FLAGS = ((), ("--keep-removed",), ("--compress",))


def default_signals() -> None:
    """Whoever ignores interrupts hands that down."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Bench:
    def __init__(self, flags, folder: pathlib.Path):
        self.copydesk, self.folder = flags.copydesk, folder
        self.rng = random.Random(flags.seed)
        pages = make_corpus(flags.make_corpus, flags.documents)
        lines = pages.splitlines(keepends=True)
        lines.insert(len(lines) // 2, b'{"id":"broken","text":\n')
        (folder / "in").mkdir()
        for number in range(3):
            part = lines[len(lines) * number // 3:len(lines) * (number + 1) // 3]
            (folder / "in" / f"{number}.jsonl").write_bytes(b"".join(part))
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        (folder / "old.jsonl").write_bytes(b"".join(lines[:100]))
        self.wanted, self.seconds = {}, 0.0
        for variant in FLAGS:
            start = time.monotonic()
            done = self.run("whole", *variant)
            self.seconds = max(self.seconds, time.monotonic() - start)
            check(done.code == 3, f"exit {done.code}: {done.err}")
            self.wanted[variant] = self.found("whole")
            shutil.rmtree(folder / "whole")
        done = call([self.copydesk, "run", "old.jsonl", "--out", "old", "-q"], cwd=folder)
        check(done.code == 0, done.err)
        self.old = self.found("old")

    def words(self, out: str, *flags, inputs=("in",), threads: int = 2, batch: int = 64) -> list:
        return [self.copydesk, "run", *inputs, "--out", out, "-q", "-c", "config.toml", "--threads",
                str(threads), "--batch", str(batch), *flags]

    def run(self, out: str, *flags, **options):
        return call(self.words(out, *flags, **options), cwd=self.folder)

    def start(self, out: str, *flags, stdin=subprocess.DEVNULL, **options) -> subprocess.Popen:
        return subprocess.Popen(self.words(out, *flags, **options), cwd=self.folder, stdin=stdin,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=default_signals)

    def found(self, out: str) -> dict:
        return results(self.folder / out)

    def begin_and_kill(self, out: str, *flags, **options) -> None:
        """A run that has a checkpoint and is dead."""
        process = self.start(out, *flags, **options)
        await_file(self.folder / out / ".work" / "checkpoint", process)
        process.kill()
        process.communicate()


def await_file(path: pathlib.Path, process: subprocess.Popen) -> None:
    """Waits until a run has written something there."""
    end = time.monotonic() + TIMEOUT
    while not path.exists() or path.stat().st_size == 0:
        check(process.poll() is None, f"the run ended before there was {path.name}")
        check(time.monotonic() < end, f"there is no {path.name}")
        time.sleep(0.002)


def moment(out: pathlib.Path) -> str:
    """How far a run came, by what lies in its folder."""
    names = set(os.listdir(out)) if out.exists() else set()
    work = set(os.listdir(out / ".work")) if ".work" in names else set()
    if "run" not in work:
        return "complete" if "run.json" in names else "start"
    if any(f"{name}.jsonl" in names or f"{name}.jsonl.zst" in names for name in NAMES) and (
            "run.json" not in names and "run.json.partial" in names):
        return "names"
    if "run.json.partial" in names:
        return "write"
    if "decisions-2" in work:
        # The last phase writes these.
        grown = any((out / name).stat().st_size for name in names
                    if name.startswith("audit.jsonl") and name.endswith(".partial"))
        return "write" if grown else "clean and match"
    return "read" if "checkpoint" in work else "start"


def check_names(found: dict, wanted: dict, old: dict) -> None:
    """Whole files only, and run.json only among its own."""
    for name, data in found.items():
        check(data in (wanted.get(name), old.get(name)), f"{name} is not whole ({len(data)} bytes)")
    if "run.json" in found:
        expected = wanted if found["run.json"] == wanted["run.json"] else old
        fault = difference(found, expected)
        check(not fault, f"run.json stands there, and {fault}")


def one_run(bench: Bench, kills: int, tally: collections.Counter) -> int:
    """A run that is killed up to so many times. Gives how often it was."""
    rng, out = bench.rng, bench.folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    variant = rng.choice(FLAGS)
    wanted, old = bench.wanted[variant], {}
    first = list(variant)
    if rng.random() < 0.4:
        shutil.copytree(bench.folder / "old", out)
        old = bench.old
        first.append("--force")
    killed = 0
    flags = first
    limit = min(kills, rng.randint(1, MOST_KILLS))
    while True:
        options = {"threads": rng.choice((1, 2, 3, 8)), "batch": rng.choice((16, 64, 300))}
        process = bench.start("out", *flags, **options)
        # Where it is resumed there is less to do. The ends of phases are short, and matter.
        wait = rng.uniform(0, bench.seconds * (1.2 if killed == 0 else 0.8))
        try:
            _, err = process.communicate(timeout=wait if killed < limit else TIMEOUT)
        except subprocess.TimeoutExpired:
            check(killed < limit, "does not end")
            process.kill()
            process.communicate()
            killed += 1
            tally[moment(out)] += 1
            check_names(bench.found("out") if out.exists() else {}, wanted, old)
            # A run that had not begun to own the folder leaves the old results.
            began = (out / ".work").exists() or not old
            flags = [*variant, "--resume"] if began and out.exists() else first
            continue
        err = err.decode()
        if process.returncode == 0 and "--resume" in flags:
            break  # it was killed behind its last step
        if process.returncode == 2 and old and "of the complete run in " in err:
            flags = first  # it was killed before it wrote down what it was to do
            continue
        check(process.returncode == 3, f"exit {process.returncode} with {flags}: {err}")
        break
    tally["resumes"] += killed
    fault = difference(bench.found("out"), wanted)
    check(not fault, f"after {killed} kills: {fault}")
    left = [name for name in os.listdir(out) if name == ".work" or name.endswith(".partial")]
    check(not left, f"after {killed} kills {left} is left")
    return killed


# ----- what else may happen to a run ------------------------------------------------------------


def interrupted(bench: Bench) -> None:
    """One interrupt: a clean end that can be resumed. Two: at once."""
    wanted = bench.wanted[()]
    for number in (signal.SIGINT, signal.SIGTERM):
        empty(bench.folder / "out").rmdir()
        process = bench.start("out")
        await_file(bench.folder / "out" / ".work" / "checkpoint", process)
        process.send_signal(number)
        _, err = process.communicate(timeout=TIMEOUT)
        if process.returncode == 3:
            continue  # it was done before it looked
        check(process.returncode == 130, f"exit {process.returncode} after {number}: {err}")
        check(b"--resume" in err, f"does not say how to go on: {err}")
        check_names(bench.found("out"), wanted, {})
        done = bench.run("out", "--resume")
        check(done.code == 3, f"exit {done.code}: {done.err}")
        check(not difference(bench.found("out"), wanted), "other bytes after an interrupt")
    empty(bench.folder / "out").rmdir()
    # It waits for input, so that it cannot end by itself.
    process = bench.start("out", inputs=("-",), stdin=subprocess.PIPE)
    await_file(bench.folder / "out" / ".work" / "lock", process)
    process.send_signal(signal.SIGSTOP)  # both are there before it can look
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.15)  # sooner would count as the same
    process.send_signal(signal.SIGINT)
    process.wait(TIMEOUT)
    process.stdin.close()
    check(process.returncode in (130, -signal.SIGINT), f"exit {process.returncode}")
    process.stdout.close()
    process.stderr.close()


def two_at_once(bench: Bench) -> None:
    """The second is refused, the first unharmed."""
    empty(bench.folder / "out").rmdir()
    first = bench.start("out", inputs=("-",), stdin=subprocess.PIPE)
    data = b"".join((bench.folder / "in" / f"{n}.jsonl").read_bytes() for n in range(3))
    half = len(data) // 2
    first.stdin.write(data[:half])
    first.stdin.flush()
    # There are no checkpoints of what cannot be read again.
    await_file(bench.folder / "out" / ".work" / "records", first)
    for flag in ("--force", "--resume"):
        done = bench.run("out", flag)
        check(done.code == 2, f"exit {done.code} of a second run with {flag}: {done.err}")
        check(re.search(rf"another run is writing here \(process {first.pid} on host \S+ ",
                        done.err) is not None, f"does not name the other run: {done.err}")
    _, err = first.communicate(data[half:], timeout=TIMEOUT)
    check(first.returncode == 3, f"exit {first.returncode} of the first run: {err}")
    expected = {name: content for name, content in bench.wanted[()].items()
                if name not in ("run.json", "rejected.jsonl")}
    got = {name: content for name, content in bench.found("out").items() if name in expected}
    check(not difference(got, expected), "the first run was harmed")


def refusals(bench: Bench) -> int:
    """What is not the same run is not resumed, and nothing is lost by asking. Gives how many."""
    source = bench.folder / "in" / "1.jsonl"
    kept = source.read_bytes()
    config = bench.folder / "config.toml"
    patched = bench.folder / "copydesk-of-tomorrow"

    def resume(pattern: str, *flags, **options) -> None:
        before = {path: path.read_bytes() for path in (bench.folder / "out" / ".work").iterdir()}
        done = bench.run("out", "--resume", *flags, **options)
        check(done.code == 2, f"exit {done.code}, wanted a refusal with {pattern!r}: {done.err}")
        check(re.search(pattern, done.err) is not None, f"{pattern!r} is not in {done.err!r}")
        after = {path: path.read_bytes() for path in (bench.folder / "out" / ".work").iterdir()}
        before.pop(bench.folder / "out/.work/lock", None)
        after.pop(bench.folder / "out/.work/lock", None)
        check(before == after, "a refusal has changed the work files")

    def begin() -> None:
        shutil.rmtree(bench.folder / "out", ignore_errors=True)
        bench.begin_and_kill("out")

    def finish(expected: dict) -> None:
        done = bench.run("out", "--resume")
        check(done.code == 3, f"exit {done.code}: {done.err}")
        check(not difference(bench.found("out"), expected), "other bytes after refusals")

    begin()
    status = source.stat()
    times = (status.st_atime_ns, status.st_mtime_ns)
    os.utime(source, ns=(times[0], times[1] + 1_000_000_000))
    resume("in/1.jsonl")
    source.write_bytes(kept + b"\n")
    os.utime(source, ns=times)
    resume("in/1.jsonl")
    source.write_bytes(kept)
    os.utime(source, ns=times)
    resume("keep_removed", "--keep-removed")
    resume("compress", "--compress")
    config.write_text(CONFIG + "[drop_short]\nmin_words = 3\n", encoding="utf-8")
    resume("min_words")
    config.write_text(CONFIG, encoding="utf-8")
    resume("old.jsonl|input", inputs=("in", "old.jsonl"))
    resume("input", inputs=("in/0.jsonl", "in/1.jsonl"))
    resume("in/", inputs=("in/1.jsonl", "in/0.jsonl", "in/2.jsonl"))
    data = pathlib.Path(bench.copydesk).read_bytes()
    version = call([bench.copydesk, "--version"]).out.decode().split()[-1].encode()
    check(b"copydesk " + version in data, "the version does not stand in the binary")
    newer = version[:-1] + bytes([version[-1] ^ 1])
    patched.write_bytes(data.replace(b"copydesk " + version, b"copydesk " + newer))
    patched.chmod(0o755)
    real, bench.copydesk = bench.copydesk, str(patched)
    resume(re.escape(version.decode()))
    bench.copydesk = real
    done = bench.run("out")
    check(done.code == 2 and "--resume" in done.err and "--force" in done.err,
          f"a run over an unfinished one: exit {done.code}: {done.err}")
    finish(bench.wanted[()])
    done = bench.run("out", "--resume")
    check(done.code == 3, f"exit {done.code} for a complete run that had 3: {done.err}")
    done = bench.run("out", "--resume", "--keep-removed")
    check(done.code == 2 and "complete" in done.err, f"exit {done.code}: {done.err}")
    check(not difference(bench.found("out"), bench.wanted[()]), "a complete run has changed")
    count = 12

    # Damage is noticed, wherever it is: refused, or of no meaning for the outcome.
    for name in ("checkpoint", "run", "records", "decisions-1"):
        for how in ("flip", "cut", "gone"):
            begin()
            path = bench.folder / "out" / ".work" / name
            if not path.exists():
                continue
            content = bytearray(path.read_bytes())
            if how == "gone":
                path.unlink()
            elif how == "cut":
                path.write_bytes(content[:len(content) // 2])
            elif content:
                content[len(content) // 3] ^= 0x40
                path.write_bytes(content)
            done = bench.run("out", "--resume")
            count += 1
            if done.code == 2:
                check("--force" in done.err, f"{name} {how}: does not say what to do: {done.err}")
                done = bench.run("out", "--force")
            check(done.code == 3, f"{name} {how}: exit {done.code}: {done.err}")
            fault = difference(bench.found("out"), bench.wanted[()])
            check(not fault, f"{name} {how}: {fault}")

    # What came through a pipe is gone.
    shutil.rmtree(bench.folder / "out")
    process = bench.start("out", inputs=("-",), stdin=subprocess.PIPE)
    process.stdin.write(kept)
    process.stdin.flush()
    await_file(bench.folder / "out" / ".work" / "run", process)
    process.kill()
    process.communicate()
    resume("standard input|pipe", inputs=("-",))
    done = bench.run("out", "--force")
    check(done.code == 3, f"exit {done.code}: {done.err}")
    check(not difference(bench.found("out"), bench.wanted[()]), "other bytes after --force")
    return count + 1


def main() -> None:
    parser = command_line(__doc__, "copydesk", "make_corpus")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=1200)
    flags = parser.parse_args()
    failures = Failures()
    with working_folder("kill") as folder:
        bench = Bench(flags, folder)
        tally = collections.Counter()
        kills = runs = 0
        while kills < flags.kills:
            runs += 1
            done = failures.attempt(f"run {runs}", one_run, bench, flags.kills - kills, tally)
            kills += 1 if done is None else done
        resumes = tally.pop("resumes", 0)
        moments = ", ".join(f"{where} {count}" for where, count in sorted(tally.items()))
        print(f"{kills} kills ({moments}), {runs} runs, {resumes} resumes, {failures.count} "
              "differences")
        for part in (interrupted, two_at_once, refusals):
            before = failures.count
            count = failures.attempt(part.__name__, part, bench)
            if failures.count == before:
                print(f"{part.__name__}: fine" + (f", {count} cases" if count else ""))
    sys.exit(1 if failures.count else 0)


if __name__ == "__main__":
    main()
