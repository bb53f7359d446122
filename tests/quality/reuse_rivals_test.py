#!/usr/bin/env python3
"""What reuse_rivals.py and reuse_drivers.py do without data and without any rival installed.

  reuse_rivals_test.py
"""
import contextlib
import gzip
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import measure
import reuse_drivers
import reuse_rivals


def numbered(first: int, count: int) -> str:
    """An invented text of so many different words."""
    return " ".join(f"w{i}" for i in range(first, first + count))


class Words(unittest.TestCase):
    def test_folded(self):
        self.assertEqual(reuse_rivals.words_of("The CAFÉ’s ﬁrst-rate Straße, 3.5"),
                         ["the", "cafe", "s", "first", "rate", "strasse", "3", "5"])

    def test_shingles(self):
        for count, expected in ((0, 0), (4, 0), (5, 1), (6, 2)):
            self.assertEqual(len(reuse_rivals.shingles(numbered(0, count).split(), 5)), expected)

    def test_five_grams_of_rivals(self):
        self.assertEqual(reuse_drivers.five_grams("One, two. THREE"), ["one two three"])
        self.assertEqual(reuse_drivers.five_grams("a b c d e f"), ["a b c d e", "b c d e f"])

    def test_similarities(self):
        a, b = frozenset("abc"), frozenset("bcde")
        self.assertEqual(reuse_rivals.jaccard(a, b), 2 / 5)
        self.assertEqual(reuse_rivals.containment(a, b), 2 / 3)
        self.assertEqual(reuse_rivals.containment(b, a), 2 / 4)
        self.assertEqual(reuse_rivals.jaccard(frozenset(), frozenset()), 0)
        self.assertEqual(reuse_rivals.containment(frozenset(), a), 0)

    def test_covered(self):
        words = numbered(0, 20).split()
        for shared, expected in ((4, 0), (5, 5), (6, 6), (20, 20)):
            other = reuse_rivals.shingles(words[10:10 + shared] if shared < 20 else words, 5)
            self.assertEqual(reuse_rivals.covered(words, other, 5), expected)
        self.assertEqual(reuse_rivals.covered([], frozenset(), 5), 0)


class Truth(unittest.TestCase):
    def test_a_passage_has_twelve_words(self):
        for count, expected in ((11, False), (12, True), (13, True)):
            run = numbered(0, count)
            texts = reuse_rivals.Texts([f"{numbered(100, 9)} {run} {numbered(200, 9)}",
                                        f"{numbered(300, 9)}\n\n{run.upper()}. {numbered(400, 9)}"])
            self.assertEqual(texts.share_passage((0, 1)), expected)

    def test_the_same_few_words(self):
        texts = reuse_rivals.Texts(["No ferry today.", "NO FERRY TODAY", "No ferry, today at all"])
        self.assertTrue(texts.share_passage((0, 1)))
        self.assertFalse(texts.share_passage((0, 2)))

    def test_promise_of_a_rival(self):
        # Of ten words, seven, eight or nine are shared: Jaccard 7/13, 8/12, 9/11.
        texts = reuse_rivals.Texts([numbered(0, 10), *(numbered(10 - n, 10) for n in (7, 8, 9))])
        for threshold, expected in ((0.6, [False, True, True]), (8 / 12, [False, True, True]),
                                    (0.7, [False, False, True])):
            driver = reuse_drivers.Driver("p", (), None, "words", "jaccard", threshold, "")
            promise = reuse_rivals.promise_of(driver)
            self.assertEqual([promise(texts, (0, i)) for i in (1, 2, 3)], expected)
        driver = reuse_drivers.Driver("p", (), None, "words", "containment", 0.8, "")
        promise = reuse_rivals.promise_of(driver)
        self.assertEqual([promise(texts, (0, i)) for i in (1, 2, 3)], [False, True, True])
        short = reuse_rivals.Texts([numbered(0, 5), numbered(0, 50)])
        self.assertTrue(promise(short, (0, 1)))  # whichever of the two is contained

    def test_promise_of_a_copy(self):
        options = {"near_duplicate": 0.4, "contains": 0.6, "contains_min_words": 25}
        promise = reuse_rivals.copy_promise(options)

        def copied(shared: int, own: int, other: int) -> bool:
            """A text of `shared + own` words, the first of which stand in one with `other` more."""
            texts = reuse_rivals.Texts([f"{numbered(0, shared)} {numbered(1000, own)}",
                                        f"{numbered(2000, other)} {numbered(0, shared)}"])
            return promise(texts, (0, 1))

        # 30 of 50 words are 0.6; both texts are long enough that Jaccard does not reach its share.
        self.assertEqual([copied(n, 50 - n, 500) for n in (29, 30, 31)], [False, True, True])
        # Nothing but shared words, but only so many of them.
        self.assertEqual([copied(n, 0, 500) for n in (24, 25, 26)], [False, True, True])
        self.assertTrue(copied(30, 500, 20))  # whichever of the two is contained
        # Texts of 49 shingles that share 28: Jaccard is 28 / 70.
        options["contains"] = 1.0
        self.assertEqual([copied(n + 4, 49 - n, 49 - n) for n in (27, 28, 29)],
                         [False, True, True])
        same = reuse_rivals.Texts(["No ferry today.", "NO FERRY TODAY"])
        self.assertTrue(promise(same, (0, 1)))


