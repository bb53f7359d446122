#!/usr/bin/env python3
"""Measures copydesk beside datatrove, text-dedup, datasketch and rensa: the same file, the same job
and one core for each, and what they find beside what it takes.

    run_rivals.py --build build/release --rivals build/rivals [--rival NAME]...

The build folder holds copydesk and make_corpus. The rivals' folder has a virtual environment for
each, named as in rival_drivers.py (scripts/bench_rivals.sh makes them); one that is not there is
named and left out. One line a measure goes to standard output, "name value unit"; bench/README.md
says what each means. Everything else goes to standard error.

The job: near duplicates are found and dropped. Each command runs once before the clock counts, and
its results are checked. Then all run in turns, copydesk before each rival, and must find the same
again. A rival that fails or contradicts itself has no figures, and the exit code is 1. If copydesk
does, there are no figures at all.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import tomllib

import rival_drivers  # and with it the folder of the next two is known
import measure
import reuse_rivals
import run_benchmark
from run_benchmark import MB, MIB, Command, WrongResult, in_child, rows, say

DRIVERS = pathlib.Path(rival_drivers.__file__).resolve()
COPIES = reuse_rivals.COPY  # relations that say "a copy"
SANE = reuse_rivals.SANE  # a rival that finds fewer of the verbatim copies is named
# Of these kinds of planted copies copydesk must find run_benchmark.MIN_RECALL. Without the
# cleaning, passages are not promised.
KINDS = ("verbatim", "edited", "cut", "excerpt", "quotation")
SURE_KINDS = {"learn": KINDS, "reuse": KINDS[:3]}


# --- What was found -------------------------------------------------------------------------------

# pairs: row numbers, the lower one first; kept: ids. passages: pairs that are said to share a
# passage and no more.
Found = collections.namedtuple("Found", "pairs passages kept")


def row_of(name):
    """The row of a record that make_corpus made."""
    return int(name.removeprefix("doc-"))


class Gold:
    """What was planted, by row numbers."""

    def __init__(self, path):
        self.kinds = {}  # (source, copy) -> kind
        self.family = {}  # row -> the row it was copied from
        for row in rows(path):
            source, copy = row_of(row["source"]), row_of(row["copy"])
            self.kinds[source, copy] = row["kind"]
            self.family[copy] = source

    def related(self, pair):
        """Whether one is a copy of the other, or both are copies of one."""
        a, b = (self.family.get(row, row) for row in pair)
        return a == b


def groups_of(pairs):
    """row -> a row that stands for all that hang together with it."""
    head = {}

    def find(row):
        while head.setdefault(row, row) != row:
            head[row] = head[head[row]]
            row = head[row]
        return row

    for a, b in pairs:
        head[find(b)] = find(a)
    return {row: find(row) for row in list(head)}


def recall(found, gold):
    """Share of the planted copies of each kind that are reported as a pair or in one group of
    copies."""
    group = groups_of(found.pairs)
    sizes, hits = collections.Counter(gold.kinds.values()), collections.Counter()
    for pair, kind in gold.kinds.items():
        a, b = (group.get(row) for row in pair)
        hits[kind] += a is not None and a == b or pair in found.passages
    return {kind: hits[kind] / sizes[kind] for kind in KINDS if sizes[kind]}


def share(pairs, right):
    """Share of the pairs that are right; of none: 1."""
    return sum(map(right, pairs)) / len(pairs) if pairs else 1.0


def check_found(found, ids):
    """What a rival dropped is what it reported."""
    if len(set(found.kept)) != len(found.kept) or not set(found.kept) <= set(ids):
        raise WrongResult("records were kept twice or made up")
    for a, b in found.pairs:
        if not 0 <= a < b < len(ids):
            raise WrongResult(f"no such pair of records: {a}, {b}")
    kept = set(found.kept)
    has_kept_partner = set()
    for a, b in found.pairs:
        if ids[a] in kept:
            has_kept_partner.add(ids[b])
        if ids[b] in kept:
            has_kept_partner.add(ids[a])
    for name in ids:
        if name not in kept and name not in has_kept_partner:
            raise WrongResult(f"{name} was dropped, but no duplicate of it that is kept is known")


def found_by_copydesk(folder):
    def pair(a, b):
        return tuple(sorted((row_of(a), row_of(b))))

    pairs = {pair(row["id"], row["of"]) for row in rows(folder / "audit.jsonl")
             if row["reason"] == "exact_duplicate"}
    passages = set()
    for row in rows(folder / "pairs.jsonl"):
        (pairs if row["relation"] in COPIES else passages).add(pair(row["a"], row["b"]))
    return Found(pairs, passages, [row["id"] for row in rows(folder / "clean.jsonl")])


def figures_of(found, gold_path, texts_path, promise, documents):
    """(measure, value, unit) of what was found in these texts. promise(texts, pair): whether a pair
    that is not planted is what the tool says of it."""
    gold = Gold(gold_path)
    texts = reuse_rivals.Texts([row["text"] for row in rows(texts_path)])
    yield "pairs", len(found.pairs), "pairs"
    yield "dropped", documents - len(found.kept), "documents"
    for kind, value in recall(found, gold).items():
        yield f"recall.{kind}", value, "ratio"
    yield "precision", share(found.pairs,
                             lambda pair: gold.related(pair) or promise(texts, pair)), "ratio"
    if found.passages:
        yield "passages", len(found.passages), "pairs"
        yield "precision.passages", share(
            found.passages, lambda pair: gold.related(pair) or texts.share_passage(pair)), "ratio"


def score_rival(found, gold_path, texts_path, threshold, documents):
    def alike(texts, pair):
        a, b = (texts.fives(row) for row in pair)
        return reuse_rivals.jaccard(a, b) >= threshold
    return list(figures_of(found, gold_path, texts_path, alike, documents))


def score_copydesk(folder, gold_path, texts_path, options, documents):
    promise = reuse_rivals.copy_promise(options)
    return list(figures_of(found_by_copydesk(folder), gold_path, texts_path, promise, documents))


# --- The contest ----------------------------------------------------------------------------------

class Contest:
    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.machine = run_benchmark.Machine()
        self.copydesk = options.build / "copydesk"
        self.corpus, self.gold = work / "corpus.jsonl", work / "gold.jsonl"
        self.failed = False
        self.figures = []       # (name, value, unit)
        self.found_figures = {}  # name of a command -> (measure, value, unit)

    def figure(self, name, value, unit):
        self.figures.append((name, run_benchmark.number_text(value), unit))

    # Preparation

    def run_copydesk(self, name, config=None):
        out = self.work / name
        words = [self.copydesk, "run", self.corpus, "--out", out, "--quiet", "--threads", 1]
        if config is not None:
            path = self.work / f"{name}.toml"
            path.write_text(measure.toml_of(config))
            words += ["--config", path]
        return Command(name, words, out)

    def prepare(self):
        execute = run_benchmark.execute
        execute(Command("make_corpus", [
            self.options.build / run_benchmark.TOOLS / "make_corpus", "--documents",
            self.options.documents, "--article-bytes", self.options.article_bytes, "--seed",
            self.options.seed, "--out", self.corpus, "--gold", self.gold], self.corpus),
            self.machine)
        self.bytes = self.corpus.stat().st_size
        self.ids = in_child(rival_drivers.ids_of, self.corpus)
        say(f"{len(self.ids)} documents, {self.bytes / MB:.1f} MB")
        self.one = self.work / "one.jsonl"
        with open(self.corpus, "rb") as lines:
            self.one.write_bytes(lines.readline())
        self.prepare_copydesk()
        self.rivals = [rival for name in self.options.rival or rival_drivers.RIVALS
                       if (rival := self.prepare_rival(name))]
        if not self.rivals and not self.failed:
            raise WrongResult(f"{self.options.rivals}: no rival is installed")

    def prepare_copydesk(self):
        """The whole, and the job alone. What the whole compares are cleaned texts: so the check of
        its finds needs those of all documents."""
        learn = self.run_copydesk("learn")
        say("checking learn")
        run = run_benchmark.run_checked(learn, self.machine)
        default = tomllib.loads(
            json.loads((learn.out / "run.json").read_text())["config"])
        cleaning = self.run_copydesk(
            "cleaning", measure.config_of(default, measure.cleaning(default)))
        run_benchmark.execute(cleaning, self.machine)
        options = default["match_reuse"]
        self.check_copydesk(learn, run, cleaning.out / "clean.jsonl", options)

        reuse = self.run_copydesk(
            "reuse", measure.config_of(default, run_benchmark.REUSE_STAGES))
        say("checking reuse")
        run = run_benchmark.run_checked(reuse, self.machine)
        self.check_copydesk(reuse, run, self.corpus, options)
        self.ours = [learn, reuse]
        for command in self.ours:
            command.make_twin(self.corpus, self.one)

    def check_copydesk(self, command, run, texts, options):
        in_child(run_benchmark.check_folder, command.out, len(self.ids), True)
        figures = in_child(score_copydesk, command.out, self.gold, texts, options, len(self.ids))
        values = {name: value for name, value, _ in figures}
        least = run_benchmark.MIN_RECALL
        for kind in SURE_KINDS[command.name]:
            if (found := values.get(f"recall.{kind}", 1.0)) < least:
                raise WrongResult(f"{command.name}: of the planted copies {found:.3f} of the "
                                  f"{kind} ones were found, {least} at least is right")
        self.found_figures[command.name] = [("peak_memory", run.peak_bytes / MIB, "MiB"), *figures]

    def prepare_rival(self, name):
        """Its command, after a first run; None if it is not installed or fails."""
        # Not resolved: it is a link to an interpreter that does not know of the environment.
        python = self.options.rivals / name / "bin" / "python"
        if not python.exists():
            say(f"left out: {name} is not installed: no {python}")
            return None
        words = [python, DRIVERS, name]
        command = Command(name, [*words, self.corpus, self.work / name], self.work / name)
        command.make_twin(self.corpus, self.one)
        try:
            probe = subprocess.run(words, capture_output=True, text=True, check=False)
            if probe.returncode != 0:
                raise WrongResult(f"it cannot be imported:\n{probe.stderr}")
            say(f"checking {name} {probe.stdout.strip()}")
            run = run_benchmark.execute(command, self.machine)
            found = self.found_by_rival(command)
            check_found(found, self.ids)
            run_benchmark.execute(command.twin, self.machine)
            figures = in_child(score_rival, found, self.gold, self.corpus,
                               rival_drivers.RIVALS[name].threshold, len(self.ids))
        except (WrongResult, ValueError, KeyError, TypeError) as error:
            self.fail(name, error)
            return None
        verbatim = {what: value for what, value, _ in figures}.get("recall.verbatim", 1.0)
        if verbatim < SANE:
            say(f"look at {name}: it found {verbatim:.3f} of the verbatim copies")
        self.found_figures[name] = [("peak_memory", run.peak_bytes / MIB, "MiB"), *figures]
        return command

    def fail(self, name, error):
        say(f"FAILED: {name}: {error}")
        self.failed = True

    def found_by_rival(self, command):
        """What its last run found, which must be what its first run found."""
        python, drivers, name = command.words[:3]
        report = subprocess.run([python, drivers, name, "--report", command.out],
                                capture_output=True, check=False)
        if report.returncode != 0:
            raise WrongResult(f"its results cannot be read:\n{report.stderr.decode()}")
        digest = hashlib.sha256(report.stdout).hexdigest()
        if command.digest is None:
            command.digest = digest
        if digest != command.digest:
            raise WrongResult("it did not find the same as in its first run")
        said = json.loads(report.stdout)
        return Found({(a, b) for a, b in said["pairs"]}, set(), said["kept"])

    # Measuring

    def measure(self):
        for number in range(self.options.rounds):
            rivals = self.rivals if number % 2 == 0 else self.rivals[::-1]
            for rival in list(rivals):
                for command in self.ours:
                    for each in (command.twin, command):
                        each.runs.append(run_benchmark.run_checked(each, self.machine))
                        run_benchmark.remove(each.out)
                try:
                    self.measure_rival(rival)
                except WrongResult as error:
                    self.fail(rival.name, error)
                    self.rivals.remove(rival)
            say(f"round {number + 1} of {self.options.rounds}")

    def measure_rival(self, rival):
        rival.twin.runs.append(run_benchmark.execute(rival.twin, self.machine))
        rival.runs.append(run_benchmark.execute(rival, self.machine))
        self.found_by_rival(rival)
        for each in (rival.twin, rival):
            run_benchmark.remove(each.out)

    def report(self):
        self.figure("corpus.documents", len(self.ids), "documents")
        self.figure("corpus.size", self.bytes / MB, "MB")
        for command in self.ours + self.rivals:
            name = command.name
            self.figure(f"{name}.seconds", command.of("seconds"), "s")
            self.figure(f"{name}.seconds.quietest", command.of("seconds", min), "s")
            self.figure(f"{name}.rate", self.bytes / MB / command.of("seconds"), "MB/s")
            self.figure(f"{name}.startup", command.twin.of("seconds"), "s")
            self.figure(f"{name}.steady", command.steady("cpu_seconds"), "s")
            for what, value, unit in self.found_figures[name]:
                self.figure(f"{name}.{what}", value, unit)
        for ours in self.ours[::-1]:
            for rival in self.rivals:
                name = f"{ours.name}.over_{rival.name}"
                for suffix, seconds in (("", lambda each: each.of("seconds")),
                                        (".quietest", lambda each: each.of("seconds", min)),
                                        (".steady", lambda each: each.steady("cpu_seconds"))):
                    self.figure(f"{name}{suffix}", seconds(rival) / seconds(ours), "ratio")
        self.figure("rounds", self.options.rounds, "rounds")
        others = run_benchmark.report_machine(self.figure, self.ours + self.rivals, self.load)
        if others > 0.1:
            say(f"The machine was busy: other processes used {others:.2f} cores. Figures of CPU "
                "time (steady) can be trusted more than those on the clock.")

    def run(self):
        if self.options.raw is not None:
            self.options.raw.touch()  # if it cannot be written, say so now
        self.load = run_benchmark.load_before()
        self.prepare()
        self.measure()
        if self.rivals:
            self.report()
        for name, value, unit in self.figures:
            print(name, value, unit)
        if self.options.raw is not None:
            run_benchmark.write_raw(self.options.raw, self.ours + self.rivals)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--rivals", type=pathlib.Path, required=True,
                        help="the folder with their virtual environments")
    parser.add_argument("--rival", action="append", choices=rival_drivers.RIVALS, metavar="NAME",
                        help=f"only this one: {', '.join(rival_drivers.RIVALS)}")
    parser.add_argument("--documents", type=int, default=5000, help="of the corpus that is made")
    parser.add_argument("--article-bytes", type=int, default=4096, help="their mean size")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus that is made")
    parser.add_argument("--rounds", type=int, default=3, help="how often each runs on the clock")
    parser.add_argument("--raw", type=pathlib.Path,
                        help="a JSONL file for what every single run took")
    parser.add_argument("--work", type=pathlib.Path,
                        help="folder for corpus and results; default: in memory if there is room")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be 1 at least")
    options.corpus = None
    options.build, options.rivals = options.build.resolve(), options.rivals.resolve()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the work folder must go, too
    try:
        parent = run_benchmark.work_folder(options)
        with tempfile.TemporaryDirectory(prefix="copydesk-rivals-", dir=parent) as work:
            say(f"work folder {work}")
            contest = Contest(options, pathlib.Path(work))
            contest.run()
    except (WrongResult, OSError) as error:
        say(f"run_rivals: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 1 if contest.failed else 0


if __name__ == "__main__":
    sys.exit(main())
