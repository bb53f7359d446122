#!/usr/bin/env python3
"""Compares what copydesk reports as reuse with what datasketch, rensa and text-dedup report.

  reuse_rivals.py COPYDESK --python PYTHON [--only SET]... [--tool NAME]... [--csv FILE] [--core N]
  reuse_rivals.py --table [--csv FILE]        the CSV as Markdown tables

Sets: wsdl, fnc1 (their pairs_auto is the floor), edits-1, edits-2 (make_edits.py with that seed,
300 of each kind). Tools: copydesk, copydesk-matching and the drivers of reuse_drivers.py, which run
under PYTHON; a rival whose package is not there is named and left out. Every tool runs on one core
and gets the same texts: as they are ("raw") and, rivals only, as copydesk cleans them ("cleaned").
README.md says what is measured. What was measured replaces its rows in the CSV.

Without COPYDESK_EVAL_DATA it says so and exits 77; it exits 1 if a rival that is there fails.
Standard library only.
"""
import argparse
import collections
import dataclasses
import functools
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import unicodedata
from typing import Callable, Iterable

import evaldata
import measure
import reuse_drivers

HERE = pathlib.Path(__file__).resolve().parent
EDITS_EACH = 300
SETS = ("wsdl", "fnc1", "edits-1", "edits-2")
OURS = ("copydesk", "copydesk-matching")
COPY = {"exact", "near_duplicate", "contains", "contained"}  # relations that say "a copy"
PASSAGE_WORDS = 12
SHINGLE_WORDS = 5
SANE = 0.9  # a rival that finds fewer of the verbatim copies may be driven wrongly: it is named
WORD = re.compile(r"\w+")

Pair = tuple[int, int]  # rows of the input, the lower one first


# --- exact measures, by brute force --------------------------------------------------------------

def words_of(text: str) -> list[str]:
    """Folded words: no capitals, accents or compatibility forms."""
    plain = unicodedata.normalize("NFKD", text)
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).casefold())


def shingles(words: list[str], size: int) -> frozenset:
    return frozenset(hash(tuple(words[i:i + size])) for i in range(len(words) - size + 1))


def jaccard(a: frozenset, b: frozenset) -> float:
    """Of two empty sets: 0, they share nothing."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def containment(a: frozenset, b: frozenset) -> float:
    """The share of `a` that `b` has; of an empty `a`: 0."""
    return len(a & b) / len(a) if a else 0.0


def covered(words: list[str], other: frozenset, size: int) -> int:
    """How many of the words stand in a shingle that `other` has."""
    found = [hash(tuple(words[i:i + size])) in other for i in range(len(words) - size + 1)]
    return sum(any(found[max(0, i - size + 1):i + 1]) for i in range(len(words)))


class Texts:
    """The texts that a tool got, with the sets of each, made once when they are asked for."""

    def __init__(self, texts: list[str]):
        self.texts = texts
        self.tokens = functools.cache(self._tokens)
        self.words = functools.cache(lambda i: words_of(texts[i]))
        self.runs = functools.cache(lambda i: shingles(self.words(i), PASSAGE_WORDS))
        self.fives = functools.cache(lambda i: shingles(self.words(i), SHINGLE_WORDS))

    def _tokens(self, i: int, kind: str) -> frozenset:
        return frozenset(map(hash, reuse_drivers.TOKENS[kind](self.texts[i])))

    def same_words(self, pair: Pair) -> bool:
        return self.words(pair[0]) == self.words(pair[1])

    def share_passage(self, pair: Pair) -> bool:
        """Whether an unbroken run of PASSAGE_WORDS words stands in both, or both are the same."""
        return not self.runs(pair[0]).isdisjoint(self.runs(pair[1])) or self.same_words(pair)


# A promise says whether a pair is what a tool says of the pairs that it reports.
Promise = Callable[[Texts, Pair], bool]


def promise_of(driver: reuse_drivers.Driver) -> Promise:
    """The similarity of the tool's own tokens, measured exactly, reaches its threshold."""
    def jaccard_reached(texts: Texts, pair: Pair) -> bool:
        a, b = (texts.tokens(i, driver.tokens) for i in pair)
        return jaccard(a, b) >= driver.threshold

    def containment_reached(texts: Texts, pair: Pair) -> bool:
        a, b = (texts.tokens(i, driver.tokens) for i in pair)
        return max(containment(a, b), containment(b, a)) >= driver.threshold

    return {"jaccard": jaccard_reached, "containment": containment_reached}[driver.promise]


