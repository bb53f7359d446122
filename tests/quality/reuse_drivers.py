#!/usr/bin/env python3
"""Runs a rival of reuse detection through its own public API and writes the pairs that it reports.

  reuse_drivers.py NAME INPUT.jsonl PAIRS.json    NAME: one of DRIVERS; INPUT: records with a text
  reuse_drivers.py NAME                           only imports what the rival needs
  reuse_drivers.py --versions                     {package: version, null if it is not installed}

PAIRS is a list of [i, j]: rows of INPUT, from 0, i < j. Texts without a word are not fed: their
users would drop them, and some rivals take them all for copies of each other. A rival that reports
groups reports all pairs of each group.

Runs under a Python that has the packages (README.md says which and how); this file itself needs
only the standard library and installs nothing.
"""
import collections
import dataclasses
import importlib
import importlib.metadata
import itertools
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import tempfile
from typing import Callable, Iterable

NUM_PERM = 128
WORD = re.compile(r"\w+")


def split_words(text: str) -> list[str]:
    """Tokens as in rensa's README."""
    return text.split()


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def five_grams(text: str) -> list[str]:
    found = words(text)
    return [" ".join(found[i:i + 5]) for i in range(max(1, len(found) - 4))]


TOKENS: dict[str, Callable[[str], list[str]]] = {"split": split_words, "words": words,
                                                 "5-grams": five_grams}


def group_pairs(groups: Iterable[Iterable[int]]) -> set[tuple[int, int]]:
    """All pairs of members of each group."""
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs.update(itertools.combinations(sorted(set(group)), 2))
    return pairs


def neighbour_pairs(neighbours: dict[int, Iterable[int]]) -> set[tuple[int, int]]:
    return {(min(i, j), max(i, j)) for i, found in neighbours.items() for j in found if i != j}


# --- datasketch ----------------------------------------------------------------------------------
# Its documentation, "MinHash LSH": num_perm=128 and threshold=0.5 over sets of words; what query()
# returns is the answer, "approximate neighbours". "MinHash LSH Ensemble": containment, threshold
# 0.8, num_perm=128, 32 partitions. It leaves the tokens to the user; word 5-grams are common for
# texts. update_batch() is its fast path.

def datasketch_sketches(texts: dict[int, str], tokens: str) -> dict[int, tuple]:
    from datasketch import MinHash
    sketches = {}
    for i, text in texts.items():
        items = {t.encode() for t in TOKENS[tokens](text)}
        sketch = MinHash(num_perm=NUM_PERM)
        sketch.update_batch(items)
        sketches[i] = (sketch, len(items))
    return sketches


def datasketch_lsh(texts: dict[int, str], tokens: str, threshold: float) -> set:
    from datasketch import MinHashLSH
    sketches = datasketch_sketches(texts, tokens)
    index = MinHashLSH(threshold=threshold, num_perm=NUM_PERM)
    for i, (sketch, _) in sketches.items():
        index.insert(i, sketch)
    return neighbour_pairs({i: index.query(sketch) for i, (sketch, _) in sketches.items()})


def datasketch_ensemble(texts: dict[int, str], tokens: str, threshold: float) -> set:
    from datasketch import MinHashLSHEnsemble
    sketches = datasketch_sketches(texts, tokens)
    index = MinHashLSHEnsemble(threshold=threshold, num_perm=NUM_PERM, num_part=32)
    index.index((i, sketch, size) for i, (sketch, size) in sketches.items())
    return neighbour_pairs({i: list(index.query(sketch, size))
                            for i, (sketch, size) in sketches.items()})


# --- rensa ---------------------------------------------------------------------------------------
# README of 0.5.0: RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True) over
# text.split(). It keeps the first of its duplicates only, so those of one kept text are taken for a
# group. README of 0.3 and 0.4: RMinHashLSH with 16 bands and threshold 0.8, candidates of an
# estimated Jaccard of at least 0.85. split() keeps capitals and punctuation; variants with "words"
# show what it finds without them.

RENSA_SEED = 42


def rensa_deduplicate(texts: dict[int, str], sketches: list, index) -> set:
    groups = collections.defaultdict(list)
    for i, sketch in zip(texts, sketches):
        for kept in index.get_duplicates(sketch):
            groups[int(kept)].append(i)
        index.add(str(i), sketch)
    return group_pairs([kept, *copies] for kept, copies in groups.items())


