#!/usr/bin/env python3
"""Measures reuse and stories on the evaluation data and keeps the figures in one tidy CSV.

  measure_reuse.py COPYDESK [--csv FILE] [--only PART]... [--set STAGE.OPTION=VALUE]...
  measure_reuse.py COPYDESK --check [--tolerance X] ...     compares with the CSV, writes nothing

Parts: edits, tiers, negatives, all_pairs, clough, stories, seeds, shuffle, checker, sketch
(README.md says what each is). Everything is measured with the default config, but for --set, which
shows in the variant's name. The rows are those of measure.py.

--sketch PROGRAM   measure_sketch of the build; without it that in `tests` beside COPYDESK

Without COPYDESK_EVAL_DATA it says so and exits 77. Standard library only.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from typing import Iterator

import check_reuse
import evaldata
import measure

HERE = pathlib.Path(__file__).resolve().parent
COPIES = ("exact", "near_duplicate", "contains", "contained")
SEEDS, EACH = (1, 2, 3), 300
# For all_pairs: articles, copies of each, and the most words of a hundred that a copy changes.
DRAWN, COPIES_OF_EACH, MOST_CHANGED = 500, 3, 16
# And for its big family: edited copies of one article and the most words of a hundred that each
# changes, so few that all are near duplicates of it; versions of another, each with so many words
# of a hundred changed since the one before. Both articles have so many words and a date.
FAMILY, MOST_EDITED = 300, 8
CHAIN, EACH_CHANGED = 60, 10
ENOUGH_WORDS = 300
LATER = "2030-01-01"
THRESHOLDS = (0.3, 0.5, 0.7, 0.8)
SHUFFLES = 5
ECBPLUS_TOPICS = 35

# What the answers of clough are, by who wrote them, for the tasks a to e: n not copied, h heavily
# revised, l lightly revised, c cut and pasted (Clough, Stevenson: Developing a corpus of
# plagiarised short answers, 2011).
LEVELS = {"n": "none", "h": "heavy", "l": "light", "c": "cut"}
ANSWERS = {"g0pA": "nclhn", "g0pB": "nnclh", "g0pC": "hnncl", "g0pD": "clhnn", "g0pE": "lhnnc",
           "g1pA": "nhlcn", "g1pB": "nnhlc", "g1pD": "lcnnh", "g2pA": "nhlcn", "g2pB": "nnhlc",
           "g2pC": "cnnhl", "g2pE": "hlcnn", "g3pA": "nhlcn", "g3pB": "nnhlc", "g3pC": "cnnhl",
           "g4pB": "nnhlc", "g4pC": "cnnhl", "g4pD": "lcnnh", "g4pE": "hlcnn"}


def numbers(line: str) -> list[float]:
    return [float(n) for n in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", line)]


def parse_tables(printed: str) -> list[tuple[str, list[float]]]:
    """(first column, numbers) of each line of a table that has numbers."""
    found = []
    for line in printed.splitlines():
        values = numbers(line)
        if values:
            found.append((re.split(r"\s{2,}", line.strip())[0], values))
    return found


class Bench:
    """Prepared inputs and runs in a temporary folder that all parts share."""

    def __init__(self, binary: str, work: pathlib.Path, settings: dict, sketch: pathlib.Path):
        self.binary, self.work, self.settings, self.sketch = binary, work, settings, sketch
        self.default = measure.default_config(binary, work)
        self._prepared: dict[tuple, pathlib.Path] = {}
        self._runs: dict[tuple, pathlib.Path] = {}

    @property
    def variant(self) -> str:
        return " ".join(["default"] + [measure.setting_text(*s) for s in self.settings.items()])

    def tool(self, name: str, *arguments, check: bool = True) -> str:
        command = [sys.executable, str(evaldata.tool(name)), *map(str, arguments)]
        return subprocess.run(command, check=check, stdout=subprocess.PIPE, text=True,
                              encoding="utf-8").stdout

    def prepared(self, name: str, *arguments) -> pathlib.Path:
        """What the tool prints as an input, once."""
        key = (name, *map(str, arguments))
        if key not in self._prepared:
            path = self.work / f"input-{len(self._prepared)}.jsonl"
            path.write_text(self.tool(name, *arguments), encoding="utf-8")
            self._prepared[key] = path
        return self._prepared[key]

    def edits(self, seed: int) -> tuple[pathlib.Path, pathlib.Path]:
        """(documents, gold)"""
        documents, gold = (self.work / f"edits-{seed}{end}.jsonl" for end in ("", "-gold"))
        if not documents.exists():
            self.tool("make_edits.py", data("corpus/abp.jsonl.gz"), documents, gold, "--seed", seed,
                      "--each", EACH)
        return documents, gold

    def run(self, source: pathlib.Path, options: dict | None = None) -> pathlib.Path:
        """The folder of a run with the default config and these options, {"stage.option": value};
        the same run is done once."""
        options = {**self.settings, **(options or {})}
        key = (source, json.dumps(options, sort_keys=True))
        if key not in self._runs:
            out = self.work / f"run-{len(self._runs)}"
            config = measure.config_of(self.default, None, options) if options else None
            measure.run_copydesk(self.binary, source, out, config)
            self._runs[key] = out
        return self._runs[key]

    def write(self, name: str, records: list[dict]) -> pathlib.Path:
        path = self.work / name
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records),
                        encoding="utf-8")
        return path


def data(name: str) -> pathlib.Path:
    return evaldata.data_dir() / name


def reuse_input(bench: Bench, name: str) -> pathlib.Path:
    return bench.prepared("score_reuse.py", "prepare", data(f"reuse/{name}.jsonl.gz"))


# --- the parts: each yields (measure, set, value) ------------------------------------------------

Figures = Iterator[tuple[str, str, float]]


def edits(bench: Bench) -> Figures:
    names = ("pairs", "found", "as_copy", "passage_precision", "passage_recall", "granularity")
    for seed in SEEDS:
        documents, gold = bench.edits(seed)
        for kind, values in parse_tables(bench.tool("score_reuse.py", "edits", gold,
                                                    bench.run(documents))):
            for name, value in zip(names, values, strict=True):
                yield name, f"edits-{seed}/{kind}", value


def tiers(bench: Bench) -> Figures:
    for name in ("wsdl", "fnc1"):
        printed = bench.tool("score_reuse.py", "score", data(f"reuse/{name}_pairs_auto.jsonl.gz"),
                             bench.run(reuse_input(bench, f"{name}_docs")))
        by_tier, _, by_relation = printed.partition("\n\n")
        for tier, values in parse_tables(by_tier):
            for what, value in zip(("pairs", "any_relation", "as_copy"), values, strict=True):
                yield what, f"{name}/{tier}", value
        for relation, values in parse_tables(by_relation):
            for what, value in zip(("reported", "in_floor"), values, strict=True):
                yield what, f"{name}/{relation}", value


def negatives(bench: Bench) -> Figures:
    source = reuse_input(bench, "negatives_intl")
    sums = {(where, what): 0.0 for where in ("cross_outlet", "same_outlet")
            for what in ("copies", "passages")}
    for line in bench.tool("score_reuse.py", "negatives", bench.run(source), source).splitlines():
        where, _, relation, _, per_thousand = line.split()[:5]
        sums[f"{where}_outlet", "copies" if relation in COPIES else "passages"] += \
            float(per_thousand)
    for (where, what), value in sums.items():
        yield f"{what}_per_1000_documents", f"negatives_intl/{where}", value


WORDS = re.compile(r"\w+")


def vocabulary_of(articles: list[dict]) -> list[str]:
    return sorted({word for article in articles for word in WORDS.findall(article["text"])})


def with_copies(articles: list[dict]) -> list[dict]:
    """The articles and copies of them with words of other articles put in the place of a share of
    theirs, shuffled: pairs of every Jaccard similarity, for a corpus that has none of its own."""
    chance = random.Random(1)
    vocabulary = vocabulary_of(articles)
    made = list(articles)
    for article in articles:
        for i in range(COPIES_OF_EACH):
            share = chance.uniform(0, MOST_CHANGED / 100)
            text = WORDS.sub(lambda m: chance.choice(vocabulary) if chance.random() < share
                             else m.group(), article["text"])
            made.append({**article, "id": f"{article['id']}-{i}", "outlet": f"outlet{i}.example",
                         "text": text})
    chance.shuffle(made)
    return made


def with_words_changed(text: str, share: float, vocabulary: list[str],
                       chance: random.Random) -> str:
    """With that share of its words, no more, replaced."""
    places = [m.span() for m in WORDS.finditer(text)]
    for begin, end in sorted(chance.sample(places, int(share * len(places))), reverse=True):
        text = text[:begin] + chance.choice(vocabulary) + text[end:]
    return text


def big_family(articles: list[dict]) -> dict[str, list[dict]]:
    """A `family`, an article and its edited copies, which all came later, and a `chain`, an article
    and its versions; each of them from an outlet of its own."""
    chance = random.Random(2)
    vocabulary = vocabulary_of(articles)
    first, version = [a for a in articles if check_reuse.seconds_of(a.get("date", "")) is not None
                      and len(WORDS.findall(a["text"])) >= ENOUGH_WORDS][:2]
    made = {"family": [first], "chain": [version]}
    for i in range(FAMILY):
        share = chance.uniform(0, MOST_EDITED / 100)
        made["family"].append({
            **first, "id": f"family-{i}", "outlet": f"family{i}.example", "date": LATER,
            "text": with_words_changed(first["text"], share, vocabulary, chance)})
    for i in range(CHAIN - 1):
        version = {**version, "id": f"chain-{i}", "outlet": f"chain{i}.example", "date": LATER,
                   "text": with_words_changed(version["text"], EACH_CHANGED / 100, vocabulary,
                                              chance)}
        made["chain"].append(version)
    return made


def all_pairs(bench: Bench) -> Figures:
    articles = list(evaldata.rows(bench.prepared("score_reuse.py", "prepare",
                                                 data("corpus/abp.jsonl.gz"))))
    drawn = random.Random(1).sample(articles, DRAWN)
    copies = with_copies(drawn)
    source = bench.write("drawn.jsonl", copies)
    for threshold in THRESHOLDS:
        run = bench.run(source, {"match_reuse.near_duplicate": threshold})
        for name, value in check_reuse.Checker(run, [source]).all_pairs().items():
            yield name, f"abp with copies/{threshold}", value
    known = {article["id"] for article in drawn}
    rest = [article for article in articles if article["id"] not in known]
    yield from within_groups(bench, copies, big_family(rest[:DRAWN]))


def within_groups(bench: Bench, others: list[dict], groups: dict[str, list[dict]]) -> Figures:
    """Recall within each group, of it with the group's first, and of all other pairs; copies of the
    family in no cluster."""
    made = [member for group in groups.values() for member in group]
    source = bench.write("big-family.jsonl", others + made)
    run = bench.run(source)
    checked = check_reuse.Checker(run, [source])
    group_of = {member["id"]: name for name, group in groups.items() for member in group}
    doc_group = {row["doc"]: group_of.get(row["id"], "others") for row in checked.audit}
    is_first = {row["doc"]: row["id"] in {group[0]["id"] for group in groups.values()}
                for row in checked.audit}

    def by_group(pairs: set[tuple[int, int]]) -> dict[str, set]:
        found = collections.defaultdict(set)
        for a, b in pairs:
            group = doc_group[a] if doc_group[a] == doc_group[b] else "others"
            found[group].add((a, b))
            if is_first[a] or is_first[b]:
                found[f"{group} with its first"].add((a, b))
        return found

    wanted, found = map(by_group, checked.near_pairs(checked.options["near_duplicate"]))
    for group in [*groups, *(f"{group} with its first" for group in groups), "others"]:
        for name, value in check_reuse.recall_of(wanted[group], found[group]).items():
            yield name, f"abp with a big family/{group}", value
    clustered = {m["id"] for c in checked.files["clusters"] for m in c["members"]}
    yield ("unclustered", "abp with a big family/family",
           sum(member["id"] not in clustered for member in groups["family"]))


def clough(bench: Bench) -> Figures:
    """The share of an answer that stands in the text it answers from."""
    documents = list(evaldata.rows(data("reuse/clough.jsonl.gz")))
    path = bench.write("clough.jsonl", documents)
    shares = collections.defaultdict(list)
    for document in documents:
        if document["who"] not in ANSWERS:
            continue
        command = [bench.binary, "compare", f"{path}#{document['id']}",
                   f"{path}#orig_task{document['task']}"]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        level = LEVELS[ANSWERS[document["who"]]["abcde".index(document["task"])]]
        shares[level].append(dict(parse_tables(printed))["contained in the other"][0])
    for level in LEVELS.values():
        yield "answers", f"clough/{level}", len(shares[level])
        yield "mean_containment", f"clough/{level}", sum(shares[level]) / len(shares[level])


def story_scores(bench: Bench, name: str, gold: pathlib.Path, source: pathlib.Path) -> Figures:
    printed = bench.tool("score_story.py", "score", gold, bench.run(source))
    counts, scores = printed.splitlines()
    documents, missing, _, _ = numbers(counts)
    yield "documents", name, documents
    yield "missing", name, missing
    names = ("bcubed_precision", "bcubed_recall", "bcubed_f1", "pair_precision", "pair_recall",
             "pair_f1", "adjusted_rand")
    for measured, value in zip(names, numbers(scores), strict=True):
        yield measured, name, value


def stories(bench: Bench) -> Figures:
    wsdl, gold = data("reuse/wsdl_docs.jsonl.gz"), data("story/wsdl_gold.jsonl.gz")
    prepare = ("score_story.py", "prepare")
    yield from story_scores(bench, "wsdl_gold", gold, bench.prepared(*prepare, wsdl, gold))
    yield from story_scores(bench, "wsdl_gold in wsdl", gold, bench.prepared(*prepare, wsdl))

    ecbplus = data("story/ecbplus.jsonl.gz")
    topics = bench.write("ecbplus-gold.jsonl", [
        {"id": row["id"], "story": row["story"]} for row in evaldata.rows(ecbplus)
        if row["topic"] <= ECBPLUS_TOPICS])
    yield from story_scores(bench, f"ecbplus 1-{ECBPLUS_TOPICS} undated", topics,
                            bench.prepared(*prepare, ecbplus, topics, "--undated"))
    for name in ("basil", "newswcl50"):
        path = data(f"story/{name}.jsonl.gz")
        yield from story_scores(bench, f"{name} undated", path,
                                bench.prepared(*prepare, path, "--undated"))
    yield from judged_pairs(bench)


def judged_pairs(bench: Bench) -> Figures:
    """Pairs of articles that people judged to tell the same story or not."""
    judged = list(evaldata.rows(data("story/tgcontest_pairs.jsonl.gz")))
    articles = {side["url"]: side for pair in judged for side in (pair["a"], pair["b"])}
    source = bench.write("judged.jsonl", [{"id": url, **article}
                                          for url, article in articles.items()])
    story = {member: row["story"] for row in evaldata.rows(bench.run(source) / "stories.jsonl")
             for member in row["members"]}
    for language in sorted({pair["lang"] for pair in judged}):
        counts = collections.Counter(
            (pair["label"] == "OK", story[pair["a"]["url"]] == story[pair["b"]["url"]])
            for pair in judged if pair["lang"] == language)
        right, wrong, lost = counts[True, True], counts[False, True], counts[True, False]
        name = f"tgcontest_pairs/{language}"
        yield "pairs", name, sum(counts.values())
        yield "pair_precision", name, right / (right + wrong) if right + wrong else 1.0
        yield "pair_recall", name, right / (right + lost) if right + lost else 1.0


def seeds(bench: Bench) -> Figures:
    pages = data("seeds")
    for name, flags in (("seeds undated", ()), ("seeds dated", ("--dated",))):
        run = bench.run(bench.prepared("score_seeds.py", "prepare", pages, *flags))
        # It exits 1 if a check fails.
        printed = bench.tool("score_seeds.py", "score", pages, run, *flags, check=False)
        held, checks = map(int, re.search(r"^(\d+) of (\d+) checks hold$", printed, re.M).groups())
        yield "checks", name, checks
        yield "checks_failed", name, checks - held
        yield "story_checks_failed", name, len(re.findall(r": (?:not )?joined$", printed, re.M))


def without_order(run: pathlib.Path) -> dict[str, set]:
    """Pairs, clusters, verdicts and stories of a run by ids, whatever the order of the input."""
    pairs = set()
    turned = {"contains": "contained", "contained": "contains"}
    for p in evaldata.rows(run / "pairs.jsonl"):
        ids, relation, sides = (p["a"], p["b"]), p["relation"], "ab"
        if ids[0] > ids[1]:
            ids, relation, sides = ids[::-1], turned.get(relation, relation), "ba"
        pairs.add((ids, relation, p["jaccard"], *(p[f"{what}_{side}"] for side in sides
                                                  for what in ("containment", "coverage")),
                   tuple(sorted((*(tuple(x[side]) for side in sides), x["words"], x["quoted"])
                                for x in p["passages"]))))
    clusters = {(c["representative"], c["worst_jaccard"], c["first"], tuple(c["agencies"]),
                 tuple(sorted((m["id"], m["relation"], m["jaccard"], m["coverage"], m["update"],
                               tuple(m["agencies"])) for m in c["members"])))
                for c in evaldata.rows(run / "clusters.jsonl")}
    verdicts = {(row["id"], row["verdict"], row["reason"], row["of"])
                for row in evaldata.rows(run / "audit.jsonl")}
    found = {tuple(sorted(s["members"])) for s in evaldata.rows(run / "stories.jsonl")}
    return {"pairs": pairs, "clusters": clusters, "verdicts": verdicts, "stories": found}


def shuffle(bench: Bench) -> Figures:
    """How many pairs, clusters, verdicts and stories are others if the input comes in another
    order."""
    source = reuse_input(bench, "wsdl_docs")
    expected = without_order(bench.run(source))
    moved = dict.fromkeys(expected, 0)
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    for seed in range(1, SHUFFLES + 1):
        random.Random(seed).shuffle(lines)
        shuffled = bench.work / f"shuffled-{seed}.jsonl"
        shuffled.write_text("".join(lines), encoding="utf-8")
        for name, found in without_order(bench.run(shuffled)).items():
            moved[name] += len(found ^ expected[name])
    for name, value in moved.items():
        yield f"{name}_moved", f"wsdl shuffled {SHUFFLES} times", value


def checker(bench: Bench) -> Figures:
    sources = {"wsdl": reuse_input(bench, "wsdl_docs"), "fnc1": reuse_input(bench, "fnc1_docs"),
               "edits-1": bench.edits(1)[0]}
    for name, source in sources.items():
        checked = check_reuse.Checker(bench.run(source), [source])
        checked.check()
        for fault in checked.faults[:20]:
            print(f"{name}: {fault}", file=sys.stderr)
        yield "faults", name, len(checked.faults)
        for what in ("pairs", "passages", "members", "firsts", "spans"):
            yield f"{what}_checked", name, checked.counts[what]
        yield "pairs_not_checked", name, checked.counts["pairs not checked"]


def sketch(bench: Bench) -> Figures:
    articles = bench.prepared("score_reuse.py", "prepare", data("corpus/abp.jsonl.gz"))
    with open(articles, "rb") as file:
        printed = subprocess.run([str(bench.sketch)], check=True, stdin=file,
                                 stdout=subprocess.PIPE, text=True).stdout
    for line in printed.splitlines()[1:]:
        kind, size, pairs, ratio, bias = line.split(",")
        for name, value in (("pairs", pairs), ("rmse_over_ideal", ratio), ("bias", bias)):
            yield name, f"{kind} {size} shingles", float(value)


PARTS = {"edits": edits, "tiers": tiers, "negatives": negatives, "all_pairs": all_pairs,
         "clough": clough, "stories": stories, "seeds": seeds, "shuffle": shuffle,
         "checker": checker, "sketch": sketch}


def command_of(part: str, settings: dict) -> str:
    return " ".join(["measure_reuse.py", "COPYDESK", "--only", part] +
                    ["--set " + measure.setting_text(*s) for s in settings.items()])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary", metavar="COPYDESK")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART",
                        help=", ".join(PARTS))
    parser.add_argument("--set", action="append", type=measure.parse_setting, default=[],
                        dest="settings", metavar="STAGE.OPTION=VALUE")
    parser.add_argument("--sketch", type=pathlib.Path, metavar="PROGRAM")
    measure.add_csv_flags(parser, HERE / "results_reuse.csv")
    args = parser.parse_args()

    evaldata.data_dir()
    settings = dict(args.settings)
    binary = os.path.abspath(args.binary)
    sketch_program = args.sketch or pathlib.Path(binary).parent / "tests" / "measure_sketch"
    parts = args.only or list(PARTS)
    if "sketch" in parts and not sketch_program.is_file():
        parser.error(f"the part sketch needs {sketch_program}, which is not there; --sketch names "
                     "the measure_sketch of the build")
    measured = []
    with tempfile.TemporaryDirectory(prefix="copydesk-quality-") as work:
        bench = Bench(binary, pathlib.Path(work), settings, sketch_program)
        if unknown := measure.unknown_settings(bench.default, settings):
            parser.error(f"--set: no stage has the option {', '.join(unknown)}")
        for part in parts:
            print(f"{part} …", file=sys.stderr)
            measured += [measure.Row(name, where, bench.variant, value, command_of(part, settings))
                         for name, where, value in PARTS[part](bench)]
    return measure.check_or_write(args, measured)


if __name__ == "__main__":
    sys.exit(main())
