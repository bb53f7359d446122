#!/usr/bin/env python3
"""What measure_reuse.py does without data: what it reads from scorers, and what it makes itself.

  measure_reuse_test.py
"""
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import evaldata
import measure_reuse

EDITS = """kind          pairs   found  as copy  span P  span R  granularity
heavy           300   1.000    0.997   0.999   0.986         1.02
"""
TIERS = """tier                pairs  any relation  as a copy
near-dup               10        1.000      0.900
shared-passage        610        0.993      0.000

relation          reported  in the floor
near_duplicate          34         0.559
"""
NEGATIVES = """cross outlet  exact                   2     0.56 per 1,000 documents
cross outlet  contains                1     0.28 per 1,000 documents
cross outlet  shares_passage        241    68.04 per 1,000 documents
same outlet   near_duplicate         92    25.97 per 1,000 documents
"""
STORIES = """documents 154  missing 1  gold stories 95  found 96
b-cubed P 0.994 R 0.979 F1 0.986   pairs P 0.996 R 0.930 F1 0.962   ARI -0.001
"""
SEEDS = """001.txt:3: still there: Menu
000 and 002: not joined
000 and 003: joined
113 of 116 checks hold
"""


class Bench:
    """Scorers that print what they are told, and folders that stand there already."""

    def __init__(self, work: pathlib.Path, printed: str = "", run: pathlib.Path | None = None):
        self.work, self.printed, self.folder = work, printed, run

    def tool(self, *_arguments, **_options) -> str:
        return self.printed

    def prepared(self, *_arguments) -> pathlib.Path:
        return self.work / "input.jsonl"

    def edits(self, _seed: int) -> tuple[pathlib.Path, pathlib.Path]:
        return self.work, self.work

    def run(self, *_arguments) -> pathlib.Path | None:
        return self.folder

    write = measure_reuse.Bench.write


class Scorers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        patch = unittest.mock.patch.dict(os.environ, COPYDESK_EVAL_DATA=folder.name)
        patch.start()
        self.addCleanup(patch.stop)

    def figures(self, part, printed: str) -> dict[tuple[str, str], float]:
        return {(name, where): value
                for name, where, value in part(Bench(self.work, printed))}

    def test_edits(self):
        figures = self.figures(measure_reuse.edits, EDITS)
        self.assertEqual(len(figures), 6 * len(measure_reuse.SEEDS))
        self.assertEqual(figures["as_copy", "edits-2/heavy"], 0.997)
        self.assertEqual(figures["granularity", "edits-3/heavy"], 1.02)

    def test_tiers(self):
        figures = self.figures(measure_reuse.tiers, TIERS)
        self.assertEqual(figures["as_copy", "wsdl/near-dup"], 0.9)
        self.assertEqual(figures["any_relation", "fnc1/shared-passage"], 0.993)
        self.assertEqual(figures["in_floor", "wsdl/near_duplicate"], 0.559)
        self.assertEqual(figures["reported", "wsdl/near_duplicate"], 34)

    def test_negatives(self):
        figures = self.figures(measure_reuse.negatives, NEGATIVES)
        self.assertAlmostEqual(
            figures["copies_per_1000_documents", "negatives_intl/cross_outlet"], 0.84)
        self.assertEqual(
            figures["passages_per_1000_documents", "negatives_intl/cross_outlet"], 68.04)
        self.assertEqual(
            figures["copies_per_1000_documents", "negatives_intl/same_outlet"], 25.97)
        self.assertEqual(
            figures["passages_per_1000_documents", "negatives_intl/same_outlet"], 0)

    def test_stories(self):
        bench = Bench(self.work, STORIES)
        figures = {name: value for name, _, value in measure_reuse.story_scores(
            bench, "x", self.work, self.work)}
        self.assertEqual(figures, {
            "documents": 154, "missing": 1, "bcubed_precision": 0.994, "bcubed_recall": 0.979,
            "bcubed_f1": 0.986, "pair_precision": 0.996, "pair_recall": 0.93, "pair_f1": 0.962,
            "adjusted_rand": -0.001})

    def test_seeds(self):
        figures = self.figures(measure_reuse.seeds, SEEDS)
        self.assertEqual([figures[name, "seeds dated"] for name in
                          ("checks", "checks_failed", "story_checks_failed")], [116, 3, 2])

    def test_judged_pairs(self):
        def article(name: str) -> dict:
            return {"url": name, "title": name, "text": name}

        (self.work / "story").mkdir()
        with gzip.open(self.work / "story" / "tgcontest_pairs.jsonl.gz", "wt") as file:
            for label, a, b in (("OK", "a", "b"), ("OK", "a", "c"), ("BAD", "a", "d"),
                                ("BAD", "c", "d"), ("OK", "b", "e")):
                file.write(json.dumps({"lang": "en", "label": label, "a": article(a),
                                       "b": article(b)}) + "\n")
        out = self.work / "out"
        out.mkdir()
        stories = [["a", "b", "d", "e"], ["c"]]
        (out / "stories.jsonl").write_text("".join(
            json.dumps({"story": i, "members": members}) + "\n"
            for i, members in enumerate(stories)))
        figures = {name: value for name, _, value in measure_reuse.judged_pairs(
            Bench(self.work, run=out))}
        self.assertEqual(figures["pairs"], 5)
        self.assertAlmostEqual(figures["pair_precision"], 2 / 3)
        self.assertAlmostEqual(figures["pair_recall"], 2 / 3)

    def test_sketch(self):
        program = self.work / "measure_sketch"
        program.write_text(f"#!{sys.executable}\nimport sys\nassert sys.stdin.read() == 'x'\n"
                           "print('kind,size,pairs,ratio,bias')\nprint('made,<=50,20000,0.7,-0.1')")
        program.chmod(0o755)
        (self.work / "input.jsonl").write_text("x")
        bench = Bench(self.work)
        bench.sketch = program
        self.assertEqual(list(measure_reuse.sketch(bench)), [
            ("pairs", "made <=50 shingles", 20000), ("rmse_over_ideal", "made <=50 shingles", 0.7),
            ("bias", "made <=50 shingles", -0.1)])

    def test_no_sketch(self):
        # Before anything is measured: there is no copydesk either.
        for only in ((), ("--only", "sketch")):
            done = subprocess.run([sys.executable, measure_reuse.__file__, "none/copydesk", *only],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "the part sketch needs .*measure_sketch, which is not")
        done = subprocess.run([sys.executable, measure_reuse.__file__, "none/copydesk", "--only",
                               "seeds"], capture_output=True, text=True)
        self.assertNotIn("sketch needs", done.stderr)


