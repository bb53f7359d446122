#!/usr/bin/env python3
"""Tests of the benchmark beside rivals: what counts as found, that wrong results are noticed, what
the drivers make of the rivals' own files, and short runs of the whole with rivals that are
invented.

    rivals_test.py BUILD    BUILD is the folder with copydesk and bench/end_to_end
"""

import contextlib
import io
import itertools
import json
import pathlib
import pickle
import stat
import struct
import sys
import tempfile
import unittest
import unittest.mock

import rival_drivers
import reuse_drivers
import run_rivals

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
HERE = pathlib.Path(__file__).resolve().parent


def numbered(first, count):
    return " ".join(f"w{i}" for i in range(first, first + count))


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write_rows(self, name, rows):
        path = self.folder / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    def write_gold(self, *planted):
        """(source, copy, kind) by row numbers."""
        return self.write_rows("gold.jsonl", [
            {"source": f"doc-{source}", "copy": f"doc-{copy}", "kind": kind}
            for source, copy, kind in planted])


class FoundTest(TestCase):
    def test_recall(self):
        gold = run_rivals.Gold(self.write_gold((0, 1, "verbatim"), (0, 2, "verbatim"),
                                               (3, 5, "edited"), (6, 7, "quotation"),
                                               (8, 9, "cut")))
        found = run_rivals.Found({(0, 1), (3, 4), (4, 5)}, {(6, 7), (0, 2)}, [])
        self.assertEqual(run_rivals.recall(found, gold), {
            "verbatim": 1, "edited": 1, "cut": 0, "quotation": 1})
        found = run_rivals.Found({(0, 1), (3, 6), (5, 7)}, set(), [])
        self.assertEqual(run_rivals.recall(found, gold), {
            "verbatim": 0.5, "edited": 0, "cut": 0, "quotation": 0})
        # Passages say of two documents that they share one, not of those that hang on them.
        found = run_rivals.Found(set(), {(3, 4), (4, 5)}, [])
        self.assertEqual(run_rivals.recall(found, gold)["edited"], 0)

    def test_groups(self):
        group = run_rivals.groups_of([(1, 2), (3, 4), (2, 5), (5, 6), (4, 3), (8, 6)])
        self.assertEqual({row: group[row] == group[1] for row in group},
                         {1: True, 2: True, 3: False, 4: False, 5: True, 6: True, 8: True})
        self.assertEqual(group[3], group[4])

    def score(self, pairs, passages=(), threshold=0.5):
        # 0 and 1 share 4 of 8 shingles of five words; 3 and 4 are planted.
        texts = self.write_rows("texts.jsonl", [{"text": text} for text in (
            numbered(0, 10), numbered(2, 10), numbered(100, 10), numbered(200, 30),
            numbered(300, 30), numbered(400, 30), f"{numbered(500, 9)} {numbered(400, 12)}")])
        gold = self.write_gold((3, 4, "verbatim"), (3, 5, "cut"))
        found = run_rivals.Found(set(pairs), set(passages), ["doc-0"])
        return {name: value for name, value, _ in
                run_rivals.score_rival(found, gold, texts, threshold, 6)}

    def test_precision(self):
        for threshold, expected in ((0.49, 1), (0.5, 1), (0.51, 0)):
            self.assertEqual(self.score({(0, 1)}, threshold=threshold)["precision"], expected)
        self.assertEqual(self.score({(3, 4), (4, 5), (2, 3), (0, 3)}), {
            "pairs": 4, "dropped": 5, "recall.verbatim": 1, "recall.cut": 1, "precision": 0.5})
        self.assertEqual(self.score(set())["precision"], 1)

    def test_passages(self):
        figures = self.score({(3, 4)}, {(5, 6), (0, 1), (3, 5)})
        self.assertEqual((figures["passages"], figures["precision"]), (3, 1))
        self.assertAlmostEqual(figures["precision.passages"], 2 / 3)  # 10 words are no passage
        self.assertEqual(figures["recall.cut"], 1)

    def test_what_copydesk_found(self):
        self.write_rows("audit.jsonl", [
            {"id": "doc-0", "reason": None, "of": None},
            {"id": "doc-1", "reason": "exact_duplicate", "of": "doc-0"},
            {"id": "doc-2", "reason": "near_duplicate", "of": "doc-0"}])
        self.write_rows("pairs.jsonl", [
            {"a": "doc-2", "b": "doc-0", "relation": "near_duplicate"},
            {"a": "doc-0", "b": "doc-3", "relation": "contains"},
            {"a": "doc-2", "b": "doc-3", "relation": "shares_passage"}])
        self.write_rows("clean.jsonl", [{"id": "doc-0"}, {"id": "doc-3"}])
        self.assertEqual(run_rivals.found_by_copydesk(self.folder), run_rivals.Found(
            {(0, 1), (0, 2), (0, 3)}, {(2, 3)}, ["doc-0", "doc-3"]))

    def test_dropped_is_what_was_reported(self):
        ids = ["a", "b", "c"]
        right = [({(0, 1)}, ["a", "c"]), ({(0, 1)}, ["c", "b"]), ({(0, 1), (1, 2)}, ["b"]),
                 ({(0, 1)}, ids), (set(), ids)]
        wrong = [({(0, 1)}, ["a", "b"], "c was dropped"),
                 ({(0, 1)}, ["c"], "a was dropped"),
                 ({(0, 1), (1, 2)}, ["a"], "c was dropped"),
                 (set(), ["a", "b", "c", "c"], "kept twice"),
                 (set(), ["a", "b", "c", "d"], "made up"),
                 ({(0, 3)}, ids, "no such pair"), ({(-1, 2)}, ids, "no such pair"),
                 ({(1, 1)}, ids, "no such pair"), ({(2, 1)}, ids, "no such pair")]
        for pairs, kept in right:
            run_rivals.check_found(run_rivals.Found(pairs, set(), kept), ids)
        for pairs, kept, message in wrong:
            with self.assertRaisesRegex(run_rivals.WrongResult, message):
                run_rivals.check_found(run_rivals.Found(pairs, set(), kept), ids)


