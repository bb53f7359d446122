#!/usr/bin/env python3
"""Runs a rival of copydesk over a file as its users do: near duplicates are found and dropped.

  rival_drivers.py NAME               imports what the rival needs and prints its version
  rival_drivers.py NAME INPUT.jsonl OUT    does the job; all of its files go into the folder OUT
  rival_drivers.py NAME --report OUT  what a job did, as JSON on standard output:
      {"pairs": [[i, j], ...], "kept": [id, ...]}   rows of INPUT, from 0, i < j

Only the job is for the clock. It runs under a Python that has the rival (rivals.txt says with what
it is installed); this file itself needs only the standard library. Whoever reports groups reports
all pairs of each group. NAME is one of RIVALS. datasketch, rensa and text-dedup are driven as where
their finds are compared with ours (tests/quality/reuse_drivers.py).
"""

import collections
import importlib
import importlib.metadata
import json
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "quality"))
import reuse_drivers  # noqa: E402  (where it is stands in the line above)

# job(name, source, out) does the work; report(name, out) says what it did.
# threshold: the Jaccard from which two documents should be found.
Rival = collections.namedtuple("Rival", "package modules threshold job report")


def ids_of(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line)["id"] for line in lines]


# --- datatrove ------------------------------------------------------------------------------------
# examples/minhash_deduplication.py of its repository with the local executor: four jobs one after
# the other, one worker, MinhashConfig as it comes (word 5-grams, 14 buckets of 8 hashes of 64 bits;
# English words by spaCy). Buckets want a task each. Kind to it: no counting of tokens, the dropped
# records are not written, and the output is not compressed.

def datatrove_job(_, source, out):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (MinhashDedupBuckets, MinhashDedupCluster,
                                          MinhashDedupFilter, MinhashDedupSignature)
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig()
    source = source.resolve()
    signatures, buckets, removed = (str(out / name) for name in ("signatures", "buckets", "remove"))
    reader = JsonlReader(str(source.parent), glob_pattern=source.name)
    jobs = {
        "signatures": (1, [reader, MinhashDedupSignature(signatures, config=config)]),
        "buckets": (config.num_buckets,
                    [MinhashDedupBuckets(signatures, buckets, config=config)]),
        "clusters": (1, [MinhashDedupCluster(buckets, removed, config=config)]),
        "filter": (1, [reader, MinhashDedupFilter(removed),
                       JsonlWriter(str(out / "kept"), compression=None)]),
    }
    for name, (tasks, pipeline) in jobs.items():
        LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=1,
                              logging_dir=str(out / "logs" / name)).run()


def datatrove_report(_, out):
    """Its clusters: what hangs together by pairs of one bucket."""
    group_of = {}
    for path in sorted((out / "buckets").glob("*.dups")):
        for _, a, _, b in struct.iter_unpack("<4I", path.read_bytes()):
            group = group_of.setdefault(a, {a})
            other = group_of.setdefault(b, {b})
            if group is not other:
                group |= other
                group_of.update((row, group) for row in other)
    groups = {id(group): group for group in group_of.values()}
    return groups.values(), ids_of(out / "kept" / "00000.jsonl")


# --- text-dedup -----------------------------------------------------------------------------------
# Its README's MinHash: 240 hashes, word 5-grams, threshold .7, candidates verified. Its output is a
# dataset in Arrow's format.

TEXT_DEDUP = reuse_drivers.DRIVERS["text-dedup-readme"]


def text_dedup_job(_, source, out):
    reuse_drivers.text_dedup_run(source, out, "minhash", reuse_drivers.TEXT_DEDUP_MINHASH.format(
        threshold=TEXT_DEDUP.threshold, check="true"))


def text_dedup_report(_, out):
    import datasets
    return (reuse_drivers.text_dedup_groups(out, "minhash"),
            list(datasets.load_from_disk(str(out / "output"))["id"]))


# --- datasketch and rensa -------------------------------------------------------------------------
# Both leave the files to the user: the texts are in memory, a document is dropped if an earlier one
# that stays was found for it, and the other lines are copied.

IN_MEMORY = {"datasketch": "datasketch-5", "rensa": "rensa-readme"}


def later_copies(pairs):
    """Rows that have a partner before them which is none of these rows."""
    dropped = set()
    for i, j in sorted(pairs):
        if i not in dropped:
            dropped.add(j)
    return dropped


def in_memory_job(name, source, out):
    driver = reuse_drivers.DRIVERS[IN_MEMORY[name]]
    pairs = driver.run(reuse_drivers.read_texts(source), driver.tokens, driver.threshold)
    dropped = later_copies(pairs)
    with open(source, "rb") as lines, open(out / "kept.jsonl", "wb") as kept:
        kept.writelines(line for i, line in enumerate(lines) if i not in dropped)
    (out / "pairs.json").write_text(json.dumps(sorted(pairs)))


def in_memory_report(_, out):
    return json.loads((out / "pairs.json").read_text()), ids_of(out / "kept.jsonl")


def in_memory(name):
    driver = reuse_drivers.DRIVERS[IN_MEMORY[name]]
    return Rival(driver.package, driver.modules, driver.threshold, in_memory_job, in_memory_report)


# --------------------------------------------------------------------------------------------------

RIVALS = {
    # Its source: two documents that are as alike are found half of the time or more.
    "datatrove": Rival("datatrove", ("datatrove.pipeline.dedup", "spacy"), (1 / 14) ** (1 / 8),
                       datatrove_job, datatrove_report),
    "text_dedup": Rival("text-dedup", TEXT_DEDUP.modules, TEXT_DEDUP.threshold, text_dedup_job,
                        text_dedup_report),
    "datasketch": in_memory("datasketch"),
    "rensa": in_memory("rensa"),
}


def main(arguments):
    if not arguments or arguments[0] not in RIVALS or len(arguments) not in (1, 3):
        sys.exit(__doc__)
    name, *rest = arguments
    rival = RIVALS[name]
    if not rest:
        for module in rival.modules:
            importlib.import_module(module)
        print(importlib.metadata.version(rival.package))
    elif rest[0] == "--report":
        groups, kept = rival.report(name, pathlib.Path(rest[1]))
        pairs = sorted(reuse_drivers.group_pairs(groups))
        json.dump({"pairs": pairs, "kept": kept}, sys.stdout)
    else:
        out = pathlib.Path(rest[1])
        out.mkdir()
        rival.job(name, pathlib.Path(rest[0]), out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