def copy_promise(options: dict) -> Promise:
    """What match_reuse calls a copy, from its options: the same words, a near duplicate by Jaccard,
    or enough of one text's words covered by shingles of the other."""
    def reached(texts: Texts, pair: Pair) -> bool:
        a, b = pair
        if texts.same_words(pair):
            return True
        if jaccard(texts.fives(a), texts.fives(b)) >= options["near_duplicate"]:
            return True
        for one, other in ((a, b), (b, a)):
            count = covered(texts.words(one), texts.fives(other), SHINGLE_WORDS)
            if (count >= options["contains_min_words"]
                    and count >= options["contains"] * len(texts.words(one))):
                return True
        return False
    return reached


def any_promise(texts: Texts, pair: Pair) -> bool:
    """Any relation of match_reuse: at least a passage."""
    return texts.share_passage(pair)


# --- scores --------------------------------------------------------------------------------------

def recall(reported: Iterable[Pair], floor: dict[Pair, str]) -> dict[str, float]:
    """{tier: share of its pairs that were reported}"""
    sizes, found = collections.Counter(floor.values()), collections.Counter()
    for pair in set(reported):
        if pair in floor:
            found[floor[pair]] += 1
    return {tier: found[tier] / size for tier, size in sizes.items()}


def precision(reported: set[Pair], floor: dict[Pair, str], true: Callable[[Pair], bool]) -> float:
    """The share of reported pairs that are in the floor or true; 1 if nothing was reported."""
    if not reported:
        return 1.0
    return sum(pair in floor or true(pair) for pair in reported) / len(reported)


def scores(reported: set[Pair], floor: dict[Pair, str], texts: Texts, promise: Promise
           ) -> dict[str, float]:
    figures = {f"recall {tier}": value for tier, value in recall(reported, floor).items()}
    figures["pairs"] = len(reported)
    figures["precision passage"] = precision(reported, floor, texts.share_passage)
    figures["precision promise"] = precision(reported, floor, lambda pair: promise(texts, pair))
    return figures


# --- inputs --------------------------------------------------------------------------------------

@dataclasses.dataclass
class Corpus:
    """One set: its records for copydesk, the same texts for rivals, and the pairs that are known
    to be true."""
    name: str
    records: pathlib.Path
    ids: list[str]
    floor: dict[Pair, str]
    inputs: dict[str, pathlib.Path]  # of rivals: raw, cleaned
    texts: dict[str, Texts]

    @functools.cached_property
    def row_of(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.ids)}

    def pair(self, a: str, b: str) -> Pair:
        i, j = sorted((self.row_of[a], self.row_of[b]))
        return i, j

    def add_texts(self, name: str, texts: list[str], work: pathlib.Path) -> None:
        path = work / f"{self.name}-{name}.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            for ident, text in zip(self.ids, texts, strict=True):
                file.write(json.dumps({"id": ident, "text": text}) + "\n")
        self.inputs[name], self.texts[name] = path, Texts(texts)


def prepare(name: str, work: pathlib.Path) -> Corpus:
    records = work / f"{name}.jsonl"
    if name.startswith("edits-"):
        gold = work / f"{name}-gold.jsonl"
        subprocess.run([sys.executable, str(evaldata.tool("make_edits.py")),
                        str(evaldata.data_dir() / "corpus" / "abp.jsonl.gz"), str(records),
                        str(gold), "--seed", name.removeprefix("edits-"), "--each",
                        str(EDITS_EACH)], check=True)
        known = [(row["a"], row["b"], row["kind"]) for row in evaldata.rows(gold)]
    else:
        folder = evaldata.data_dir() / "reuse"
        with open(records, "wb") as file:
            subprocess.run([sys.executable, str(evaldata.tool("score_reuse.py")), "prepare",
                            str(folder / f"{name}_docs.jsonl.gz")], check=True, stdout=file)
        known = [(row["a"], row["b"], row["tier_auto"])
                 for row in evaldata.rows(folder / f"{name}_pairs_auto.jsonl.gz")]
    rows = list(evaldata.rows(records))
    ids = [row["id"] for row in rows]
    if len(set(ids)) != len(ids):
        raise ValueError(f"{name}: two records with one id")
    corpus = Corpus(name, records, ids, {}, {}, {})
    corpus.floor = {corpus.pair(a, b): tier for a, b, tier in known}
    corpus.add_texts("raw", [row["text"] for row in rows], work)
    return corpus


# --- runs ----------------------------------------------------------------------------------------

