#!/usr/bin/env python3
"""The checker holds for what the program writes, and names what is broken in it.

  check_reuse_test.py COPYDESK SOURCE_DIR

COPYDESK is run once over a small press made up here and once over the samples of SOURCE_DIR.
"""
import copy
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import check_reuse

BINARY = ""
SOURCE = pathlib.Path()
SCRIPT = pathlib.Path(check_reuse.__file__)


def sentence(rng: random.Random, words: int) -> str:
    made = ["".join(rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(3))
            for _ in range(words)]
    return " ".join(made).capitalize() + "."


def press() -> list[dict]:
    """Invented pages that relate in every way."""
    rng = random.Random(4)

    def text(sentences: int) -> list[str]:
        return [sentence(rng, 18) for _ in range(sentences)]

    wire = text(12)
    edited = [s.replace(" ", " né ", 1) if i % 4 == 0 else s for i, s in enumerate(wire)]
    quote = sentence(rng, 22)[:-1]
    tale, long_tale = text(10), text(24)
    ferry = "渡轮公司星期一宣布因为码头的维修工程需要更长的时间所以今年夏天的航班将推迟到七月初才能恢复"
    chrome = "Share this article"
    texts = {
        "wire": "\n\n".join(wire), "again": "\n\n".join(wire).upper(),
        "edited": "\n\n".join(edited),
        "tale": "\n\n".join(tale), "holder": "\n\n".join(long_tale[:4] + tale + long_tale[4:]),
        "quoting": "\n\n".join(text(4) + [f"Then came “{quote}” and no more."] + text(3)),
        "quoted": "\n\n".join(text(5) + [f"He said: “{quote}” - so it was."] + text(3)),
        # A passage across chrome: the same chrome, and chrome in one of them only.
        "cut": "\n".join(text(3) + [tale[0], chrome, tale[1]] + text(3)),
        "cut-too": "\n".join(text(3) + [tale[0], chrome, tale[1]] + text(3)),
        "boat": ferry + "。" + "河上的居民对这个决定感到非常失望和愤怒他们打算在周末举行一次和平的集会并邀请所有邻居",
        "boats": "记者昨天从港口得到消息说新船已经到达但是还没有人知道谁来驾驶它。" + ferry +
                 "。市长没有回答任何问题只是表示预算会议之后才能公布新的时间表",
        "alone": "\n\n".join(text(9))}
    return [{"id": name, "outlet": f"{name}.example", "title": f"On {name}",
             "date": f"2026-05-{day:02}", "text": body}
            for day, (name, body) in enumerate(texts.items(), 1)]


class Words(unittest.TestCase):
    def test_words(self):
        for text, words in (
                ("Don’t re-open No. 9!", "don t re open no 9"),
                ("STRASSE Straße", "strasse strasse"),
                ("e\u0301te\u0301 \u00e9t\u00e9", "été été"),
                ("soft\u00adly a\u200cb c\u200d d", "softly ab c d"),
                ("İstanbul", "i\u0307stanbul"),
                ("港口", "港口"), ("港", "港"), ("旧港口x1", "旧港 港口 x1"),
                ("ภาษา", "ภา าษ ษา"), ("กิน", "กิน"),
                ("１２ ²x", "１２ ²x"), ("\u0301a", "a"), ("", "")):
            found = [word for _, _, word in check_reuse.split_words(text)]
            self.assertEqual(found, words.split(), text)

    def test_places(self):
        self.assertEqual([(b, e) for b, e, _ in check_reuse.split_words("a 旧港口 b\u200d")],
                         [(0, 1), (2, 4), (3, 5), (6, 7)])
        self.assertEqual(list(check_reuse.byte_offsets("aé旧\U0001f600")), [0, 1, 3, 6, 10])

    def test_unknown_characters(self):
        self.assertTrue(check_reuse.is_unknown("a\u0378"))
        self.assertFalse(check_reuse.is_unknown("aé旧\ufffe"))