class Scores(unittest.TestCase):
    FLOOR = {(0, 1): "verbatim", (0, 2): "verbatim", (1, 2): "quote"}

    def test_recall(self):
        self.assertEqual(reuse_rivals.recall({(0, 1), (1, 2), (3, 4)}, self.FLOOR),
                         {"verbatim": 0.5, "quote": 1.0})
        self.assertEqual(reuse_rivals.recall([], self.FLOOR), {"verbatim": 0, "quote": 0})

    def test_precision(self):
        reported = {(0, 1), (1, 2), (3, 4), (5, 6)}
        self.assertEqual(reuse_rivals.precision(reported, self.FLOOR, lambda pair: pair == (3, 4)),
                         0.75)
        self.assertEqual(reuse_rivals.precision(reported, {}, lambda pair: False), 0)
        self.assertEqual(reuse_rivals.precision(set(), self.FLOOR, lambda pair: False), 1)

    def test_all(self):
        texts = reuse_rivals.Texts([numbered(0, 20), numbered(0, 20), numbered(50, 20)])
        self.assertEqual(
            reuse_rivals.scores({(0, 1), (0, 2)}, {(0, 1): "verbatim"}, texts,
                                lambda texts, pair: False),
            {"recall verbatim": 1.0, "pairs": 2, "precision passage": 0.5,
             "precision promise": 0.5})

    def test_table(self):
        rows = [measure.Row(m, "wsdl", v, x, "c")
                for v, m, x in (("a 1", "recall verbatim", 0.5), ("a 1", "pairs", 3),
                                ("b 1", "recall verbatim", 0.25), ("b 1", "recall quote", 0),
                                ("copydesk 1", "recall verbatim", 1),
                                ("copydesk 1", "seconds cpu", 2.25))]
        self.assertEqual(reuse_rivals.table(rows).splitlines(),
                         ["wsdl", "", "| tool | verbatim | quote | pairs | seconds cpu |",
                          "|---|---|---|---|---|",
                          "| copydesk 1 | 1.000 | – | – | 2.2 |",
                          f"| {reuse_rivals.BEST} | 0.500 | 0.000 | – | – |",
                          "| a 1 | 0.500 | – | 3 | – |", "| b 1 | 0.250 | 0.000 | – | – |"])
        self.assertNotIn(reuse_rivals.BEST, reuse_rivals.table(rows[-2:]))


class Drivers(unittest.TestCase):
    def test_pairs(self):
        self.assertEqual(reuse_drivers.group_pairs([[3, 1, 2], [3, 4], [5], []]),
                         {(1, 2), (1, 3), (2, 3), (3, 4)})
        self.assertEqual(reuse_drivers.neighbour_pairs({1: [1, 2], 2: [1], 5: [3]}),
                         {(1, 2), (3, 5)})

    def test_rensa_groups(self):
        """Copies of one kept text are a group, although they are never compared."""
        class Index:
            kept: dict = {}

            def get_duplicates(self, sketch):
                return [self.kept[sketch]] if sketch in self.kept else []

            def add(self, key, sketch):
                self.kept.setdefault(sketch, key)

        texts = {0: "", 4: "", 5: "", 7: ""}
        self.assertEqual(reuse_drivers.rensa_deduplicate(texts, ["x", "x", "y", "x"], Index()),
                         {(0, 4), (0, 7), (4, 7)})

    def test_texts_without_a_word_are_not_fed(self):
        with tempfile.TemporaryDirectory() as folder:
            source, result = pathlib.Path(folder) / "in.jsonl", pathlib.Path(folder) / "out.json"
            source.write_text("".join(json.dumps({"text": t}) + "\n" for t in ("a", " … ", "b")))
            fake = reuse_drivers.Driver("p", (), lambda texts, tokens, threshold:
                                        reuse_drivers.group_pairs([texts]), "words", "jaccard",
                                        0.5, "")
            with unittest.mock.patch.dict(reuse_drivers.DRIVERS, {"fake": fake}):
                self.assertEqual(reuse_drivers.main(["fake", str(source), str(result)]), 0)
            self.assertEqual(json.loads(result.read_text()), [[0, 2]])

    def test_what_is_not_installed(self):
        with unittest.mock.patch.object(reuse_drivers, "version", lambda package: None):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                reuse_drivers.main(["--versions"])
        self.assertEqual(json.loads(out.getvalue()),
                         {"datasketch": None, "rensa": None, "text-dedup": None})
        self.assertIsNone(reuse_drivers.version("no-such-package-as-this"))


