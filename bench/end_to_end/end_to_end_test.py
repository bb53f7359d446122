#!/usr/bin/env python3
"""Tests of the end-to-end benchmark: what the corpus holds, what the roofline writes, that wrong
results are noticed, and one short run of the whole.

    end_to_end_test.py BUILD    BUILD is the folder with copydesk and bench/end_to_end
"""

import collections
import contextlib
import hashlib
import io
import json
import pathlib
import random
import re
import stat
import subprocess
import sys
import tempfile
import unittest

import run_benchmark

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
MAKE_CORPUS = BUILD / "bench" / "end_to_end" / "make_corpus"
ROOFLINE = BUILD / "bench" / "end_to_end" / "roofline"
KINDS = ["verbatim", "edited", "cut", "excerpt", "quotation"]


def copies(**shares):
    """Options for these shares of copies and no others."""
    return [word for kind in KINDS for word in (f"--{kind}", str(shares.get(kind, 0)))]


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, *options):
        """The documents of a corpus, and what was planted: copy -> (source, kind)."""
        out, gold = self.folder / "corpus.jsonl", self.folder / "gold.jsonl"
        words = [MAKE_CORPUS, "--out", out, "--gold", gold, *map(str, options)]
        subprocess.run(words, check=True)
        documents = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        planted = {}
        for line in gold.read_text().splitlines():
            row = json.loads(line)
            planted[row["copy"]] = (row["source"], row["kind"])
        return documents, planted

    def write_rows(self, name, rows):
        path = self.folder / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path


def runs_of(text, words):
    """Every run of so many words within a line."""
    found = set()
    for line in text.lower().split("\n"):
        line = re.findall(r"\w+", line)
        found.update(tuple(line[i:i + words]) for i in range(len(line) - words + 1))
    return found


