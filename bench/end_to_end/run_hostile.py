#!/usr/bin/env python3
"""Measures whether documents that are made to be slow are slow.

    run_hostile.py --build build/release [--documents 100000] [--words 1000000] [--case NAME…]

For each case of hostile_corpora.py: writes its corpus, and a benign one of as many documents and
bytes; runs copydesk over both in turns, each pinned to one core with one worker, checks the
results, and prints one line a measure, "case.measure value unit". `instructions` is the ratio of
the instructions of both (needs perf), `cpu` that of CPU times (medians), `memory` the peak of the
hostile run in MiB. The exit code is 1 if a ratio was above --limit, a peak above --memory, or a
result wrong.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

import hostile_corpora
import run_benchmark as bench


BESIDE_TEXT = 150  # bytes of a record of make_corpus


class Corpus:
    def __init__(self, path, records):
        self.path = path
        self.documents = 0
        with open(path, "w", encoding="utf-8") as out:
            for record in records:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
                self.documents += 1
        self.bytes = path.stat().st_size


def benign(options, documents, text_bytes, work):
    """As many documents of such a size: pages of make_corpus, cut or strung together."""
    pages = work / "pages.jsonl"
    page_bytes = min(max(text_bytes, 256), 16384)
    each = max(text_bytes // page_bytes, 1)
    bench.execute(bench.Command("make_corpus", [
        options.build / bench.TOOLS / "make_corpus", "--documents", documents * each,
        "--article-bytes", page_bytes, "--out", pages], pages), options.machine)
    with open(pages, encoding="utf-8") as lines:
        for first in lines:
            record = json.loads(first)
            texts = [record["text"]]
            size = len(texts[0])
            while size < text_bytes and (more := lines.readline()):
                texts.append(json.loads(more)["text"])
                size += len(texts[-1])
            text = "\n".join(texts)
            if len(text) > 1.2 * text_bytes:
                text = text[:text.rfind(" ", 0, text_bytes) + 1] or text[:text_bytes]
            yield {**record, "text": text}
            documents -= 1
            if documents == 0:
                break
    pages.unlink()


class Turn:
    """What one run took."""

    def __init__(self, cpu, instructions, peak):
        self.cpu = cpu
        self.instructions = instructions
        self.peak = peak


def run_once(options, corpus, out, cpu_seconds=0):
    """What a run took; one that is stopped after so many seconds of CPU (0: never) took those."""
    shutil.rmtree(out, ignore_errors=True)
    counts = out.with_suffix(".perf")
    words = [options.build / "copydesk", "run", corpus.path, "--out", out, "--quiet", "--threads",
             "1", "--memory", options.memory]
    if options.config:
        words += ["--config", options.config]
    if cpu_seconds:
        words = ["prlimit", f"--cpu={cpu_seconds}", "--"] + words
    if options.perf:
        words = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o", counts, "--"] + words
    child = subprocess.Popen(options.machine.pin(1) + [str(word) for word in words],
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    stopped = child.returncode in (-signal.SIGXCPU, -signal.SIGKILL) if not options.perf else (
        cpu_seconds and usage.ru_utime + usage.ru_stime >= cpu_seconds)
    if stopped:
        return Turn(usage.ru_utime + usage.ru_stime, 0, 0)
    if child.returncode not in (0, 3):
        raise bench.WrongResult(f"{corpus.path.name}: exit code {child.returncode}: "
                                f"{message.decode(errors='replace')}")
    instructions = 0
    if options.perf:
        for line in counts.read_text().splitlines():
            if "instructions" in line:
                instructions = int(line.split(",")[0])
    # Its own word: what the kernel says of a child may be the peak of this script.
    return Turn(usage.ru_utime + usage.ru_stime, instructions,
                check(corpus, out)["timings"]["peak_memory_bytes"])


def check(corpus, out):
    """What run.json says, once every document is accounted for in each file."""
    result = json.loads((out / "run.json").read_text())
    summary = result["summary"]
    if summary["documents"] != corpus.documents:
        raise bench.WrongResult(f"{corpus.path.name}: {corpus.documents} documents in, "
                                f"{summary['documents']} counted")
    for name, count in bench.FILES_BY_COUNT.items():
        rows = count_rows(out / f"{name}.jsonl")
        if rows != summary[count]:
            raise bench.WrongResult(f"{corpus.path.name}: {name}.jsonl has {rows} rows, "
                                    f"not {summary[count]}")
    return result


def count_rows(path):
    with open(path, "rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


def measure(options, name, work):
    """The ratios of a case; whether they are within the limits."""
    scale = hostile_corpora.Scale(options.documents, options.words)
    hostile = Corpus(work / f"{name}.jsonl", hostile_corpora.CASES[name](scale))
    each = max(hostile.bytes // hostile.documents - BESIDE_TEXT, 1)
    kind = (hostile.documents, each)
    if options.benign_kind != kind:
        options.benign = Corpus(work / "benign.jsonl", benign(options, *kind, work))
        options.benign_kind = kind
        options.benign_turns = []
    turns = []
    for _ in range(options.rounds):
        options.benign_turns.append(run_once(options, options.benign, work / "out"))
        patience = int(options.patience * options.benign_turns[-1].cpu) + 1
        turns.append(run_once(options, hostile, work / "out", patience))
    shutil.rmtree(work / "out")
    hostile.path.unlink()

    def ratio(what):
        mine = statistics.median(getattr(turn, what) for turn in turns)
        theirs = statistics.median(getattr(turn, what) for turn in options.benign_turns)
        return mine / theirs if theirs else 0.0

    def median(what, of):
        return statistics.median(getattr(turn, what) for turn in of)

    peak = max(turn.peak for turn in turns)
    ratios = {"cpu": ratio("cpu")}
    if options.perf:
        ratios["instructions"] = ratio("instructions")
    print(f"{name}.documents {hostile.documents} documents")
    print(f"{name}.size {hostile.bytes / bench.MB:.4g} MB")
    print(f"{name}.benign_size {options.benign.bytes / bench.MB:.4g} MB")
    print(f"{name}.seconds {median('cpu', turns):.4g} s")
    for what, value in ratios.items():
        print(f"{name}.{what} {value:.3g} times")
    print(f"{name}.memory {peak / bench.MIB:.4g} MiB", flush=True)
    good = True
    if ratios["cpu"] > options.limit:
        bench.say(f"run_hostile: {name} takes {ratios['cpu']:.3g} times what a benign corpus takes")
        good = False
    if peak > options.memory_bytes:
        bench.say(f"run_hostile: {name} takes {peak / bench.MIB:.4g} MiB")
        good = False
    return good


def has_perf():
    try:
        return subprocess.run(["perf", "stat", "-e", "instructions:u", "true"],
                              capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--documents", type=int, default=100000,
                        help="of cases that are about their number")
    parser.add_argument("--words", type=int, default=1000000,
                        help="of a document in cases that are about its size")
    parser.add_argument("--case", nargs="+", choices=list(hostile_corpora.CASES), default=None,
                        metavar="NAME", help="only these")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each corpus")
    parser.add_argument("--limit", type=float, default=3.0, help="the highest ratio that is good")
    parser.add_argument("--patience", type=float, default=30.0,
                        help="a run is stopped when it takes so many times what is benign")
    parser.add_argument("--memory", default="256M", help="passed to copydesk run")
    parser.add_argument("--config", type=pathlib.Path, help="passed to copydesk run")
    parser.add_argument("--work", type=pathlib.Path, help="folder for corpora and results; default: "
                        "the build folder")
    options = parser.parse_args(arguments)
    options.build = options.build.resolve()
    options.machine = bench.Machine()
    options.perf = has_perf()
    options.memory_bytes = int(options.memory.rstrip("M")) * bench.MIB
    options.benign_kind = None
    good = True
    try:
        with tempfile.TemporaryDirectory(prefix="copydesk-hostile-",
                                         dir=options.work or options.build) as work:
            for name in options.case or hostile_corpora.CASES:
                good = measure(options, name, pathlib.Path(work)) and good
    except (bench.WrongResult, OSError) as error:
        bench.say(f"run_hostile: {error}")
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