@dataclasses.dataclass
class Timing:
    wall: float  # seconds
    cpu: float  # seconds, user and system, with child processes


class Failed(Exception):
    pass


def timed(command: list[str], core: int, log: pathlib.Path) -> Timing:
    """Runs it on one core."""
    begin = time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                   preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    if process.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise Failed(f"{' '.join(command)}: exit code {process.returncode}\n{tail}")
    return Timing(wall, usage.ru_utime + usage.ru_stime)


class Bench:
    def __init__(self, binary: str, python: str | None, core: int, work: pathlib.Path):
        self.binary, self.python, self.core, self.work = binary, python, core, work
        self.runs = 0
        spec = importlib.util.spec_from_file_location("score_reuse",
                                                      evaldata.tool("score_reuse.py"))
        self.scorer = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.scorer)
        self.version = subprocess.run([binary, "--version"], check=True, capture_output=True,
                                      text=True).stdout.split()[-1]
        probe = work / "probe.jsonl"
        probe.write_text('{"id": "1", "outlet": "a.example", "text": "The ferry is late."}\n')
        run = json.loads((self.copydesk(probe, None)[0] / "run.json").read_text())
        self.default = tomllib.loads(run["config"])
        self.versions = {}
        if python:
            self.versions = json.loads(subprocess.run(
                [python, str(HERE / "reuse_drivers.py"), "--versions"], check=True,
                capture_output=True, text=True).stdout)

    def log(self) -> pathlib.Path:
        self.runs += 1
        return self.work / f"run-{self.runs}.log"

    def copydesk(self, records: pathlib.Path, config: dict | None) -> tuple[pathlib.Path, Timing]:
        log = self.log()
        out = log.with_suffix("")
        command = [self.binary, "run", str(records), "--out", str(out), "--quiet", "--threads", "1"]
        if config is not None:
            path = out.with_suffix(".toml")
            path.write_text(measure.toml_of(config), encoding="utf-8")
            command += ["--config", str(path)]
        return out, timed(command, self.core, log)

    def clean(self, corpus: Corpus) -> None:
        """Adds the texts as copydesk cleans them, of all documents."""
        config = measure.config_of(self.default, measure.cleaning(self.default))
        out, _ = self.copydesk(corpus.records, config)
        cleaned = {row["id"]: row["text"] for row in evaldata.rows(out / "clean.jsonl")}
        corpus.add_texts("cleaned", [cleaned[i] for i in corpus.ids], self.work)

    def ours(self, name: str, corpus: Corpus):
        """(variant, figures): reported in any relation, and as a copy."""
        matching = name == "copydesk-matching"
        config = measure.config_of(self.default, ["match_reuse"]) if matching else None
        out, timing = self.copydesk(corpus.records, config)
        label = "matching only" if matching else "default"
        # The default run matches cleaned texts: its promises are about those.
        texts = corpus.texts["raw" if matching else "cleaned"]
        startup = timed([self.binary, "--version"], self.core, self.log())
        relation = {corpus.pair(*key): pair["relation"]
                    for key, pair in self.scorer.reported(str(out)).items()}
        copies = {pair for pair, said in relation.items() if said in COPY}
        promise = copy_promise(self.default["match_reuse"])
        for what, pairs, kept in (("any relation", set(relation), any_promise),
                                  ("as a copy", copies, promise)):
            yield (f"copydesk {self.version} {label}, {what}; raw",
                   {**scores(pairs, corpus.floor, texts, kept), **seconds(timing, startup)})

    def rival(self, name: str, corpus: Corpus):
        """(variant, figures) on the texts as they are and as they are when clean."""
        driver = reuse_drivers.DRIVERS[name]
        command = [self.python, str(HERE / "reuse_drivers.py"), name]
        startup = timed(command, self.core, self.log())
        for kind, path in corpus.inputs.items():
            result = self.work / f"pairs-{name}.json"
            timing = timed([*command, str(path), str(result)], self.core, self.log())
            pairs = {(i, j) for i, j in json.loads(result.read_text())}
            figures = scores(pairs, corpus.floor, corpus.texts[kind], promise_of(driver))
            yield (f"{driver.package} {self.versions[driver.package]} {driver.label}; {kind}",
                   {**figures, **seconds(timing, startup)})

    def missing(self, name: str) -> str:
        """Why a tool cannot run; empty if it can."""
        if name in OURS:
            return ""
        package = reuse_drivers.DRIVERS[name].package
        if not self.python:
            return "no --python with the rivals' packages"
        return "" if self.versions[package] else f"{package} is not installed for {self.python}"