def rensa_r(texts: dict[int, str], tokens: str, threshold: float) -> set:
    from rensa import RMinHash, RMinHashDeduplicator
    sketches = RMinHash.from_token_sets([TOKENS[tokens](t) for t in texts.values()],
                                        num_perm=NUM_PERM, seed=RENSA_SEED)
    index = RMinHashDeduplicator(threshold=threshold, num_perm=NUM_PERM, use_lsh=True)
    return rensa_deduplicate(texts, sketches, index)


def rensa_c(texts: dict[int, str], tokens: str, threshold: float) -> set:
    from rensa import CMinHash, CMinHashDeduplicator
    sketches = CMinHash.from_token_sets([TOKENS[tokens](t) for t in texts.values()],
                                        num_perm=NUM_PERM, seed=RENSA_SEED)
    index = CMinHashDeduplicator(threshold=threshold, num_perm=NUM_PERM)
    return rensa_deduplicate(texts, sketches, index)


def rensa_lsh(texts: dict[int, str], tokens: str, threshold: float) -> set:
    from rensa import RMinHash, RMinHashLSH
    rows = RMinHash.from_token_sets([TOKENS[tokens](t) for t in texts.values()],
                                    num_perm=NUM_PERM, seed=RENSA_SEED)
    sketches = dict(zip(texts, rows))
    index = RMinHashLSH(threshold=0.8, num_perm=NUM_PERM, num_bands=16)
    index.insert_pairs(list(sketches.items()))
    return neighbour_pairs({i: [j for j in index.query(sketch)
                                if sketch.jaccard(sketches[j]) >= threshold]
                            for i, sketch in sketches.items()})


# --- text-dedup ----------------------------------------------------------------------------------
# README of 0.4.1: a config.toml and `python -m text_dedup.minhash`; these are its two examples, but
# for the file's format, one process, and the name of SimHash's hash_bits, which the released
# package knows as f only. check_false_positive verifies by exact Jaccard.

TEXT_DEDUP_FRAME = """[input]
input_type = "local_files"
file_type = "json"

[input.read_arguments]
path = "json"
data_files = {source}
split = "train"

[algorithm]
text_column = "text"
num_proc = 1
{algorithm}
[output]
output_dir = "output"
clean_cache = false
save_clusters = true

[debug]
enable_profiling = false
"""
TEXT_DEDUP_MINHASH = """algorithm_name = "minhash"
seed = 42
batch_size = 10000
num_perm = 240
threshold = {threshold}
false_positive_weight = 0.5
false_negative_weight = 0.5
hash_bits = 64
ngram_size = 5
check_false_positive = {check}
"""
TEXT_DEDUP_SIMHASH = """algorithm_name = "simhash"
f = 64
ngram_size = 3
bit_diff = 3
"""