class DriversTest(TestCase):
    def report(self, name, out):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            self.assertEqual(rival_drivers.main([name, "--report", str(out)]), 0)
        return json.loads(text.getvalue())

    def test_later_copies(self):
        for pairs, expected in ((set(), set()), ({(0, 1), (1, 2)}, {1}), ({(1, 2), (0, 3)}, {2, 3}),
                                ({(0, 1), (0, 2), (1, 2)}, {1, 2}), ({(0, 2), (1, 2)}, {2}),
                                ({(0, 3), (1, 2), (2, 3)}, {2, 3})):
            self.assertEqual(rival_drivers.later_copies(pairs), expected, pairs)

    def test_in_memory(self):
        """Texts without a word are not fed, but their records stay."""
        source = self.write_rows("in.jsonl", [{"id": f"d{i}", "text": text} for i, text in
                                              enumerate(("a", "b", "\u2026", "a", "\u2026", "b"))])
        fake = reuse_drivers.Driver("p", (), lambda texts, tokens, threshold: {
            (i, j) for i in texts for j in texts if i < j and texts[i] == texts[j]},
            "words", "jaccard", 0.5, "")
        with unittest.mock.patch.dict(reuse_drivers.DRIVERS,
                                      {rival_drivers.IN_MEMORY["rensa"]: fake}):
            rival_drivers.main(["rensa", str(source), str(self.folder / "out")])
        lines = source.read_bytes().splitlines(keepends=True)
        self.assertEqual((self.folder / "out" / "kept.jsonl").read_bytes(),
                         lines[0] + lines[1] + lines[2] + lines[4])
        self.assertEqual(self.report("rensa", self.folder / "out"),
                         {"pairs": [[0, 3], [1, 5]], "kept": ["d0", "d1", "d2", "d4"]})

    def test_report_of_datatrove(self):
        """Pairs of rows of two files, of which there is one; their groups come of all buckets."""
        buckets, kept = self.folder / "buckets", self.folder / "kept"
        buckets.mkdir()
        kept.mkdir()
        for number, pairs in enumerate([[(7, 2), (5, 9)], [], [(3, 4), (3, 7)],
                                           [(9, 5), (4, 6)]]):
            (buckets / f"{number:05d}_00.dups").write_bytes(
                b"".join(struct.pack("<4I", 0, a, 0, b) for a, b in pairs))
        (kept / "00000.jsonl").write_text('{"id": "x"}\n{"id": "y"}\n')
        pairs = [*itertools.combinations((2, 3, 4, 6, 7), 2), (5, 9)]
        self.assertEqual(self.report("datatrove", self.folder),
                         {"pairs": sorted(map(list, pairs)), "kept": ["x", "y"]})

    def test_groups_of_text_dedup(self):
        (self.folder / "output").mkdir()
        for module, expected in (("minhash", [{4, 5}, {8}]), ("simhash", [{3, 4, 5}, {7, 8}])):
            (self.folder / "output" / "clusters.pickle").write_bytes(
                pickle.dumps({4: 3, 8: 7, 5: 3}))
            self.assertEqual(reuse_drivers.text_dedup_groups(self.folder, module), expected)

    def test_all_are_pinned(self):
        names = []
        for line in (HERE / "rivals.txt").read_text().splitlines():
            if not line.startswith("#"):
                name, *requirements = line.split()
                names.append(name)
                self.assertTrue(requirements)
                for requirement in requirements:
                    self.assertRegex(requirement, r"^[a-z-]+(\[[a-z,]+\])?==[0-9.]+$")
                package = rival_drivers.RIVALS[name].package
                self.assertEqual(requirements[0].split("=")[0].split("[")[0], package)
        self.assertEqual(sorted(names), sorted(rival_drivers.RIVALS))

    def test_threshold_of_datatrove(self):
        self.assertAlmostEqual(rival_drivers.RIVALS["datatrove"].threshold, 0.719, places=3)

    def test_usage(self):
        for arguments in ([], ["none"], ["rensa", "in"], ["rensa", "in", "out", "more"]):
            with self.assertRaisesRegex(SystemExit, "rival_drivers.py NAME"):
                rival_drivers.main(arguments)