# Reports all documents as copies of each other; a config is a cleaning run.
FAKE_BINARY = """#!{python}
import itertools, json, pathlib, sys
args = sys.argv[1:]
if args == ["--version"]:
    print("copydesk 7.8.9")
    sys.exit()
out = pathlib.Path(args[args.index("--out") + 1])
out.mkdir()
(out / "run.json").write_text(json.dumps({{"config":
    'stages = ["strip_rules", "match_reuse"]\\n[match_reuse]\\nnear_duplicate = 0.4\\n'
    'contains = 0.6\\ncontains_min_words = 25\\n'}}))
rows = [json.loads(line) for line in open(args[1])]
(out / "clean.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))
(out / "pairs.jsonl").write_text("".join(
    json.dumps({{"a": a["id"], "b": b["id"],
                 "relation": "exact" if a["text"] == b["text"] else "shares_passage"}}) + "\\n"
    for a, b in itertools.combinations(rows, 2)))
"""
FAKE_SCORER = """import gzip, json, os, sys
def reported(directory):
    rows = map(json.loads, open(os.path.join(directory, "pairs.jsonl")))
    return {frozenset((r["a"], r["b"])): r for r in rows}
if __name__ == "__main__":
    sys.stdout.write(gzip.open(sys.argv[2], "rt").read())
"""


class Whole(unittest.TestCase):
    """A run over an invented set, with a program and a scorer that are invented, too."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        (self.work / "reuse").mkdir()
        self.write("fnc1_docs.jsonl", [{"id": "x", "text": numbered(0, 30)},
                                       {"id": "y", "text": numbered(0, 30)},
                                       {"id": "z", "text": numbered(90, 30)}])
        self.write("fnc1_pairs_auto.jsonl", [{"a": "y", "b": "x", "tier_auto": "verbatim"},
                                             {"a": "x", "b": "z", "tier_auto": "partial"}])
        (self.work / "score_reuse.py").write_text(FAKE_SCORER)
        self.binary = self.work / "copydesk"
        self.binary.write_text(FAKE_BINARY.format(python=sys.executable))
        self.binary.chmod(0o755)

    def write(self, name: str, rows: list) -> None:
        with gzip.open(self.work / "reuse" / f"{name}.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    def run_script(self, *args: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "COPYDESK_EVAL_DATA": str(self.work),
                       "COPYDESK_EVAL_TOOLS": str(self.work)}
        return subprocess.run([sys.executable, str(reuse_rivals.HERE / "reuse_rivals.py"),
                               str(self.binary), "--only", "fnc1", "--csv",
                               str(self.work / "r.csv"), *args],
                              env=environment, capture_output=True, text=True)

    def test_ours(self):
        done = self.run_script("--tool", "copydesk")
        self.assertEqual((done.returncode, done.stderr), (0, "fnc1 copydesk …\n"))
        rows = {(r.variant, r.measure): r.value
                for r in measure.read_csv(self.work / "r.csv")
                if not r.measure.startswith("seconds")}
        related, copied = (f"copydesk 7.8.9 default, {what}; raw"
                           for what in ("any relation", "as a copy"))
        self.assertEqual(rows, {
            (related, "recall verbatim"): 1, (related, "recall partial"): 1,
            (related, "pairs"): 3, (related, "precision passage"): 0.6667,
            (related, "precision promise"): 0.6667,
            (copied, "recall verbatim"): 1, (copied, "recall partial"): 0,
            (copied, "pairs"): 1, (copied, "precision passage"): 1,
            (copied, "precision promise"): 1})

    def test_rivals_that_are_not_there_are_named(self):
        done = self.run_script("--tool", "rensa-readme")
        self.assertEqual(done.returncode, 0)
        self.assertIn("skipped: rensa-readme: no --python", done.stderr)
        bare = self.work / "python"
        bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
        bare.chmod(0o755)
        done = self.run_script("--tool", "rensa-readme", "--python", str(bare))
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"skipped: rensa-readme: rensa is not installed for {bare}", done.stderr)
        self.assertEqual(measure.read_csv(self.work / "r.csv"), [])

    def test_a_rival_that_fails_is_named_and_the_others_go_on(self):
        broken = self.work / "python"
        broken.write_text('#!/bin/sh\n[ "$2" = --versions ] && echo \'{"datasketch": "1", '
                          '"rensa": "2", "text-dedup": null}\' && exit\necho boom; exit 3\n')
        broken.chmod(0o755)
        done = self.run_script("--tool", "rensa-readme", "--tool", "copydesk", "--python",
                               str(broken))
        self.assertEqual(done.returncode, 1)
        self.assertIn("FAILED: rensa-readme:", done.stderr)
        self.assertIn("exit code 3\nboom", done.stderr)
        self.assertIn("copydesk 7.8.9", done.stdout)

    def test_skips_without_data(self):
        environment = {k: v for k, v in os.environ.items() if k != "COPYDESK_EVAL_DATA"}
        done = subprocess.run([sys.executable, str(reuse_rivals.HERE / "reuse_rivals.py"), "x"],
                              env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 77)
        self.assertIn("skipped: COPYDESK_EVAL_DATA", done.stderr)


if __name__ == "__main__":
    unittest.main()