class Own(unittest.TestCase):
    def test_tables(self):
        self.assertEqual(measure_reuse.parse_tables("a b  1\n\nwords  12  -0.5\nF1 0.9\n"),
                         [("a b", [1]), ("words", [12, -0.5]), ("F1 0.9", [0.9])])

    def test_answers(self):
        # Everybody answered five questions: two from memory, three in one of the other ways.
        self.assertEqual(len(measure_reuse.ANSWERS), 19)
        for levels in measure_reuse.ANSWERS.values():
            self.assertEqual(sorted(levels), sorted("nnhlc"))

    def test_copies(self):
        rows = [{"id": f"{i}", "outlet": "a.example",
                 "text": " ".join(f"w{i}x{j}" for j in range(400))} for i in range(2)]
        made = measure_reuse.with_copies(rows)
        self.assertEqual(made, measure_reuse.with_copies(rows))
        self.assertEqual(len({row["id"] for row in made}),
                         2 * (1 + measure_reuse.COPIES_OF_EACH))
        for row in made:
            original = rows[int(row["id"][0])]["text"].split()
            changed = sum(x != y for x, y in zip(original, row["text"].split(), strict=True))
            self.assertEqual(changed > 0, "-" in row["id"])
            self.assertLess(changed, 400 * 0.25)

    def test_big_family(self):
        rows = [{"id": f"{i}", "outlet": "a.example", "date": "2016-01-01",
                 "text": " ".join(f"w{i}x{j}" for j in range(words))}
                for i, words in enumerate((299, 300, 400))]
        rows.insert(0, {k: v for k, v in rows[2].items() if k != "date"})
        made = measure_reuse.big_family(rows)
        self.assertEqual(made, measure_reuse.big_family(rows))
        self.assertEqual({name: len(group) for name, group in made.items()},
                         {"family": measure_reuse.FAMILY + 1, "chain": measure_reuse.CHAIN})
        self.assertEqual([group[0]["id"] for group in made.values()], ["1", "2"])

        def changed(a: dict, b: dict) -> int:
            return sum(x != y for x, y in zip(a["text"].split(), b["text"].split(), strict=True))

        first, *copies = made["family"]
        self.assertLessEqual(max(changed(first, c) for c in copies), 300 * 0.08)
        self.assertGreater(max(changed(first, c) for c in copies), 300 * 0.07)
        self.assertEqual({c["date"] > first["date"] for c in copies}, {True})
        self.assertEqual(len({c["outlet"] for c in copies}), measure_reuse.FAMILY)
        for a, b in zip(made["chain"], made["chain"][1:]):
            self.assertLessEqual(changed(a, b), 40)
            self.assertGreater(changed(a, b), 35)

    def test_within_groups(self):
        with tempfile.TemporaryDirectory() as name:
            work = pathlib.Path(name)
            groups = {"family": ["f", "g", "h"], "chain": ["c", "d"]}
            checker = unittest.mock.Mock(
                audit=[{"doc": doc, "id": i} for doc, i in enumerate("xfghcd")],
                options={"near_duplicate": 0.4},
                files={"clusters": [{"members": [{"id": "f"}, {"id": "h"}, {"id": "x"}]}]})
            checker.near_pairs.return_value = ({(1, 2), (1, 3), (2, 3), (4, 5), (0, 1), (3, 4)},
                                               {(1, 2), (1, 3), (0, 1)})
            with unittest.mock.patch.object(measure_reuse.check_reuse, "Checker",
                                            return_value=checker):
                figures = {(where.split("/")[1], name): value for name, where, value in
                           measure_reuse.within_groups(Bench(work, run=work), [{"id": "x"}], {
                               n: [{"id": i} for i in ids] for n, ids in groups.items()})}
        checker.near_pairs.assert_called_once_with(0.4)
        for group, pairs, found in (("family", 3, 2), ("family with its first", 2, 2),
                                    ("chain", 1, 0), ("chain with its first", 1, 0),
                                    ("others", 2, 1)):
            self.assertEqual([figures[group, n] for n in ("near_duplicates", "found", "recall")],
                             [pairs, found, found / pairs], group)
        self.assertEqual(figures["family", "unclustered"], 1)

    def test_order_does_not_count(self):
        def folder(name: str, flip: bool, words: int = 12, member: dict | None = None,
                   **other: dict) -> pathlib.Path:
            out = work / name
            out.mkdir()
            pair = {"a": "x", "b": "y", "relation": "contains", "jaccard": 0.5,
                    "containment_a": 0.6, "containment_b": 0.9, "coverage_a": 0.7,
                    "coverage_b": 0.95, "passages": [
                        {"a": [0, 9], "b": [20, 29], "words": words, "quoted": True},
                        {"a": [10, 19], "b": [0, 9], "words": 13, "quoted": False}]}
            if flip:
                pair = {"a": "y", "b": "x", "relation": "contained", "jaccard": 0.5,
                        **{f"{k}_{s}": pair[f"{k}_{t}"] for s, t in ("ab", "ba")
                           for k in ("containment", "coverage")},
                        "passages": [{**p, "a": p["b"], "b": p["a"]}
                                     for p in reversed(pair["passages"])]}
            members = [{"id": i, "doc": n, "relation": "exact", "jaccard": 1, "coverage": 1,
                        "update": False, "agencies": ["AP"], **(member or {})}
                       for n, i in enumerate("yx" if flip else "xy")]
            cluster = {"cluster": 0, "representative": "x", "members": members,
                       "worst_jaccard": 1, "first": "y", "agencies": ["AP"]}
            audit = {"id": "y", "doc": 0 if flip else 1, "verdict": "dropped",
                     "reason": "exact_duplicate", "of": "x"}
            story = {"story": 0, "members": [m["id"] for m in members]}
            for stem, row in (("pairs", pair), ("clusters", cluster), ("stories", story),
                              ("audit", audit)):
                row.update(other.get(stem, {}))
                (out / f"{stem}.jsonl").write_text(json.dumps(row) + "\n")
            return out

        with tempfile.TemporaryDirectory() as name:
            work = pathlib.Path(name)
            expected = measure_reuse.without_order(folder("1", False))
            self.assertEqual(measure_reuse.without_order(folder("2", True)), expected)
            other = measure_reuse.without_order(folder("3", True, words=14))
            self.assertEqual(len(other["pairs"] ^ expected["pairs"]), 2)
            self.assertEqual(other["stories"], expected["stories"])
            for i, (name, changed) in enumerate((
                    ("clusters", {"member": {"coverage": 0.9}}),
                    ("clusters", {"member": {"update": True}}),
                    ("clusters", {"member": {"agencies": []}}),
                    ("clusters", {"clusters": {"first": None}}),
                    ("clusters", {"clusters": {"agencies": []}}),
                    ("verdicts", {"audit": {"verdict": "kept"}}),
                    ("verdicts", {"audit": {"reason": "near_duplicate"}}),
                    ("verdicts", {"audit": {"of": "z"}}))):
                found = measure_reuse.without_order(folder(f"other-{i}", False, **changed))
                self.assertEqual([n for n in expected if found[n] != expected[n]], [name], changed)

    def test_skips_without_data(self):
        environment = {k: v for k, v in os.environ.items() if k != "COPYDESK_EVAL_DATA"}
        done = subprocess.run([sys.executable, measure_reuse.__file__, "copydesk"],
                              env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, evaldata.SKIPPED)
        self.assertIn("skipped: COPYDESK_EVAL_DATA", done.stderr)


if __name__ == "__main__":
    unittest.main()
