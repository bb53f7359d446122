#!/usr/bin/env python3
"""Measures the whole copydesk binary on the documented path, beside the roofline.

    run_benchmark.py --build build/release [--quick] [--corpus FILE] [--against BINARY]

The build folder holds copydesk and what bench/end_to_end builds. One line a measure goes to
standard output, "name value unit"; bench/README.md says what each means. Everything else goes to
standard error. The exit code is 1 if a result was wrong, and then no figure is printed.

The main commands run once before the clock counts: that warms the page cache, and their results are
checked. Then all commands run in turns, the order reversed in every other round, the roofline
before each, until the time is used up. After each run the SHA-256 of its outputs must be that of
the first. Each command also runs over one document alone: what that takes is its startup.
"""

import argparse
import collections
import hashlib
import itertools
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

MB = 1e6
MIB = 1 << 20
MIN_RECALL = 0.95  # of the planted copies of each kind
FILES_BY_COUNT = {"clean": "kept", "dropped": "dropped", "rejected": "rejected",
                  "audit": "documents"}
TOOLS = "bench/end_to_end"  # where in the build folder make_corpus and roofline are
REUSE_STAGES = ["drop_exact_duplicates", "match_reuse"]


class WrongResult(Exception):
    """A command failed or its result is not right: nothing it did may be timed."""


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- Commands -------------------------------------------------------------------------------------

# others_seconds: CPU time that other processes of the machine used meanwhile.
Run = collections.namedtuple("Run", "seconds cpu_seconds others_seconds peak_bytes")


class Command:
    """Something to run and time. `out` is the file or folder it writes; gone before each run."""

    def __init__(self, name, words, out, cores=1, stdout=None):
        self.name = name
        self.words = [str(word) for word in words]
        self.out = pathlib.Path(out)
        self.cores = cores
        self.stdout = stdout  # a file, if the result goes to standard output
        self.digest = None    # of the outputs, after the first run
        self.runs = []        # those that count
        self.twin = None      # the same over one document: what a run costs before it begins

    def make_twin(self, corpus, one):
        """The command over the file `one` instead of `corpus`."""
        out = self.out.with_name(f"twin_{self.out.name}")
        words = [{str(corpus): str(one), str(self.out): str(out)}.get(word, word)
                 for word in self.words]
        self.twin = Command(f"{self.name} of one document", words, out, self.cores,
                            out if self.stdout else None)

    def of(self, what, pick=statistics.median):
        return pick(getattr(run, what) for run in self.runs)

    def steady(self, what, pick=statistics.median):
        """What the documents took: without what the command takes for one."""
        return max(self.of(what, pick) - self.twin.of(what, pick), 1e-6)


class Machine:
    """Which cores to use: different ones, not two threads of one, where the machine has them."""

    def __init__(self):
        free = sorted(os.sched_getaffinity(0))
        self.cores = [free[0]]
        siblings = self._siblings(free[0])
        others = [core for core in free[1:] if core not in siblings] or free[1:]
        self.cores += others[:1]

    @staticmethod
    def _siblings(core):
        path = f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list"
        try:
            text = pathlib.Path(path).read_text()
        except OSError:
            return {core}
        found = set()
        for part in text.strip().split(","):
            first, _, last = part.partition("-")
            found.update(range(int(first), int(last or first) + 1))
        return found

    def pin(self, count):
        return ["taskset", "-c", ",".join(str(core) for core in self.cores[:count])]


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def busy_seconds():
    """CPU time that was used or stolen since the machine started, over all cores."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, irq, softirq, steal, *_ = map(int, stat.readline().split()[1:])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def execute(command, machine):
    """Runs a command once; what it took."""
    remove(command.out)
    with tempfile.TemporaryFile() as log:
        stdout = open(command.stdout, "wb") if command.stdout else log
        try:
            busy = busy_seconds()
            start = time.perf_counter()
            child = subprocess.Popen(machine.pin(command.cores) + command.words, stdout=stdout,
                                     stderr=log, stdin=subprocess.DEVNULL)
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                child.kill()
                raise
            seconds = time.perf_counter() - start
            busy = busy_seconds() - busy
        finally:
            if command.stdout:
                stdout.close()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            log.seek(0)
            raise WrongResult(f"{command.name}: exit code {child.returncode}: "
                              f"{' '.join(command.words)}\n{log.read().decode(errors='replace')}")
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Run(seconds, cpu_seconds, max(busy - cpu_seconds, 0.0), usage.ru_maxrss * 1024)


def digest_of(path):
    """SHA-256 over the outputs; run.json has timings in it and stays out."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    for file in files:
        if file.name == "run.json" or not file.is_file():
            continue
        if file != path:
            digest.update(file.name.encode() + b"\0")
        with open(file, "rb") as stream:
            while block := stream.read(MIB):
                digest.update(block)
    return digest.hexdigest()