class Texts(unittest.TestCase):
    def test_words_of_a_span(self):
        # "by Ada" is gone, "two" stands where "2" stood.
        d = check_reuse.Document("one 2 by Ada three", [
            {"begin": 4, "end": 5, "replacement": "two"}, {"begin": 6, "end": 13}])
        self.assertEqual(d.living, b"one two three")
        self.assertEqual(list(zip(d.begins, d.ends, d.words)),
                         [(0, 3, "one"), (4, 5, "two"), (13, 18, "three")])
        self.assertEqual(d.words_of(0, 18), ["one", "two", "by", "ada", "three"])
        self.assertEqual(d.words_of(4, 5), ["two"])
        self.assertEqual(d.words_in(4, 18), range(1, 3))
        self.assertEqual([at for at in range(19) if d.inside_word(at)], [1, 2, 14, 15, 16, 17])


class Changed(unittest.TestCase):
    """A run, and what the checker says of it when a file of it is changed."""

    records = staticmethod(press)

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.work = pathlib.Path(cls.folder.name)
        cls.input = cls.work / "press.jsonl"
        cls.input.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n"
                                     for r in cls.records()), encoding="utf-8")
        cls.out = cls.work / "out"
        subprocess.run([BINARY, "run", str(cls.input), "--out", str(cls.out), "--quiet"],
                       check=True)
        cls.files = {p.name: p.read_text(encoding="utf-8").splitlines()
                     for p in cls.out.iterdir()}
        cls.doc = {r["id"]: doc for doc, r in enumerate(cls.records())}

    def faults(self, **changed: list[dict]) -> str:
        """What the checker says with these files changed."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            for name, lines in self.files.items():
                stem = name.split(".")[0]
                if stem in changed:
                    lines = [json.dumps(row) for row in changed[stem]]
                (pathlib.Path(folder) / name).write_text("".join(l + "\n" for l in lines))
            checker = check_reuse.Checker(pathlib.Path(folder), [self.input])
            checker.check()
            return "\n".join(map(str, checker.faults))

    def rows(self, name: str) -> list[dict]:
        return [json.loads(line) for line in self.files[name + ".jsonl"]]

    def pair(self, a: str, b: str, rows: list[dict]) -> dict:
        return next(r for r in rows if {r["a"], r["b"]} == {a, b})

    def broken_pair(self, a: str, b: str, change) -> str:
        rows = self.rows("pairs")
        change(self.pair(a, b, rows))
        return self.faults(pairs=rows)

    def broken(self, name: str, change) -> str:
        rows = self.rows(name)
        change(rows)
        return self.faults(**{name: rows})


class Run(Changed):
    def test_all_holds(self):
        self.assertEqual(self.faults(), "")
        relations = {(p["a"], p["b"]): p["relation"] for p in self.rows("pairs")}
        self.assertEqual(relations[("wire", "again")], "exact")
        self.assertEqual(relations[("wire", "edited")], "near_duplicate")
        self.assertEqual(relations[("tale", "holder")], "contained")
        self.assertEqual(relations[("quoting", "quoted")], "shares_passage")
        self.assertIn(("boat", "boats"), relations)
        self.assertGreater(len(self.rows("audit")[self.doc["cut"]]["spans"]), 0)

    def test_measures(self):
        for name in ("jaccard", "containment_a", "containment_b", "coverage_a", "coverage_b"):
            def change(pair):
                pair[name] = round(pair[name] - 0.000002, 6)
            self.assertIn(f"{name} 0.", self.broken_pair("wire", "edited", change))

    def test_relations(self):
        for a, b, relation in (("wire", "again", "near_duplicate"), ("wire", "edited", "exact"),
                               ("wire", "edited", "contains"), ("tale", "holder", "contains"),
                               ("quoting", "quoted", "near_duplicate")):
            found = self.broken_pair(a, b, lambda pair: pair.update(relation=relation))
            self.assertIn(f"relation {relation}, but it is", found)

    def test_pairs(self):
        found = self.broken("pairs", lambda rows: rows.reverse())
        self.assertIn("not ascending and distinct", found)
        found = self.broken("pairs", lambda rows: rows.insert(1, rows[0]))
        self.assertIn("pairs.jsonl:2: (0, 1) after (0, 1): not ascending and distinct", found)
        found = self.broken_pair("wire", "again", lambda p: p.update(a_doc=1, b_doc=0))
        self.assertIn("does not stand before", found)
        found = self.broken_pair("wire", "again", lambda p: p.update(a="tale"))
        self.assertIn("a 'tale' is not the id of 0", found)
        found = self.broken_pair("wire", "again", lambda p: p.update(b_doc=99))
        self.assertIn("there is no document", found)

    def broken_passage(self, a: str, b: str, change, number: int = 0) -> str:
        return self.broken_pair(a, b, lambda pair: change(pair["passages"][number]))

    def test_places_of_passages(self):
        def shift(side, begin, end):
            def change(passage):
                passage[side] = [passage[side][0] + begin, passage[side][1] + end]
            return change

        self.assertIn("cuts a word", self.broken_passage("wire", "edited", shift("a", 3, 0)))
        self.assertIn("cuts a word", self.broken_passage("wire", "edited", shift("b", 0, -3)))
        self.assertIn("cuts a character", self.broken_passage("boat", "boats", shift("a", 1, 0)))
        self.assertIn("outside of the text", self.broken_passage("tale", "holder",
                                                                 shift("a", 0, 9999)))
        self.assertIn("outside of the text", self.broken_passage("tale", "holder",
                                                                 lambda p: p.update(b=[7, 7])))
        # "Bababa " is seven bytes long.
        found = self.broken_passage("tale", "holder", shift("a", 7, 0))
        self.assertIn("other words in b than in a, from the 1th on", found)
        # The mark before the quotation.
        found = self.broken_passage("quoting", "quoted", shift("a", 1, 0))
        self.assertIn("other characters around its words", found)

    def test_words_of_passages(self):
        def more(passage):
            passage["words"] += 1
        self.assertIn("words 23, but it has 22", self.broken_passage("quoting", "quoted", more))

        def less(passage):
            for side, name in (("a", "wire"), ("b", "edited")):
                text = press()[self.doc[name]]["text"].encode()[:passage[side][1]]
                passage[side][0] = [m.start() for m in re.finditer(rb"\w+", text)][-6]
            passage["words"] = 6
        found = self.broken_passage("wire", "edited", less)
        self.assertIn("passage 1: only 6 words in a run", found)
        self.assertIn("not maximal", found)

    def test_missing_and_overlapping_passages(self):
        found = self.broken_pair("wire", "edited", lambda p: p["passages"].pop(1))
        self.assertIn("a shared run of 12 words is in no passage", found)
        found = self.broken_pair("quoting", "quoted", lambda p: p["passages"].clear())
        self.assertIn("there is no passage", found)

        def twice(pair):
            pair["passages"].append(copy.deepcopy(pair["passages"][-1]))
        self.assertIn("overlap or do not ascend in a", self.broken_pair("wire", "edited", twice))
        self.assertIn("overlap or do not ascend in b", self.broken_pair("wire", "edited", twice))
        found = self.broken_pair("wire", "edited", lambda p: p["passages"].reverse())
        self.assertIn("overlap or do not ascend in a", found)

    def test_quotations(self):
        found = self.broken_passage("quoting", "quoted", lambda p: p.update(quoted=False))
        self.assertIn("not quoted, but “…” in both", found)
        found = self.broken_passage("wire", "edited", lambda p: p.update(quoted=True))
        self.assertIn("quoted, without quotation marks", found)

    def test_clusters(self):
        def member(rows, name):
            return next(m for m in rows[0]["members"] if m["id"] == name)

        def lose(rows):
            rows[0]["members"] = [m for m in rows[0]["members"] if m["id"] != "edited"]
        found = self.broken("clusters", lose)
        self.assertIn("audit.jsonl:3: near_duplicate, but in no cluster", found)
        self.assertIn("clustered_documents: 3, but the rows say 2", found)
        found = self.broken("clusters", lambda rows: member(rows, "edited").update(jaccard=0.9))
        self.assertIn("near_duplicate 0.9, but its jaccard is", found)
        found = self.broken("clusters", lambda rows: member(rows, "again").update(
            relation="near_duplicate"))
        self.assertIn("1 is exact, not near_duplicate", found)
        found = self.broken("clusters", lambda rows: rows[0].update(worst_jaccard=1))
        self.assertIn("worst_jaccard 1 is not the lowest", found)
        found = self.broken("clusters", lambda rows: rows[0].update(
            representative="edited", representative_doc=self.doc["edited"]))
        self.assertIn("2 is exact, not near_duplicate", found)
        found = self.broken("clusters", lambda rows: rows[0]["outlets"].pop())
        self.assertIn("outlets are not those of the members", found)

        def chain(rows):
            rows[0]["members"].append({**member(rows, "edited"), "id": "tale",
                                       "doc": self.doc["tale"]})
        self.assertIn("is no near duplicate of the representative", self.broken("clusters", chain))
        found = self.broken("clusters", lambda rows: rows.append({**rows[0], "cluster": 1}))
        self.assertIn("is in another cluster, too", found)

    def test_what_a_cluster_says_of_its_members(self):
        for change, fault in (
                (lambda c: c.update(agencies=["AP"]), "agencies are not those of the members"),
                (lambda c: c.update(first="tale", first_doc=3), "first 'tale' is no member"),
                (lambda c: c.update(first=None), "first None is no member"),
                (lambda c: c["members"][2].update(update=True),
                 "0 members of edited.example are no updates, not one"),
                (lambda c: c.update(first="again", first_doc=1), "first_doc 1, but by the dates 0"),
                (lambda c: c["members"][2].update(coverage=0.9), "2: coverage 0.9, but it is"),
                (lambda c: c["members"][1].update(coverage=0.9), "1 is exact, not exact 1 0.9")):
            self.assertIn(fault, self.broken("clusters", lambda rows: change(rows[0])))
        found = self.broken_pair("wire", "edited", lambda p: p.update(agencies=["AP"]))
        self.assertIn("agencies ['AP'] are not those of both", found)
        found = self.broken_pair("wire", "edited", lambda p: p.update(same_outlet=True))
        self.assertIn("same_outlet True of 'wire.example' and 'edited.example'", found)

    def test_what_is_dropped(self):
        coverage = self.rows("clusters")[0]["members"][2]["coverage"]
        run = json.loads("\n".join(self.files["run.json"]))

        def with_option(name: str, value) -> str:
            changed = copy.deepcopy(run)
            changed["config"] = re.sub(rf"(?m)(?s:(\[match_reuse\].*?))^{name} = .*$",
                                       rf"\g<1>{name} = {value}", run["config"], count=1)
            self.assertNotEqual(changed["config"], run["config"])
            return self.faults(run=[changed])

        self.assertEqual(with_option("drop_coverage", coverage - 1e-6), "")
        found = with_option("drop_coverage", coverage + 1e-6)
        self.assertIn(f"audit.jsonl:3: near_duplicate of 0, which has only {coverage:.6f}", found)
        found = with_option("duplicates", '"annotate"')
        self.assertIn("audit.jsonl:3: dropped near_duplicate, but nothing is to be dropped", found)
        # A near duplicate that is kept has to be too different.
        found = self.broken("audit", lambda rows: rows[2].update(
            verdict="kept", reason=None, of=None, of_doc=None))
        self.assertIn("audit.jsonl:3: kept, but the representative 0 has", found)

    def test_missing_members(self):
        def lose(*names):
            def change(rows):
                rows[0]["members"] = [m for m in rows[0]["members"] if m["id"] not in names]
            return self.broken("clusters", change)

        self.assertIn("2 is in no cluster, but a near duplicate of the representative 0",
                      lose("edited"))
        self.assertIn("0 and 1 are exact, but not in one cluster", lose("again"))
        found = self.broken("clusters", list.clear)
        self.assertIn("0 and 1 are exact, but not in one cluster", found)
        self.assertNotIn("is in no cluster, but a near duplicate", found)

    def test_nothing_checked(self):
        checker = check_reuse.Checker(self.out, [self.input])
        checker.unknown = set(checker.documents) - {self.doc["wire"], self.doc["edited"]}
        checker.check()
        self.assertEqual(checker.counts["pairs"], 1)
        self.assertEqual(checker.counts["pairs not checked"], len(self.rows("pairs")) - 1)
        self.assertEqual(checker.faults, [])
        checker = check_reuse.Checker(self.out, [self.input])
        checker.unknown = set(checker.documents)
        checker.check()
        self.assertEqual(list(map(str, checker.faults)), [
            f"pairs.jsonl: none of {len(self.rows('pairs'))} pairs could be checked"])

    def test_short_runs(self):
        run = json.loads("\n".join(self.files["run.json"]))
        words = self.pair("boat", "boats", self.rows("pairs"))["passages"][0]["words"]

        def least(number: int) -> str:
            changed = copy.deepcopy(run)
            changed["config"] = run["config"].replace("min_unquoted_words = 16",
                                                      f"min_unquoted_words = {number}")
            self.assertNotEqual(changed["config"], run["config"])
            return self.faults(run=[changed])

        self.assertNotIn(f"one run of {words} words", least(words))
        # More than two of the shortest passages have is not enough in one run.
        self.assertGreater(words, 2 * 12)
        found = least(words + 1)
        self.assertIn(f"one run of {words} words, quoted in neither text, within a line", found)
        # A quotation and a run over the same line break are enough.
        self.assertEqual(len(found.splitlines()), 1)
        self.assertEqual(least(400), found)

    def test_a_member_needs_a_pair(self):
        def lose(rows):
            rows[:] = [p for p in rows if p["relation"] != "near_duplicate"]
        found = self.broken("pairs", lose)
        self.assertIn("no pair with the representative in pairs.jsonl", found)
        # That of an exact copy is enough.
        found = self.broken_pair("wire", "edited", lambda p: p.update(a="again", a_doc=1))
        self.assertEqual(found, "")

    def test_audit(self):
        doc = self.doc["edited"]
        found = self.broken("audit", lambda rows: rows[doc].update(of="tale", of_doc=3))
        self.assertIn("near_duplicate of 3, which is not in its cluster", found)
        found = self.broken("audit", lambda rows: rows[doc].update(of="tale"))
        self.assertIn("of 'tale' is not the id of document 0", found)
        cut = self.doc["cut"]

        def shift(rows):
            rows[cut]["spans"][0]["begin"] += 2
        found = self.broken("audit", shift)
        self.assertIn(f"audit.jsonl:{cut + 1}: span", found)
        self.assertIn("cuts a word", found)
        self.assertIn("the text is not the original with the spans", found)
        found = self.broken("audit", lambda rows: rows[cut]["spans"].append(
            rows[cut]["spans"][0]))
        self.assertIn("not ascending, not disjoint", found)
        found = self.broken("audit", lambda rows: rows[self.doc["boat"]]["spans"].append(
            {**rows[cut]["spans"][0], "begin": 1, "end": 3}))
        self.assertIn("cuts a character", found)
        found = self.broken("audit", lambda rows: rows[0].update(verdict="dropped"))
        self.assertIn("dropped, and the reason is None", found)

    def test_clean(self):
        found = self.broken("clean", lambda rows: rows[1].update(text=rows[1]["text"] + "."))
        self.assertIn("clean.jsonl:2: the text is not the original with the spans", found)
        found = self.broken("clean", lambda rows: rows[1].update(title="Other"))
        self.assertIn("other members than the text differ", found)
        found = self.broken("clean", lambda rows: rows.pop())
        self.assertIn("rows, 10 documents were kept", found)
        found = self.broken("clean", lambda rows: rows[0]["copydesk"].update(cluster_size=9))
        self.assertIn("cluster_size or outlets not as in clusters.jsonl", found)
        found = self.broken("dropped", lambda rows: rows[0].update(text="x"))
        self.assertIn("dropped.jsonl:1: the text is not the original's", found)

    def test_stories(self):
        found = self.broken("stories", lambda rows: rows.pop())
        self.assertIn("is in no story", found)
        found = self.broken("stories", lambda rows: rows[0]["docs"].append(11))
        self.assertIn("11 is in another story, too", found)
        self.assertIn("members are not the ids of docs", found)

    def test_ledger(self):
        run = json.loads("\n".join(self.files["run.json"]))
        for change, fault in (
                (lambda s: s.update(kept=9), "kept: 9, but the rows say 10"),
                (lambda s: s["pairs"].update(exact=7), "pairs: "),
                (lambda s: s.update(text_bytes_kept=1), "text_bytes_kept: 1, but"),
                (lambda s: s["stages"][-2].update(kept=3), "came from the stage before"),
                (lambda s: s["stages"][-1]["bytes"].update(blank=1), "bytes of engine: ")):
            changed = copy.deepcopy(run)
            change(changed["summary"])
            self.assertIn("run.json: " + fault if not fault.startswith("came") else fault,
                          self.faults(run=[changed]))

    def test_all_pairs(self):
        checker = check_reuse.Checker(self.out, [self.input])
        jaccard = self.pair("wire", "edited", self.rows("pairs"))["jaccard"]
        figures = checker.all_pairs()
        self.assertEqual(figures, {"near_duplicates": 1, "found": 1, "recall": 1,
                                   "below_threshold": 0})
        # The numbers in the file are rounded.
        self.assertEqual(checker.all_pairs(jaccard - 1e-6)["near_duplicates"], 1)
        above = checker.all_pairs(jaccard + 1e-6)
        self.assertEqual((above["near_duplicates"], above["recall"]), (0, 1))
        self.assertEqual(above["below_threshold"], 1)
        checker.files["pairs"], checker.near = [], {}
        self.assertEqual(checker.all_pairs()["recall"], 0)

    def command(self, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)],
                              capture_output=True, text=True)

    def test_command(self):
        done = self.command(self.out, self.input, "--all-pairs")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(": 0 faults", done.stdout)
        self.assertIn("1 of 1 found, recall 1.0000", done.stdout)
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            for name, lines in self.files.items():
                if name == "stories.jsonl":
                    lines = lines[:-2]
                (pathlib.Path(folder) / name).write_text("".join(l + "\n" for l in lines))
            done = self.command(folder, self.input, "--show", "1")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_what_cannot_be_checked(self):
        other = self.work / "other.jsonl"
        other.write_text('{"id": "1", "text": "One."}\n')
        for arguments in ((self.work, self.input), (self.out, self.work / "none.jsonl"),
                          (self.out, other), (self.out, SCRIPT), (self.out,)):
            self.assertEqual(self.command(*arguments).returncode, 2, arguments)


def versions() -> list[dict]:
    """A report, one with its first half, and edited copies of that; two with two sentences in
    common."""
    rng = random.Random(9)
    wire, own = ([sentence(rng, 18) for _ in range(n)] for n in (12, 6))
    half = wire[:8] + own
    edited = [half[0].replace(" ", " né ", 1)] + half[1:]
    one, other = ([sentence(rng, 18) for _ in range(9)] for _ in range(2))
    other[2], other[5] = one[2], one[5]
    texts = {"wire": wire, "half": half, "edited": edited, "again": edited,
             "one": [" ".join(one)], "other": [" ".join(other)]}
    return [{"id": name, "outlet": f"{name}.example", "title": f"On {name}",
             "date": f"2026-05-{day:02}", "text": "\n\n".join(text)}
            for day, (name, text) in enumerate(texts.items(), 1)]


class Drops(Changed):
    records = staticmethod(versions)

    def says(self, **changed: tuple) -> str:
        """Of the drops, if these documents have that (reason, of)."""
        drops = {"wire": None, "half": None, "edited": ("near_duplicate", "half"),
                 "again": ("exact_duplicate", "edited"), **changed}
        rows = self.rows("audit")
        for row in rows:
            drop = drops.get(row["id"])
            row.update(verdict="dropped" if drop else "kept", reason=drop and drop[0],
                       of=drop and drop[1], of_doc=drop and self.doc[drop[1]])
        return "\n".join(line for line in self.faults(audit=rows).splitlines()
                         if line.startswith("audit"))

    def test_all_holds(self):
        self.assertEqual([m["id"] for m in self.rows("clusters")[0]["members"]],
                         ["wire", "half", "edited", "again"])
        self.assertEqual(self.says(), "")
        # For the document that the text it is a copy of was dropped for.
        self.assertEqual(self.says(again=("near_duplicate", "half")), "")

    def test_faults(self):
        for changed, fault in (
                ({"edited": ("near_duplicate", "wire")}, "3: near_duplicate of 0, which has only"),
                ({"edited": ("exact_duplicate", "half")}, "3: exact_duplicate of 1, but their words"
                                                          " differ"),
                ({"again": ("near_duplicate", "edited")}, "4: near_duplicate of 2, but their words "
                                                          "are the same"),
                ({"edited": None, "half": ("near_duplicate", "edited")}, ""),
                ({"edited": None}, "3: kept, and so is 1, and each has enough of the other"),
                ({"again": None, "edited": None}, "4: kept, and so is 2 with the same words"),
                ({"half": ("near_duplicate", "edited"), "edited": ("near_duplicate", "half")},
                 "2: near_duplicate of 2, which was dropped, too"),
                ({"edited": ("exact_duplicate", "again"), "again": ("exact_duplicate", "edited")},
                 "4: exact_duplicate of 2, which was dropped, too"),
                ({"edited": ("near_duplicate", "edited")}, "of 2, which is not in its cluster")):
            found = self.says(**changed)
            (self.assertIn if fault else self.assertEqual)(fault, found)

    def test_two_runs_are_no_chance(self):
        self.assertEqual([p["words"] for p in
                          self.pair("one", "other", self.rows("pairs"))["passages"]], [18, 18])
        run = json.loads("\n".join(self.files["run.json"]))
        run["config"] = run["config"].replace("min_unquoted_words = 16", "min_unquoted_words = 400")
        self.assertNotIn("one run", self.faults(run=[run]))

    def test_exact_copies_without_a_stage_of_their_own(self):
        run = json.loads("\n".join(self.files["run.json"]))
        run["config"] = run["config"].replace('"drop_exact_duplicates", ', "")
        audit = self.rows("audit")
        for row in audit[2:4]:
            row.update(verdict="dropped", reason="near_duplicate", of="half", of_doc=1)
        self.assertNotIn("audit", self.faults(run=[run], audit=audit))
        audit[3].update(reason="exact_duplicate", of="edited", of_doc=2)
        self.assertIn("audit.jsonl:4: exact_duplicate of 2, which was dropped, too",
                      self.faults(run=[run], audit=audit))


def captions() -> list[dict]:
    """Two texts that say the same between other words, 64 and 65 times: 4,160 matches. In the third
    it stands 63 times: 4,032 with the first."""
    rng = random.Random(5)
    refrain = sentence(rng, 12)
    return [{"id": name, "outlet": f"{name}.example", "title": name, "date": "2026-05-01",
             "text": " ".join(f"{sentence(rng, 9)} {refrain}" for _ in range(times))}
            for name, times in (("a", 64), ("b", 65), ("c", 63))]


class Captions(Changed):
    records = staticmethod(captions)

    def test_not_every_match_of_what_recurs_is_looked_at(self):
        self.assertEqual(self.faults(), "")
        for other, named in (("b", False), ("c", True)):
            found = self.broken_pair("a", other, lambda pair: pair["passages"].pop(7))
            self.assertEqual("is in no passage" in found, named, found)


class Dates(unittest.TestCase):
    def test_seconds(self):
        for date, seconds in (("1970-01-02", 86400), ("1970-01-01T00:00:07", 7),
                              ("1970-01-01 01:00Z", 3600), ("1970-01-01T01:00:00.5+01:00", 0),
                              ("1969-12-31T23:30:00-00:30", 0), ("1463997600", 1463997600),
                              ("2026-02-30", None), ("May 2", None), ("12", None),
                              ("2026-05-01T10:00:00 EST", None)):
            self.assertEqual(check_reuse.seconds_of(date), seconds, date)

    @staticmethod
    def members(*given: tuple) -> list[dict]:
        return [{"doc": doc, "outlet": outlet, "date": date, "update": bool(update)}
                for doc, (outlet, date, *update) in enumerate(given)]

    def test_first(self):
        day, noon, end = "2026-05-01", "2026-05-01T12:00Z", "2026-05-01T23:59:59Z"
        for given, firsts in (
                ((("a", noon), ("b", end)), {0}), ((("a", end), ("b", noon)), {1}),
                ((("a", noon), ("b", noon)), {None}), ((("a", noon), ("a", noon)), {0, 1}),
                ((("a", day), ("b", end)), {None}), ((("a", day), ("b", "2026-05-02")), {0}),
                ((("a", day), ("a", end)), {0}), ((("a", day), ("a", end), ("b", noon)), {None}),
                ((("a", noon), ("", noon)), {None}), ((("", noon), ("", noon)), {None}),
                ((("", noon), ("", end)), {0}), ((("a", ""), ("b", noon)), {1}),
                ((("a", ""), ("b", "")), {None}), ((("a", "May 2"), ("b", noon)), None)):
            self.assertEqual(check_reuse.possible_firsts(self.members(*given)), firsts, given)

    def test_updates(self):
        one, two = "2026-05-01", "2026-05-02"
        for given, fault in (
                ((("a", one), ("a", two, 1), ("b", two)), ""),
                ((("a", one, 1), ("a", two)), "1 is no update, but a has an earlier one"),
                ((("a", one), ("a", one, 1)), ""), ((("a", one, 1), ("a", one)), ""),
                ((("a", one), ("a", one)), "2 members of a are no updates, not one"),
                ((("a", one, 1),), "0 members of a are no updates, not one"),
                ((("a", "", 1), ("a", one)), ""),
                ((("a", ""), ("a", one, 1)), "0 is no update, but a has an earlier one"),
                ((("a", ""), ("a", "", 1)), ""), ((("a", "May 2"), ("a", one, 1)), ""),
                ((("", one), ("", two)), ""),
                ((("", one), ("", two, 1)), "an update of an unknown outlet")):
            self.assertEqual(check_reuse.wrong_updates(self.members(*given)), fault, given)


class Samples(unittest.TestCase):
    def test_samples(self):
        inputs = [SOURCE / "samples" / "pages", SOURCE / "samples" / "inbox"]
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            subprocess.run([BINARY, "run", *map(str, inputs), "--out", str(out), "--quiet"],
                           check=True)
            checker = check_reuse.Checker(out, inputs)
            checker.check()
            self.assertEqual(list(map(str, checker.faults)), [])
            self.assertGreater(checker.counts["passages"], 50)


if __name__ == "__main__":
    BINARY = str(pathlib.Path(sys.argv[1]).resolve())
    SOURCE = pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