# Stands for the Python of a rival. It knows the planted verbatim copies, and reports a pair besides
# that is none.
FAKE = """
import json, pathlib, sys
mode, [_, name, *rest] = sys.argv[1], sys.argv[2:]
if not rest:
    print("7.8.9")
elif rest[0] == "--report":
    if mode == "mute":
        sys.exit("cannot say")
    print((pathlib.Path(rest[1]) / "report").read_text(), end="")
else:
    source, out = map(pathlib.Path, rest)
    if mode == "crash" or mode == "crash later" and list(source.parent.glob("ran.*")):
        sys.exit("boom")
    if source.name == "corpus.jsonl":
        (source.parent / f"ran.{name}").touch()
    out.mkdir()
    ids = [json.loads(line)["id"] for line in open(source)]
    gold = [json.loads(line) for line in open(source.with_name("gold.jsonl"))]
    pairs = sorted([int(row["source"][4:]), int(row["copy"][4:])]
                   for row in gold if row["kind"] == "verbatim" and row["copy"] in ids)
    kept = [each for each in ids if each not in {f"doc-{b}" for _, b in pairs}]
    planted = {row[key] for row in gold for key in ("source", "copy")}
    others = [i for i, each in enumerate(ids) if each not in planted]
    if mode == "losing":
        kept.remove(ids[others[0]])
    if mode == "blind":
        pairs, kept = [], ids
    elif others[1:]:
        pairs.append(others[-2:] if mode != "flaky" or not (source.parent / "again").exists()
                     else others[:2])
    (source.parent / "again").touch()
    (out / "report").write_text(json.dumps({"pairs": pairs, "kept": kept}))
    if mode == "garbled":
        (out / "report").write_text('{"pairs": ')
"""


