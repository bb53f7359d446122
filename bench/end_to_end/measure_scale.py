#!/usr/bin/env python3
"""Measures how time, memory and disk grow with the corpus: one run for each size.

    measure_scale.py --build build/release --documents 100000 1000000 [--memory 1G] [--compress]

For each size make_corpus writes a corpus, copydesk runs over it, and what its run.json and the
kernel say of the run is printed, one line a measure: name, value, unit. At the end stand the
exponents: the slope of the logarithm between the smallest and the biggest size. 1 is linear.
The exit code is 1 if a run failed or its result was wrong, and then no figure of it is printed.
"""

import argparse
import json
import math
import pathlib
import shutil
import sys
import tempfile

import run_benchmark as bench


def run_size(options, documents, work):
    """What a run over so many documents took, by measure."""
    corpus = work / "corpus.jsonl"
    bench.execute(bench.Command("make_corpus", [
        options.build / bench.TOOLS / "make_corpus", "--documents", documents, "--article-bytes",
        options.article_bytes, "--out", corpus], corpus), options.machine)
    size = corpus.stat().st_size
    out = work / "out"
    words = [options.build / "copydesk", "run", corpus, "--out", out, "--quiet",
             "--memory", options.memory, "--threads", len(options.machine.cores)]
    words += ["--compress"] if options.compress else []
    words += ["--config", options.config] if options.config else []
    command = bench.Command(f"{documents} documents", words, out, len(options.machine.cores))
    with bench.FolderWatch(out) as watch:
        run = bench.execute(command, options.machine)
    result = json.loads((out / "run.json").read_text())
    summary = result["summary"]
    if summary["documents"] != documents or \
            summary["kept"] + summary["dropped"] + summary["rejected"] != documents:
        raise bench.WrongResult(f"{documents} documents in, {summary['documents']} counted")
    if not options.config and not summary["pairs"]:
        raise bench.WrongResult(f"{documents} documents: no pair was found")
    figures = {
        "size": (size / bench.MB, "MB"),
        "seconds": (run.seconds, "s"),
        "cpu": (run.cpu_seconds, "s"),
        "rate": (size / bench.MB / run.seconds, "MB/s"),
        "memory": (run.peak_bytes / bench.MIB, "MiB"),
        "disk": (watch.peak / documents, "bytes/document"),
        "work": (watch.work_peak / documents, "bytes/document"),
    }
    for part in result["timings"]["work_files"]:
        figures[f"work.{part['part']}"] = (part["bytes"] / documents, "bytes/document")
    for phase in result["timings"]["phases"]:
        figures[f"phase.{phase['phase'].replace(' ', '_').replace(':', '')}"] = (
            phase["seconds"], "s")
    corpus.unlink()
    shutil.rmtree(out)
    return figures


def exponent(figures, measure):
    """The slope of a measure between the smallest and the biggest size."""
    sizes = sorted(figures)
    small, big = (figures[size][measure][0] for size in (sizes[0], sizes[-1]))
    return math.log(big / small) / math.log(sizes[-1] / sizes[0])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--documents", type=int, nargs="+", required=True, help="sizes")
    parser.add_argument("--article-bytes", type=int, default=512, help="mean size of an article; "
                        "512 gives records of about 1 KB")
    parser.add_argument("--memory", default="1G", help="passed to copydesk run")
    parser.add_argument("--config", type=pathlib.Path, help="passed to copydesk run")
    parser.add_argument("--compress", action="store_true", help="passed to copydesk run")
    parser.add_argument("--work", type=pathlib.Path, help="folder for corpora and results; default: "
                        "the build folder")
    options = parser.parse_args(arguments)
    options.build = options.build.resolve()
    options.machine = bench.Machine()
    figures = {}
    try:
        with tempfile.TemporaryDirectory(prefix="copydesk-scale-",
                                         dir=options.work or options.build) as work:
            for documents in sorted(set(options.documents)):
                bench.say(f"{documents} documents")
                figures[documents] = run_size(options, documents, pathlib.Path(work))
                for name, (value, unit) in figures[documents].items():
                    print(f"{documents}.{name} {value:.4g} {unit}", flush=True)
    except (bench.WrongResult, OSError) as error:
        bench.say(f"measure_scale: {error}")
        return 1
    if len(figures) > 1:
        for measure in ("seconds", "cpu", "memory"):
            print(f"exponent.{measure} {exponent(figures, measure):.4g} power")
    return 0


if __name__ == "__main__":
    sys.exit(main())