def run_checked(command, machine):
    """Runs a command; its outputs must be those of its first run."""
    run = execute(command, machine)
    digest = digest_of(command.out)
    if command.digest is None:
        command.digest = digest
    if digest != command.digest:
        raise WrongResult(f"{command.name}: not the same bytes as in its first run")
    return run


# --- Checks ---------------------------------------------------------------------------------------

def in_child(function, *arguments):
    """Calls a function in a process of its own, so that its memory is not on our account: the peak
    memory of a command counts from the moment it is split off from us."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, arguments)


def rows(path):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise WrongResult(f"{path.name}:{number}: {error}") from None


def count_lines(path):
    with open(path, "rb") as lines:
        return sum(1 for line in lines if line.strip())


def check_folder(folder, documents, none_rejected):
    """The ledger of a run: every document is somewhere, and every file has the rows it says."""
    summary = json.loads((folder / "run.json").read_text())["summary"]
    if summary["documents"] != documents:
        raise WrongResult(f"{documents} documents went in, the summary has {summary['documents']}")
    if summary["kept"] + summary["dropped"] + summary["rejected"] != documents:
        raise WrongResult("kept, dropped and rejected documents are not all documents")
    if none_rejected and summary["rejected"] > 0:
        raise WrongResult(f"{summary['rejected']} documents were rejected")
    for path in sorted(folder.glob("*.jsonl")):
        found = sum(1 for _ in rows(path))
        name = FILES_BY_COUNT.get(path.stem)
        if name is not None and found != summary[name]:
            raise WrongResult(f"{path.name} has {found} rows, the summary {summary[name]} {name}")


def check_same_records(a, b):
    """Two JSONL files say the same, whatever the bytes."""
    for number, (first, second) in enumerate(zip(rows(a), rows(b), strict=True), 1):
        if first != second:
            raise WrongResult(f"record {number} of {a.name} is another in {b.name}")


def recall_of_planted(folder, gold):
    """Share of the planted copies of each kind that a run found: the two are reported as a pair,
    stand for each other as exact duplicates, or are in one cluster."""
    duplicate_of = {row["id"]: row["of"] for row in rows(folder / "audit.jsonl")
                    if row["reason"] == "exact_duplicate"}
    pairs = {frozenset((row["a"], row["b"])) for row in rows(folder / "pairs.jsonl")}
    cluster_of = {member["id"]: row["cluster"] for row in rows(folder / "clusters.jsonl")
                  for member in row["members"]}

    def original(name):
        while name in duplicate_of:
            name = duplicate_of[name]
        return name

    found = collections.Counter()
    planted = collections.Counter()
    for row in rows(gold):
        a, b = original(row["copy"]), original(row["source"])
        same_cluster = a in cluster_of and cluster_of[a] == cluster_of.get(b)
        found[row["kind"]] += a == b or same_cluster or frozenset((a, b)) in pairs
        planted[row["kind"]] += 1
    return {kind: found[kind] / planted[kind] for kind in planted}


class FolderWatch:
    """The most bytes a folder has on disk while a command runs: all of it, and its work files."""

    def __init__(self, folder):
        self.folder = folder
        self.peak = 0
        self.work_peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.wait(0.01):
            size = {True: 0, False: 0}
            for folder, _, names in os.walk(self.folder):
                for name in names:
                    try:
                        blocks = os.stat(os.path.join(folder, name)).st_blocks
                    except OSError:
                        continue  # it is gone already
                    size[".work" in folder] += 512 * blocks
            self.peak = max(self.peak, sum(size.values()))
            self.work_peak = max(self.work_peak, size[True])


# --- The benchmark --------------------------------------------------------------------------------

class Benchmark:
    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.machine = Machine()
        self.copydesk = options.build / "copydesk"
        self.roofline = Command("roofline", [options.build / TOOLS / "roofline"],
                                work / "roofline.jsonl")
        self.gold = None
        self.figures = []  # (name, value, unit)

    def figure(self, name, value, unit):
        self.figures.append((name, number_text(value), unit))

    # Preparation

    def make_corpus(self):
        if self.options.corpus is not None:
            self.corpus = self.options.corpus.resolve()
        else:
            self.corpus = self.work / "corpus.jsonl"
            self.gold = self.work / "gold.jsonl"
            words = [self.options.build / TOOLS / "make_corpus",
                     "--documents", self.options.documents, "--article-bytes",
                     self.options.article_bytes, "--seed", self.options.seed,
                     "--out", self.corpus, "--gold", self.gold]
            execute(Command("make_corpus", words, self.corpus), self.machine)
        self.bytes = self.corpus.stat().st_size
        self.documents = count_lines(self.corpus)  # and it is in the page cache now
        if self.documents == 0:
            raise WrongResult(f"{self.corpus}: no document")
        say(f"{self.documents} documents, {self.bytes / MB:.1f} MB")
        self.roofline.words += [str(self.corpus), str(self.roofline.out)]

    def command(self, name, binary, flags, cores=1):
        """`copydesk run` over the corpus."""
        out = self.work / name
        words = [binary, "run", self.corpus, "--out", out, "--quiet", "--threads", cores] + flags
        if self.options.memory:
            words += ["--memory", self.options.memory]
        return Command(name, words, out, cores)

    def config(self, name, stages):
        """A config with these stages, templates given."""
        path = self.work / f"{name}.toml"
        text = f"stages = {json.dumps(stages)}\n"
        if "strip_templates" in stages:
            text += f"[strip_templates]\ntemplates = {json.dumps(str(self.templates))}\n"
        path.write_text(text)
        return ["--config", path]

    def main_commands(self, binary, prefix=""):
        given = ["--templates", self.templates]
        name = f"{prefix}clean"
        clean = Command(name, [binary, "clean", self.corpus, "--quiet", "--threads", 1] + given,
                        self.work / f"{name}.jsonl", stdout=self.work / f"{name}.jsonl")
        commands = [self.command(f"{prefix}full", binary, given),
                    self.command(f"{prefix}learn", binary, []),
                    clean,
                    self.command(f"{prefix}reuse", binary, self.config("reuse", REUSE_STAGES))]
        if len(self.machine.cores) > 1:
            commands.append(self.command(f"{prefix}full_two_cores", binary, given, 2))
            commands.append(self.command(f"{prefix}learn_two_cores", binary, [], 2))
        return commands

    def prepare(self):
        self.make_corpus()
        self.check_roofline()
        self.templates = self.work / "templates.jsonl"
        execute(Command("templates", [self.copydesk, "learn", self.corpus, "--out", self.templates,
                                      "--quiet"], self.templates), self.machine)
        self.main = self.main_commands(self.copydesk)
        self.check_main()
        self.budget = []
        if self.options.budget:
            self.prepare_budget()

        self.against = []
        if self.options.against:
            self.against = self.main_commands(self.options.against.resolve(), "against_")
            for ours, command in zip(self.main, self.against):
                run_checked(command, self.machine)
                same = "the same bytes as" if command.digest == ours.digest else "other bytes than"
                say(f"{command.name}: {same} {ours.name}")

        one = self.work / "one.jsonl"
        with open(self.corpus, "rb") as lines:
            one.write_bytes(lines.readline())
        self.commands = self.main + self.against + self.budget
        for command in [self.roofline] + self.commands:
            command.make_twin(self.corpus, one)

    def prepare_budget(self):
        """Commands that lack one stage each of those that run by default."""
        run = json.loads((self.work / "learn" / "run.json").read_text())
        self.stages = tomllib.loads(run["config"])["stages"]
        self.engine = self.command("engine", self.copydesk, self.config("engine", []))
        self.without = {
            stage: self.command(f"without_{stage}", self.copydesk, self.config(
                f"without_{stage}", [other for other in self.stages if other != stage]))
            for stage in self.stages}
        self.budget = [self.engine] + list(self.without.values())

    def check_roofline(self):
        run_checked(self.roofline, self.machine)
        in_child(check_same_records, self.corpus, self.roofline.out)

    def check_main(self):
        """The first run of each command, its result, and what does not depend on the clock."""
        for command in self.main:
            say(f"checking {command.name}")
            with FolderWatch(command.out) as watch:
                run = run_checked(command, self.machine)
            if command.name == "clean":
                kept = in_child(_count_rows, command.out)
                if kept > self.documents or (self.gold and kept != self.documents):
                    raise WrongResult(f"clean: {self.documents} documents in, {kept} out")
            else:
                in_child(check_folder, command.out, self.documents, self.gold is not None)
            if command.cores == 1:
                self.figure(f"{command.name}.peak_memory", run.peak_bytes / MIB, "MiB")
            if command.name in ("full", "learn"):
                self.figure(f"{command.name}.disk_peak", watch.peak / self.documents,
                            "bytes/document")
                self.figure(f"{command.name}.disk_work", watch.work_peak / self.documents,
                            "bytes/document")
            if command.name == "learn" and self.gold:
                recall = in_child(recall_of_planted, command.out, self.gold)
                for kind, share in recall.items():
                    self.figure(f"recall.{kind}", share, "ratio")
                    if share < MIN_RECALL:
                        raise WrongResult(f"of the planted copies {share:.3f} of the {kind} ones "
                                          f"were found, {MIN_RECALL} at least is right")
        by_name = {command.name: command for command in self.main}
        self.figure("clean.allocations", self.allocations(by_name["clean"]), "calls/document")
        for name in ("full", "learn"):
            two = by_name.get(f"{name}_two_cores")
            if two is not None and two.digest != by_name[name].digest:
                raise WrongResult(f"{name}: other bytes with two threads than with one")

    def allocations(self, clean):
        """Calls to malloc and its like for a document of the second half of the corpus."""
        half = self.work / "half.jsonl"
        with open(self.corpus, "rb") as lines:
            half.write_bytes(b"".join(itertools.islice(lines, self.documents // 2)))
        counts = {}
        for corpus in (half, self.corpus):
            count = self.work / "allocations"
            words = [str(corpus) if word == str(self.corpus) else word for word in clean.words]
            out = self.work / "counted.jsonl"
            execute(Command("clean, counted", [
                "env", f"LD_PRELOAD={self.options.build / TOOLS / 'count_allocations.so'}",
                f"COUNT_ALLOCATIONS_TO={count}"] + words, out, stdout=out), self.machine)
            counts[corpus] = int(count.read_text())
            remove(out)
        remove(half)
        return (counts[self.corpus] - counts[half]) / (self.documents - self.documents // 2)

    # Measuring

    def measure(self):
        """Rounds over all commands, the roofline before each."""
        start = time.monotonic()
        rounds = 0
        while True:
            for command in self.commands if rounds % 2 == 0 else reversed(self.commands):
                for each in (self.roofline.twin, self.roofline, command.twin, command):
                    each.runs.append(run_checked(each, self.machine))
                    if each in self.budget and rounds == 0:
                        in_child(check_folder, each.out, self.documents, self.gold is not None)
                    remove(each.out)
            rounds += 1
            used = time.monotonic() - start
            say(f"round {rounds}: {used:.0f} s")
            with_another = used * (rounds + 1) / rounds
            if rounds >= self.options.rounds and with_another > self.options.seconds:
                break
        self.rounds = rounds

    def ratio_to(self, name, command, other):
        """`other` in the time of `command`: by pairs of a round, and between the quietest runs."""
        pairs = [b.seconds / a.seconds for a, b in zip(command.runs, other.runs)]
        self.figure(name, statistics.median(pairs), "ratio")
        self.figure(f"{name}.quietest", other.of("seconds", min) / command.of("seconds", min),
                    "ratio")

    def rates(self, command):
        for suffix, pick in (("", statistics.median), (".quietest", min)):
            self.figure(f"{command.name}.rate{suffix}",
                        self.bytes / MB / command.of("seconds", pick), "MB/s")

    def report(self):
        checked, self.figures = self.figures, []
        self.figure("corpus.documents", self.documents, "documents")
        self.figure("corpus.size", self.bytes / MB, "MB")
        self.rates(self.roofline)
        by_name = {command.name: command for command in self.main + self.against}
        for command in self.main:
            name = command.name
            self.rates(command)
            if command.cores == 1:
                for suffix, seconds in (
                        ("", lambda each: each.of("seconds")),
                        (".quietest", lambda each: each.of("seconds", min)),
                        (".steady", lambda each: each.steady("cpu_seconds"))):
                    self.figure(f"{name}.over_roofline{suffix}",
                                seconds(self.roofline) / seconds(command), "ratio")
                self.figure(f"{name}.startup", command.twin.of("seconds"), "s")
            else:
                one = by_name[name.removesuffix("_two_cores")]
                self.ratio_to(f"{name}.over_one", command, one)
                self.figure(f"{name}.over_one.steady",
                            one.steady("seconds") / command.steady("seconds"), "ratio")
            if self.against:
                self.ratio_to(f"{name}.over_against", command, by_name[f"against_{name}"])
        if self.budget:
            self.report_budget(by_name["full"])
        self.figures += checked

        self.figure("rounds", self.rounds, "rounds")
        others = report_machine(self.figure, self.commands, self.load)
        if others > 0.1:
            say(f"The machine was busy: other processes used {others:.2f} cores. The steady ratios "
                "and the budget are of CPU time and can be trusted more than the rest; what two "
                "cores give over one cannot be told.")

    def report_budget(self, full):
        """CPU seconds without the startup, of the quietest runs: noise only ever adds."""
        whole = full.steady("cpu_seconds", min)
        parts = {"engine": self.engine.steady("cpu_seconds", min)}
        for stage, command in self.without.items():
            parts[stage] = whole - command.steady("cpu_seconds", min)
        parts["shared"] = whole - sum(parts.values())
        parts["all"] = whole
        for part, seconds in parts.items():
            self.figure(f"budget.{part}", seconds, "s")
            self.figure(f"budget.{part}.per_byte", seconds * 1e9 / self.bytes, "ns/byte")

    def run(self):
        if self.options.raw is not None:
            self.options.raw.touch()  # if it cannot be written, say so now
        self.load = load_before()
        self.prepare()
        self.measure()
        self.report()
        for name, value, unit in self.figures:
            print(name, value, unit)
        if self.options.raw is not None:
            write_raw(self.options.raw, [self.roofline] + self.commands)


def number_text(value):
    return f"{value:d}" if isinstance(value, int) else f"{value:.4g}"


def load_before():
    """The load now, with a warning if there is one."""
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"The load is {load:.1f}: something else runs on this machine.")
    return load


def report_machine(figure, commands, load):
    """How quiet the machine was; cores that other processes used."""
    runs = [run for command in commands for run in command.runs]
    others = sum(run.others_seconds for run in runs) / sum(run.seconds for run in runs)
    figure("machine.cores", os.cpu_count(), "cores")
    figure("machine.others", others, "cores")
    figure("machine.load_before", load, "processes")
    return others


def write_raw(path, commands):
    """What every single run took, as JSONL."""
    path.write_text("".join(json.dumps({"command": each.name, **run._asdict()}) + "\n"
                            for command in commands for each in (command, command.twin)
                            for run in each.runs))


def _count_rows(path):
    return sum(1 for _ in rows(path))


def work_folder(options):
    """In memory if there is room: the disk is not what is measured."""
    if options.work is not None:
        options.work.mkdir(parents=True, exist_ok=True)
        return options.work
    memory = pathlib.Path("/dev/shm")
    size = (options.corpus.stat().st_size if options.corpus
            else options.documents * (options.article_bytes + 600))
    if memory.is_dir() and shutil.disk_usage(memory).free > 16 * size:
        return memory
    options.build.mkdir(parents=True, exist_ok=True)
    return options.build


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--quick", action="store_true", help="5,000 documents, about a minute")
    parser.add_argument("--corpus", type=pathlib.Path,
                        help="a JSONL file with texts in the member \"text\", not compressed")
    parser.add_argument("--documents", type=int, help="of the corpus that is made")
    parser.add_argument("--article-bytes", type=int, default=4096, help="their mean size")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus that is made")
    parser.add_argument("--memory", help="passed to copydesk run")
    parser.add_argument("--against", type=pathlib.Path,
                        help="another build of copydesk, measured in turns with this one")
    parser.add_argument("--no-budget", dest="budget", action="store_false",
                        help="do not switch stages off one by one")
    parser.add_argument("--rounds", type=int, help="at least so many")
    parser.add_argument("--seconds", type=float, help="more rounds while they fit in")
    parser.add_argument("--raw", type=pathlib.Path,
                        help="a JSONL file for what every single run took")
    parser.add_argument("--work", type=pathlib.Path,
                        help="folder for corpus and results; default: in memory if there is room")
    options = parser.parse_args(arguments)
    defaults = (5000, 2, 60) if options.quick else (20000, 5, 900)
    options.documents = options.documents or defaults[0]
    options.rounds = options.rounds or defaults[1]
    options.seconds = defaults[2] if options.seconds is None else options.seconds
    options.build = options.build.resolve()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the work folder must go, too
    try:
        parent = work_folder(options)
        with tempfile.TemporaryDirectory(prefix="copydesk-bench-", dir=parent) as work:
            say(f"work folder {work}")
            Benchmark(options, pathlib.Path(work)).run()
    except (WrongResult, OSError) as error:
        say(f"run_benchmark: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