class CorpusTest(TestCase):
    # If this fails after a deliberate change: figures of older corpora do not compare any more.
    def test_same_bytes_on_every_machine(self):
        self.make("--documents", 300)
        digests = [hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
                   for name in ("corpus.jsonl", "gold.jsonl")]
        self.assertEqual(digests, [
            "7edb8839647206e6b6c591173fa7ab4d1eec00c59e1d506a5b2bc880bdc7309d",
            "cf7dcb7147e4ceb4bd47695913c6a35c5ba94f9052a5988edb8955d955b1cb69"])

    def test_seed_and_streams(self):
        words = [MAKE_CORPUS, "--documents", "50"]
        first = subprocess.run(words, check=True, capture_output=True).stdout
        again = subprocess.run(words + ["--out", "-"], check=True, capture_output=True).stdout
        other = subprocess.run(words + ["--seed", "2"], check=True, capture_output=True).stdout
        self.assertEqual(first, again)
        self.assertEqual(other.count(b"\n"), 50)
        in_first, in_other = ({run for line in data.splitlines()
                               for run in runs_of(json.loads(line)["text"], 12)}
                              for data in (first, other))
        self.assertFalse(in_first & in_other)

    def test_records(self):
        documents, _ = self.make("--documents", 1500)
        self.assertEqual([document["id"] for document in documents],
                         [f"doc-{i}" for i in range(1500)])
        dates = [document["date"] for document in documents]
        self.assertEqual(dates, sorted(dates))
        self.assertEqual(dates[0], "2024-01-01T00:00:00Z")
        self.assertTrue(dates[-1].startswith("2025-12-30"), dates[-1])
        for document in documents:
            self.assertRegex(document["url"], r"^https://www\.outlet\d+\.example/news/")
            self.assertTrue(document["title"] and document["outlet"] and document["text"])
            self.assertNotIn("\n\n", document["text"])
        sizes = collections.Counter(document["outlet"] for document in documents).most_common()
        self.assertEqual(len(sizes), 15)
        self.assertGreater(sizes[0][1], 10 * sizes[-1][1])
        # Lines that recur on an outlet's pages, and no line of an article among them.
        lines = collections.Counter(line for document in documents
                                    if document["outlet"] == sizes[0][0]
                                    for line in document["text"].split("\n"))
        self.assertGreater(lines.most_common(1)[0][1], 0.9 * sizes[0][1])

    def test_sizes_and_bytes_beyond_ascii(self):
        for mean in (1024, 4096):
            documents, _ = self.make("--documents", 2000, "--article-bytes", mean, *copies())
            text = "".join(document["text"] for document in documents).encode()
            frame = 250
            self.assertAlmostEqual(len(text) / 2000, mean + frame, delta=0.1 * mean + frame)
            beyond = sum(byte > 127 for byte in text) / len(text)
            self.assertTrue(0.005 < beyond < 0.03, beyond)

    def test_rates_of_copies(self):
        _, planted = self.make("--documents", 20000, "--article-bytes", 256, "--edited", 0.2)
        found = collections.Counter(kind for _, kind in planted.values())
        for kind, share in zip(KINDS, (0.04, 0.2, 0.03, 0.02, 0.03)):
            sigma = (20000 * share * (1 - share)) ** 0.5
            self.assertAlmostEqual(found[kind], 20000 * share, delta=4 * sigma, msg=kind)

    def test_no_copies_and_only_copies(self):
        self.assertEqual(self.make("--documents", 200, *copies())[1], {})
        _, planted = self.make("--documents", 200, *copies(cut=1))
        self.assertEqual(set(planted.values()), {("doc-0", "cut")})
        self.assertEqual(len(planted), 199)

    def test_planted_is_what_the_texts_share(self):
        documents, planted = self.make("--documents", 1200)
        texts = {document["id"]: document["text"] for document in documents}
        outlets = {document["id"]: document["outlet"] for document in documents}
        shingles = {name: runs_of(text, 5) for name, text in texts.items()}
        seen = collections.Counter()
        for copy, (source, kind) in planted.items():
            seen[kind] += 1
            self.assertNotIn(source, planted)
            self.assertLess(int(source[4:]), int(copy[4:]))
            self.assertNotEqual(outlets[source], outlets[copy])
            shared = len(shingles[copy] & shingles[source])
            of_copy = shared / len(shingles[copy])
            of_source = shared / len(shingles[source])
            what = f"{copy} {source} {kind} {of_copy} {of_source}"
            if kind == "verbatim":
                self.assertGreater(min(of_copy, of_source), 0.8, what)
            elif kind == "edited":
                self.assertTrue(0.55 < of_copy < 0.98 and 0.55 < of_source < 0.98, what)
            elif kind == "cut":
                self.assertGreater(of_copy, 0.7, what)
                self.assertTrue(0.2 < of_source < 0.9, what)
            else:
                self.assertTrue(runs_of(texts[copy], 14) & runs_of(texts[source], 14) or
                                runs_of(texts[copy], 8) & runs_of(texts[source], 8)
                                and kind == "excerpt", what)
                self.assertLess(of_copy, 0.5, what)
        self.assertEqual(set(seen), set(KINDS))

        # Nothing else shares a run of twelve words.
        def family(name):
            return planted[name][0] if name in planted else name

        where = {}
        for name, text in texts.items():
            for run in runs_of(text, 12):
                self.assertEqual(where.setdefault(run, family(name)), family(name), run)

    def test_options(self):
        good = [["--documents", 1], ["--article-bytes", 256], ["--outlets", 2],
                ["--outlets", 0], ["--outlets", 2000], copies(cut=0.5, edited=0.5)]
        bad = [["--documents", 0], ["--documents", 10 ** 9 + 1], ["--article-bytes", 255],
               ["--article-bytes", 65537], ["--outlets", 1], ["--outlets", 2001], ["--cut", 1.1],
               ["--cut", -0.1], copies(cut=0.5, edited=0.500001), ["--seed", "x"],
               ["--out", self.folder / "none" / "corpus"], ["--gold", self.folder], ["more"]]
        for options in good + bad:
            words = [str(word) for word in [MAKE_CORPUS, "--documents", 3, *options]]
            if "--documents" in options:
                words = [str(MAKE_CORPUS), *map(str, options)]
            done = subprocess.run(words, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0 if options in good else 2, words)
            self.assertEqual(options in bad, bool(done.stderr), words)
        done = subprocess.run([MAKE_CORPUS, "--help"], capture_output=True, check=True)
        self.assertIn(b"--article-bytes", done.stdout)