def text_dedup_run(source: pathlib.Path, work: pathlib.Path, module: str, algorithm: str) -> None:
    """Runs it over a file in the folder `work`. What remains of the records is in its output/."""
    (work / "config.toml").write_text(TEXT_DEDUP_FRAME.format(
        source=json.dumps(str(source.resolve())), algorithm=algorithm))
    offline = {"HF_HOME": str(work), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    subprocess.run([sys.executable, "-m", f"text_dedup.{module}"], cwd=work, check=True,
                   env={**os.environ, **offline})


def text_dedup_groups(work: pathlib.Path, module: str) -> list[set[int]]:
    """The groups that it left there, by rows."""
    with open(work / "output" / "clusters.pickle", "rb") as file:
        cluster_of = pickle.load(file)
    clusters = collections.defaultdict(set)
    for row, cluster in cluster_of.items():
        clusters[cluster].add(row)
        if module == "simhash":  # its clusters are named by a member that is not listed
            clusters[cluster].add(cluster)
    return list(clusters.values())


def text_dedup(texts: dict[int, str], module: str, algorithm: str) -> set:
    with tempfile.TemporaryDirectory(prefix="text-dedup-") as folder:
        work = pathlib.Path(folder)
        with open(work / "input.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts.values())
        text_dedup_run(work / "input.jsonl", work, module, algorithm)
        groups = text_dedup_groups(work, module)
    rows = list(texts)
    return group_pairs([rows[i] for i in group] for group in groups)


def text_dedup_minhash(texts: dict[int, str], tokens: str, threshold: float) -> set:
    return text_dedup(texts, "minhash", TEXT_DEDUP_MINHASH.format(threshold=threshold,
                                                                  check="true"))


def text_dedup_unverified(texts: dict[int, str], tokens: str, threshold: float) -> set:
    return text_dedup(texts, "minhash", TEXT_DEDUP_MINHASH.format(threshold=threshold,
                                                                  check="false"))


def text_dedup_simhash(texts: dict[int, str], tokens: str, threshold: float) -> set:
    return text_dedup(texts, "simhash", TEXT_DEDUP_SIMHASH)


# -------------------------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Driver:
    package: str  # as on PyPI
    modules: tuple  # that it imports
    run: Callable[[dict, str, float], set]
    tokens: str  # of TOKENS
    promise: str  # "jaccard" or "containment" of the tokens,
    threshold: float  # from which a pair should be reported
    label: str


SKETCH, RENSA = ("datasketch",), ("rensa",)
DEDUP = {name: (f"text_dedup.{name}", "text_dedup.config") for name in ("minhash", "simhash")}
DRIVERS: dict[str, Driver] = {
    "datasketch-docs": Driver("datasketch", SKETCH, datasketch_lsh, "words", "jaccard", 0.5,
                              "MinHashLSH, words, .5 (docs)"),
    "datasketch-words-8": Driver("datasketch", SKETCH, datasketch_lsh, "words", "jaccard", 0.8,
                                 "MinHashLSH, words, .8"),
    "datasketch-5": Driver("datasketch", SKETCH, datasketch_lsh, "5-grams", "jaccard", 0.5,
                           "MinHashLSH, 5-grams, .5"),
    "datasketch-8": Driver("datasketch", SKETCH, datasketch_lsh, "5-grams", "jaccard", 0.8,
                           "MinHashLSH, 5-grams, .8"),
    "datasketch-ensemble": Driver("datasketch", SKETCH, datasketch_ensemble, "5-grams",
                                  "containment", 0.8, "MinHashLSHEnsemble, 5-grams, .8 (docs)"),
    "rensa-readme": Driver("rensa", RENSA, rensa_r, "split", "jaccard", 0.8,
                           "RMinHashDeduplicator, split words, .8 (README)"),
    "rensa-words-8": Driver("rensa", RENSA, rensa_r, "words", "jaccard", 0.8,
                            "RMinHashDeduplicator, words, .8"),
    "rensa-5": Driver("rensa", RENSA, rensa_r, "5-grams", "jaccard", 0.5,
                      "RMinHashDeduplicator, 5-grams, .5"),
    "rensa-c": Driver("rensa", RENSA, rensa_c, "words", "jaccard", 0.8,
                      "CMinHashDeduplicator, words, .8"),
    "rensa-lsh": Driver("rensa", RENSA, rensa_lsh, "split", "jaccard", 0.85,
                        "RMinHashLSH 16 bands, split words, .85 (README of 0.4)"),
    "text-dedup-readme": Driver("text-dedup", DEDUP["minhash"], text_dedup_minhash, "5-grams",
                                "jaccard", 0.7, "MinHash verified, 5-grams, .7 (README)"),
    "text-dedup-unverified": Driver("text-dedup", DEDUP["minhash"], text_dedup_unverified,
                                    "5-grams", "jaccard", 0.7, "MinHash, 5-grams, .7"),
    "text-dedup-5": Driver("text-dedup", DEDUP["minhash"], text_dedup_minhash, "5-grams",
                           "jaccard", 0.5, "MinHash verified, 5-grams, .5"),
    # SimHash promises few bits of difference, not a similarity; .5 is the Jaccard by which the
    # package would check its pairs.
    "text-dedup-simhash": Driver("text-dedup", DEDUP["simhash"], text_dedup_simhash, "5-grams",
                                 "jaccard", 0.5, "SimHash, 3 bits (README)"),
}


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def read_texts(path: pathlib.Path) -> dict[int, str]:
    """{row: text} of the texts that have a word."""
    with open(path, encoding="utf-8") as file:
        texts = {i: json.loads(line)["text"] for i, line in enumerate(file)}
    return {i: text for i, text in texts.items() if WORD.search(text)}


def main(args: list[str]) -> int:
    if args == ["--versions"]:
        print(json.dumps({p: version(p) for p in sorted({d.package for d in DRIVERS.values()})}))
        return 0
    if len(args) not in (1, 3) or args[0] not in DRIVERS:
        sys.exit(__doc__)
    driver = DRIVERS[args[0]]
    if len(args) == 1:
        for module in driver.modules:
            importlib.import_module(module)
        return 0
    pairs = driver.run(read_texts(pathlib.Path(args[1])), driver.tokens, driver.threshold)
    pathlib.Path(args[2]).write_text(json.dumps(sorted(pairs)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