def seconds(timing: Timing, startup: Timing) -> dict[str, float]:
    return {"seconds wall": timing.wall, "seconds cpu": timing.cpu,
            "seconds startup": startup.wall}


# --- the CSV as tables ---------------------------------------------------------------------------

TIERS = ("verbatim", "near-dup", "containment", "partial", "shared-passage", "edited", "cut",
         "reordered", "excerpt", "heavy", "quote")
OTHERS = ("pairs", "precision passage", "precision promise", "seconds wall", "seconds cpu",
          "seconds startup")
BEST = "the best of all rivals, column by column"


def cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name == "pairs":
        return f"{value:.0f}"
    return f"{value:.1f}" if name.startswith("seconds") else f"{value:.3f}"


def table(rows: list[measure.Row]) -> str:
    """One Markdown table a set: ours, the best recall of any rival by tier, the rivals."""
    lines = []
    for name in sorted({row.set for row in rows}):
        figures = collections.defaultdict(dict)
        for row in rows:
            if row.set == name:
                figures[row.variant][row.measure] = row.value
        known = {m for values in figures.values() for m in values}
        columns = [c for c in (*(f"recall {t}" for t in TIERS), *OTHERS) if c in known]
        heads = [c.removeprefix("recall ") for c in columns]
        lines += [f"\n{name}\n", f"| tool | {' | '.join(heads)} |",
                  "|---" * (len(columns) + 1) + "|"]
        ours = sorted(v for v in figures if v.startswith("copydesk "))
        theirs = sorted(set(figures) - set(ours))
        if theirs:
            figures[BEST] = {c: max(figures[v].get(c, 0) for v in theirs)
                             for c in columns if c.startswith("recall ")}
        for variant in (*ours, *[BEST] * bool(theirs), *theirs):
            cells = (cell(c, figures[variant].get(c)) for c in columns)
            lines.append(f"| {variant} | {' | '.join(cells)} |")
    return "\n".join(lines).lstrip("\n")


# -------------------------------------------------------------------------------------------------

def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary", metavar="COPYDESK", nargs="?")
    parser.add_argument("--python", help="a Python that has the rivals' packages")
    parser.add_argument("--only", action="append", choices=SETS, metavar="SET",
                        help=", ".join(SETS))
    tools = (*OURS, *reuse_drivers.DRIVERS)
    parser.add_argument("--tool", action="append", choices=tools, metavar="NAME",
                        help=", ".join(tools))
    parser.add_argument("--csv", type=pathlib.Path, default=HERE / "results_reuse_rivals.csv")
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)),
                        help="the core that everything runs on (%(default)s)")
    parser.add_argument("--table", action="store_true", help="print the CSV, measure nothing")
    args = parser.parse_args()
    if args.table:
        print(table(measure.read_csv(args.csv)))
        return 0
    if not args.binary:
        parser.error("needs COPYDESK")

    evaldata.data_dir()
    failed = False
    with tempfile.TemporaryDirectory(prefix="copydesk-rivals-") as folder:
        work = pathlib.Path(folder)
        bench = Bench(os.path.abspath(args.binary), args.python, args.core, work)
        chosen = []
        for name in args.tool or tools:
            if why := bench.missing(name):
                print(f"skipped: {name}: {why}", file=sys.stderr)
            else:
                chosen.append(name)
        for set_name in args.only or SETS:
            corpus = prepare(set_name, work)
            bench.clean(corpus)
            measured = []
            for name in chosen:
                print(f"{set_name} {name} …", file=sys.stderr)
                run = bench.ours if name in OURS else bench.rival
                command = ("reuse_rivals.py COPYDESK --python PYTHON "
                           f"--only {set_name} --tool {name}")
                try:
                    found = list(run(name, corpus))
                except Failed as fault:
                    print(f"FAILED: {name}: {fault}", file=sys.stderr)
                    failed = True
                    continue
                for variant, figures in found:
                    if figures.get("recall verbatim", 1.0) < SANE:
                        print(f"look at {variant}: {figures['recall verbatim']:.3f} of the "
                              f"verbatim copies of {set_name}", file=sys.stderr)
                    measured += [measure.Row(m, set_name, variant, value, command)
                                 for m, value in figures.items()]
            # After each set, so that a long run that is stopped has not been for nothing.
            measure.write_csv(args.csv, measure.merged(measure.read_csv(args.csv), measured))
    print(table(measure.read_csv(args.csv)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