class RooflineTest(TestCase):
    def roofline(self, data):
        source, out = self.folder / "in.jsonl", self.folder / "out.jsonl"
        source.write_bytes(data)
        done = subprocess.run([ROOFLINE, source, out], capture_output=True, check=False)
        return done, out.read_bytes()

    def test_every_text_comes_back(self):
        rng = random.Random(5)
        records = []
        for size in [0, 1, 31, 32, 33, 63, 64, 65, 4096, 3 << 20]:
            text = "".join(rng.choice("abc \u00e9\u201c\U0001F600") for _ in range(size))
            records.append({"id": f"r{size}", "text": text, "more": [1, {"text": "no"}]})
            records.append({"text": text + '"\\/\b\f\n\r\t\u0001\u001f\u007f' + text, "id": 7})
        records += [{"id": "without"}, {}]
        lines = [json.dumps(record, ensure_ascii=i % 2 == 0) for i, record in enumerate(records)]
        data = "\n\n".join(lines).encode()  # an empty line between, no break at the end
        done, out = self.roofline(data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(line) for line in out.decode().split("\n")[:-1]], records)
        found = json.loads(done.stdout)
        self.assertEqual(found["documents"], len(records))
        self.assertEqual(found["text_bytes"],
                         sum(len(record.get("text", "").encode()) for record in records))

    def test_plain_text_keeps_its_bytes(self):
        data = b'{"id":"a", "text" : "one\\ntwo \\"three\\"" , "x":1 }\n{"text":"","y":null}\n'
        done, out = self.roofline(data)
        self.assertEqual((done.returncode, out), (0, data), done.stderr)

    def test_hash_tells_texts_apart(self):
        hashes = {json.loads(self.roofline(b'{"text":"%s"}\n' % text)[0].stdout)["xxh3"]
                  for text in (b"one", b"two", b"")}
        self.assertEqual(len(hashes), 3)

    def test_faults(self):
        for data in (b'{"text":"a"}\n[1]\n', b'{"text":"a"\n', b'{"text":1}\n', b"nonsense\n",
                     b'{"text":"\xff"}\n'):
            done, _ = self.roofline(data)
            self.assertEqual(done.returncode, 2, data)
            self.assertIn(b"roofline: ", done.stderr)


class ChecksTest(TestCase):
    def folder_of_run(self, **changes):
        summary = {"documents": 3, "kept": 1, "dropped": 1, "rejected": 1, **changes}
        (self.folder / "run.json").write_text(json.dumps({"summary": summary}))
        self.write_rows("clean.jsonl", [{}])
        self.write_rows("dropped.jsonl", [{}])
        self.write_rows("rejected.jsonl", [{}])
        self.write_rows("audit.jsonl", [{}, {}, {}])
        return self.folder

    def test_ledger(self):
        run_benchmark.check_folder(self.folder_of_run(), 3, False)
        def audit_of(count):
            return self.write_rows("audit.jsonl", [{}] * count).parent

        wrong = [
            (self.folder_of_run, 3, True, "were rejected"),
            (self.folder_of_run, 4, False, "4 documents went in"),
            (self.folder_of_run, 2, False, "2 documents went in"),
            (lambda: self.folder_of_run(kept=0), 3, False, "are not all"),
            (lambda: self.folder_of_run(kept=2), 3, False, "are not all"),
            (lambda: audit_of(2), 3, False, "audit.jsonl has 2 rows"),
            (lambda: audit_of(4), 3, False, "audit.jsonl has 4 rows"),
            (lambda: self.folder_of_run(kept=2, dropped=0), 3, False, "clean.jsonl has 1 rows"),
            (self.bad_row, 3, False, "pairs.jsonl:1"),
        ]
        for make, documents, none_rejected, message in wrong:
            self.folder_of_run()
            with self.assertRaisesRegex(run_benchmark.WrongResult, message):
                run_benchmark.check_folder(make(), documents, none_rejected)

    def bad_row(self):
        (self.folder / "pairs.jsonl").write_text('{"a":\n')
        return self.folder

    def test_recall(self):
        self.write_rows("audit.jsonl", [
            {"id": "a", "reason": None, "of": None},
            {"id": "b", "reason": "exact_duplicate", "of": "a"},
            {"id": "c", "reason": "near_duplicate", "of": "a"},
            {"id": "d", "reason": None, "of": None}])
        self.write_rows("pairs.jsonl", [{"a": "a", "b": "d"}])
        self.write_rows("clusters.jsonl", [{"cluster": 0, "members": [{"id": "a"}, {"id": "c"}]}])
        gold = self.write_rows("gold.jsonl", [
            {"copy": "b", "source": "a", "kind": "exact"},     # stands for the other
            {"copy": "d", "source": "b", "kind": "pair"},      # a pair of what stands for it
            {"copy": "c", "source": "b", "kind": "cluster"},
            {"copy": "d", "source": "c", "kind": "half"},      # not found: "of" is no exact copy's
            {"copy": "d", "source": "a", "kind": "half"},
            {"copy": "x", "source": "y", "kind": "none"}])
        self.assertEqual(run_benchmark.recall_of_planted(self.folder, gold),
                         {"exact": 1, "pair": 1, "cluster": 1, "half": 0.5, "none": 0})

    def test_same_records(self):
        a = self.write_rows("a", [{"x": 1, "y": "é"}, {}])
        b = self.folder / "b"
        b.write_text('{"y": "\\u00e9","x":1}\n{ }\n')
        run_benchmark.check_same_records(a, b)
        for text in ('{"y": "e","x":1}\n{}\n', '{"y": "é","x":1}\n'):
            b.write_text(text)
            with self.assertRaises((run_benchmark.WrongResult, ValueError)):
                run_benchmark.check_same_records(a, b)

    def test_outputs_must_stay_the_same(self):
        machine = run_benchmark.Machine()
        out = self.folder / "out"
        script = f"mkdir {out} && echo same >{out}/clean.jsonl && date +%N >{out}/run.json"
        command = run_benchmark.Command("steady", ["sh", "-c", script], out)
        run = run_benchmark.run_checked(command, machine)
        run_benchmark.run_checked(command, machine)
        self.assertGreater(run.seconds, 0)
        self.assertGreater(run.peak_bytes, 0)

        command.words[2] = script.replace("echo same", "date +%N")
        with self.assertRaisesRegex(run_benchmark.WrongResult, "same bytes"):
            run_benchmark.run_checked(command, machine)
        command.words[2] = "echo gone wrong >&2; exit 3"
        with self.assertRaisesRegex(run_benchmark.WrongResult, "exit code 3(.|\n)*gone wrong"):
            run_benchmark.run_checked(command, machine)

    def test_twin_and_steady(self):
        command = run_benchmark.Command("x", ["run", "corpus", "--out", "f/x"], "f/x")
        command.make_twin("corpus", "one")
        self.assertEqual(command.twin.words, ["run", "one", "--out", "f/twin_x"])
        command.runs = [run_benchmark.Run(seconds, 0, 0, 0) for seconds in (9, 3, 4)]
        command.twin.runs = [run_benchmark.Run(1, 0, 0, 0)]
        self.assertEqual(command.steady("seconds"), 3)
        self.assertEqual(command.steady("seconds", min), 2)

    def test_folder_watch(self):
        (self.folder / "x" / ".work").mkdir(parents=True)
        with run_benchmark.FolderWatch(self.folder / "x") as watch:
            (self.folder / "x" / "out").write_bytes(b"a" * 100000)
            (self.folder / "x" / ".work" / "spool").write_bytes(b"a" * 50000)
            for _ in range(200):
                if watch.work_peak >= 50000:
                    break
                run_benchmark.time.sleep(0.02)
        self.assertGreaterEqual(watch.peak, 150000)
        self.assertTrue(50000 <= watch.work_peak < 100000, watch.work_peak)