class WholeTest(TestCase):
    def install(self, name, mode):
        fake = self.folder / "fake.py"
        fake.write_text(FAKE)
        python = self.folder / "rivals" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "{mode}" "$@"\n')
        python.chmod(0o755)

    def run_rivals(self, *options, build=BUILD):
        work = self.folder / "work"
        out, log = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
            status = run_rivals.main([str(option) for option in (
                "--build", build, "--rivals", self.folder / "rivals", "--work", work,
                "--documents", 150, "--article-bytes", 800, "--rounds", 1, *options)])
        self.assertEqual(list(work.iterdir()), [])
        return status, out.getvalue(), log.getvalue()

    def broken_copydesk(self, what):
        """A build with a copydesk that spoils the results of its runs."""
        build = self.folder / "build"
        build.mkdir()
        (build / "bench").symlink_to(BUILD / "bench")
        script = build / "copydesk"
        script.write_text(f'#!/bin/sh\n{BUILD}/copydesk "$@" || exit\ncd "$4" || exit\n{what}\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return build

    def test_one_line_a_measure(self):
        self.install("rensa", "good")
        raw = self.folder / "raw.jsonl"
        status, out, log = self.run_rivals("--raw", raw, "--rounds", 2)
        self.assertEqual(status, 0, log)
        figures = {}
        for line in out.splitlines():
            self.assertRegex(line, r"^[a-z_.]+ [0-9.]+(e[+-]?\d+)? [A-Za-z/]+$")
            name, value, _ = line.split()
            self.assertNotIn(name, figures)
            figures[name] = float(value)
        copies = figures["rensa.dropped"]
        self.assertGreater(copies, 1)
        self.assertEqual(figures["rensa.pairs"], copies + 1)
        self.assertAlmostEqual(figures["rensa.precision"], copies / (copies + 1), places=3)
        self.assertEqual([figures[f"rensa.recall.{kind}"] for kind in ("verbatim", "edited")],
                         [1, 0])
        for ours in ("learn", "reuse"):
            self.assertEqual(figures[f"{ours}.recall.verbatim"], 1)
            self.assertGreaterEqual(figures[f"{ours}.precision"], 0.95)
            self.assertGreaterEqual(figures[f"{ours}.dropped"], copies)
            for suffix in ("", ".quietest", ".steady"):
                self.assertGreater(figures[f"{ours}.over_rensa{suffix}"], 0)
            self.assertAlmostEqual(
                figures[f"{ours}.over_rensa"] * figures[f"{ours}.seconds"],
                figures["rensa.seconds"], delta=0.01 * figures["rensa.seconds"])
        for measure in ("seconds", "seconds.quietest", "rate", "startup", "steady", "peak_memory"):
            for tool in ("learn", "reuse", "rensa"):
                self.assertGreater(figures[f"{tool}.{measure}"], 0)
        self.assertEqual(figures["rounds"], 2)
        self.assertIn("machine.others", figures)

        for name in ("datatrove", "text_dedup", "datasketch"):
            self.assertIn(f"left out: {name} is not installed", log)
        self.assertIn("checking rensa 7.8.9", log)
        self.assertNotIn("look at", log)
        runs = [json.loads(line)["command"] for line in raw.read_text().splitlines()]
        self.assertEqual(sorted(set(runs)), sorted(
            f"{tool}{suffix}" for tool in ("learn", "reuse", "rensa")
            for suffix in ("", " of one document")))
        self.assertEqual(runs.count("rensa"), 2)

    def test_a_rival_that_fails_is_named_and_the_others_go_on(self):
        for mode, message in (("crash", "boom"), ("crash later", "boom"),
                              ("losing", "was dropped"), ("mute", "cannot say"),
                              ("flaky", "did not find the same"), ("garbled", "FAILED")):
            with self.subTest(mode):
                for name in ("datasketch", "rensa"):
                    python = self.folder / "rivals" / name / "bin" / "python"
                    if python.exists():
                        python.unlink()
                        python.parent.rmdir()
                self.install("datasketch", mode)
                self.install("rensa", "good")
                status, out, log = self.run_rivals("--rival", "datasketch", "--rival", "rensa")
                self.assertEqual(status, 1)
                self.assertIn("FAILED: datasketch: ", log)
                self.assertIn(message, log)
                self.assertNotIn("FAILED: rensa", log)
                self.assertNotIn("datasketch", out)
                self.assertIn("\nreuse.over_rensa ", out)

    def test_a_rival_that_finds_little_is_named(self):
        self.install("rensa", "blind")
        status, out, log = self.run_rivals("--rival", "rensa")
        self.assertEqual(status, 0, log)
        self.assertIn("look at rensa: it found 0.000 of the verbatim copies", log)
        self.assertIn("\nrensa.precision 1 ratio\n", out)

    def test_no_rival_at_all(self):
        status, out, log = self.run_rivals()
        self.assertEqual((status, out), (1, ""))
        self.assertIn("no rival is installed", log)
        self.install("rensa", "crash")
        status, out, log = self.run_rivals()
        self.assertEqual((status, out), (1, ""))
        self.assertIn("FAILED: rensa", log)

    def test_wrong_results_of_copydesk_are_not_timed(self):
        self.install("rensa", "good")
        build = self.broken_copydesk('sed -i "$ d" clean.jsonl')
        status, out, log = self.run_rivals(build=build)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("clean.jsonl has", log)

    def test_copies_that_copydesk_misses(self):
        self.install("rensa", "good")
        build = self.broken_copydesk(": >pairs.jsonl")
        status, out, log = self.run_rivals(build=build)
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(log, r"learn: of the planted copies 0\.\d+ of the \w+ ones were found")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