class WholeTest(TestCase):
    def run_benchmark(self, *options):
        out, log = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
            status = run_benchmark.main([str(option) for option in (
                "--build", BUILD, "--work", self.folder, "--documents", 150, "--article-bytes", 800,
                "--rounds", 1, "--seconds", 0, "--no-budget", *options)])
        return status, out.getvalue(), log.getvalue()

    def test_one_line_a_measure(self):
        raw = self.folder / "raw.jsonl"
        status, out, log = self.run_benchmark("--raw", raw, "--against", BUILD / "copydesk")
        self.assertEqual(status, 0, log)
        runs = list(run_benchmark.rows(raw))
        self.assertIn("full of one document", [run["command"] for run in runs])
        self.assertTrue(all(run["seconds"] > 0 for run in runs))
        raw.unlink()
        names = []
        for line in out.splitlines():
            self.assertRegex(line, r"^[a-z_.]+ -?[0-9.]+(e[+-]?\d+)? [A-Za-z/]+$")
            names.append(line.split()[0])
        self.assertEqual(len(names), len(set(names)))
        for name in ("corpus.documents", "roofline.rate", "full.rate", "full.over_roofline",
                     "learn.over_roofline.steady", "clean.rate.quietest", "reuse.over_roofline",
                     "full.peak_memory", "learn.disk_peak", "recall.edited", "machine.others",
                     "full.over_against", "clean.over_against.quietest"):
            self.assertIn(name, names)
        for name in ("learn", "clean"):
            self.assertIn(f"against_{name}: the same bytes as {name}", log)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_wrong_result_is_not_timed(self):
        # A copydesk that loses the last clean record of each run.
        build = self.folder / "build"
        build.mkdir()
        (build / "bench").symlink_to(BUILD / "bench")
        script = build / "copydesk"
        script.write_text(f'#!/bin/sh\n{BUILD}/copydesk "$@" || exit\n'
                          '[ "$1" = run ] && sed -i "$ d" "$4/clean.jsonl"\nexit 0\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        status, out, log = self.run_benchmark("--build", build)
        self.assertEqual((status, out), (1, ""), log)
        self.assertIn("clean.jsonl has", log)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
