#!/usr/bin/env python3
"""The rival rules on invented lines: every threshold below, at and above. Needs no data.

  rivals_test.py
"""
import functools
import unittest

import rivals


def kept(rules, lines: list[str], language: str = "en") -> list[str] | None:
    """What is left of each line; None for a page that was dropped."""
    outcome = rules(lines, language)
    if outcome.dropped:
        return None
    left = []
    for i, line in enumerate(lines):
        for _, begin, end in sorted((c for c in outcome.cuts if c[0] == i), reverse=True):
            line = line[:begin] + line[end:]
        left.append(line)
    return left


def survives(rules, line: str) -> bool:
    return kept(rules, [line]) == [line]


class C4(unittest.TestCase):
    def test_words(self):
        self.assertFalse(survives(rivals.c4, "The ferry came late."))
        self.assertTrue(survives(rivals.c4, "The ferry came in late."))
        self.assertTrue(survives(rivals.c4, "The last ferry came in late."))

    def test_line_ends(self):
        for end in (".", "!", "?", '"'):
            self.assertTrue(survives(rivals.c4, "The ferry came in late" + end), end)
        for end in ("", ",", ":", "...", "”", "。"):
            self.assertFalse(survives(rivals.c4, "The ferry came in late" + end), end)

    def test_long_word(self):
        text = "The ferry came in {}."
        self.assertTrue(survives(rivals.c4, text.format("x" * 999)))
        self.assertFalse(survives(rivals.c4, text.format("x" * 1000)))

    def test_phrases(self):
        self.assertFalse(survives(rivals.c4, "Please switch JavaScript on to read this."))
        self.assertFalse(survives(rivals.c4, "The harbour site uses cookies for its map."))
        self.assertTrue(survives(rivals.c4, "The harbour cafe sells cookies for its map."))

    def test_pages(self):
        pages = rivals.RULES["c4_pages"]
        two = ["The ferry came in late. Nobody was told about it."]
        self.assertIsNone(kept(pages, two))
        three = two + ["The harbour master has resigned."]
        self.assertEqual(kept(pages, three), three)
        self.assertEqual(kept(rivals.c4, two), two)
        self.assertIsNone(kept(pages, three + ["The form said {name} to all of them."]))
        self.assertIsNone(kept(pages, three + ["The form said Lorem ipsum to all of them."]))
        # A line that goes anyway drops nothing.
        self.assertEqual(kept(pages, three + ["{name}"]), three + [""])

    def test_unicode(self):
        rules = rivals.RULES["c4_unicode"]
        for end in ("”", "’", "»", "…", "。", ")"):
            self.assertTrue(survives(rules, "The ferry came in late" + end), end)
        self.assertFalse(survives(rules, "The ferry came in late"))
        self.assertTrue(survives(rules, "渡船很晚到。"))
        self.assertFalse(survives(rules, "渡船到。"))


class RefinedWeb(unittest.TestCase):
    def test_upper_case(self):
        self.assertTrue(survives(rivals.refinedweb, "ABcd efg"))   # 2 of 7
        self.assertTrue(survives(rivals.refinedweb, "ABC def"))    # 3 of 6
        self.assertFalse(survives(rivals.refinedweb, "ABCD efg"))  # 4 of 7

    def test_whole_lines(self):
        for line in ("12.05.2026", "3 likes", "1,204 Shares", "2k views", "Menu", "12 / 30"):
            self.assertFalse(survives(rivals.refinedweb, line), line)
        for line in ("3 boats sank", "Likes and dislikes", "two words", "渡船"):
            self.assertTrue(survives(rivals.refinedweb, line), line)

    def test_edits(self):
        self.assertEqual(kept(rivals.refinedweb, ["Sign in to the harbour"]), [" to the harbour"])
        self.assertEqual(kept(rivals.refinedweb, ["The ferry is late Read more..."]),
                         ["The ferry is late "])
        self.assertEqual(kept(rivals.refinedweb, ["You have 2 items in cart today"]),
                         ["You have  today"])
        ten = "one two three four five six seven eight Read more"
        self.assertTrue(survives(rivals.refinedweb, "zero " + ten))
        self.assertFalse(survives(rivals.refinedweb, ten))

    def test_pages(self):
        pages = rivals.RULES["refinedweb_pages"]
        story = " ".join(["word"] * 95)
        self.assertEqual(kept(pages, [story] + ["Menu"] * 5)[0], story)  # 5 of 100
        self.assertIsNone(kept(pages, [story] + ["Menu"] * 6))
        self.assertEqual(kept(pages, []), [])


class Nemo(unittest.TestCase):
    STORY = ["The ferry came in late.", "Nobody was told.", "The harbour master has resigned."]

    def test_only_at_an_edge(self):
        policy = "Read our Privacy Policy"
        for lines, left in (
                ([policy] + self.STORY, [""] + self.STORY),
                (self.STORY + [policy, policy], self.STORY + ["", ""]),
                (self.STORY[:1] + [policy] + self.STORY[1:],) * 2,
                ([policy] + self.STORY + [policy],) * 2,
                ([policy],) * 2,
                (self.STORY,) * 2):
            self.assertEqual(kept(rivals.nemo, lines), left)

    def test_anywhere(self):
        lines = self.STORY[:1] + ["Terms of use"] + self.STORY[1:]
        self.assertEqual(kept(rivals.RULES["nemo_anywhere"], lines)[1], "")

    def test_pages(self):
        pages = functools.partial(rivals.nemo, drop_pages=True)
        lines = ["Cookie policy"] * 2 + self.STORY  # 2 of 5
        self.assertIsNotNone(kept(pages, lines))
        self.assertIsNone(kept(pages, ["Cookie policy"] + lines))
        self.assertIsNone(kept(pages, self.STORY + ["Lorem ipsum"]))
        self.assertEqual(kept(pages, []), [])


class JusText(unittest.TestCase):
    STOPLIST = frozenset(["the", "of", "and"])

    def block(self, stop: int, other: int, length: int) -> str:
        """A line of so many stopwords and other words, padded to a length."""
        words = ["the"] * stop + ["boat"] * other
        line = " ".join(words)
        return line + "." * (length - len(line))

    def cls(self, line: str) -> str:
        return rivals.justext_class(line, rivals.STOPWORDS_LOW, rivals.STOPWORDS_HIGH,
                                    self.STOPLIST)

    def test_length(self):
        self.assertEqual(self.cls(self.block(5, 5, 69)), "short")
        self.assertEqual(self.cls(self.block(5, 5, 70)), "neargood")
        self.assertEqual(self.cls(self.block(5, 5, 200)), "neargood")
        self.assertEqual(self.cls(self.block(5, 5, 201)), "good")

    def test_density(self):
        self.assertEqual(self.cls(self.block(29, 71, 600)), "bad")
        self.assertEqual(self.cls(self.block(30, 70, 600)), "neargood")
        self.assertEqual(self.cls(self.block(31, 69, 600)), "neargood")
        self.assertEqual(self.cls(self.block(32, 68, 600)), "good")
        self.assertEqual(rivals.stopword_density("12 – 30", self.STOPLIST), 0.0)

    def test_copyright_is_bad(self):
        self.assertEqual(self.cls("© " + self.block(5, 5, 300)), "bad")

    def test_neighbours(self):
        for classes, left in (
                (["short"], [False]),
                (["good", "short", "good"], [True] * 3),
                (["good", "short", "bad"], [True, False, False]),
                # Beside good on one side and near-good before bad on the other, short is good.
                (["good", "short", "neargood", "bad"], [True, True, True, False]),
                (["bad", "neargood", "bad"], [False] * 3),
                (["bad", "neargood", "good"], [False, True, True]),
                # A short block that became good does not save what lies beyond it.
                (["bad", "short", "short", "good"], [False, False, False, True]),
                ([], [])):
            self.assertEqual(rivals.justext_kept(classes), left, classes)

    def test_language(self):
        line = self.block(10, 40, 400)
        lists = {"en": self.STOPLIST, "de": frozenset(["boat"])}
        self.assertTrue(survives(rivals.justext, line))
        rules = functools.partial(rivals.justext, lists=lists)
        self.assertEqual(kept(rules, [line], "en"), [""])
        self.assertEqual(kept(rules, [line], "de"), [line])
        self.assertEqual(kept(rules, [line], "?"), [line])  # "de" fits best
        nothing = self.block(0, 0, 1) + " ".join(["xyz"] * 60)
        self.assertEqual(kept(rules, [nothing], "?"), [nothing])  # no list fits

    def test_stoplists(self):
        page = {"lang": "en", "lines": ["the of and " * 8, "short menu"]}
        many = rivals.STOPLIST_MIN_PAGES
        self.assertEqual(rivals.stoplists([page] * many), {"en": frozenset(["the", "of", "and"])})
        self.assertEqual(rivals.stoplists([page] * (many - 1)), {})
        self.assertEqual(rivals.stoplists([dict(page, lang="?")] * many), {})


class Audit(unittest.TestCase):
    def test_spans_are_bytes(self):
        outcome = rivals.Outcome(cuts=[(1, 1, 3), (0, 0, 2)])
        record = rivals.audit_record("x/page/1", ["äb", "öüß"], outcome)
        self.assertEqual(record["spans"], [{"begin": 0, "end": 3}, {"begin": 6, "end": 10}])
        self.assertEqual((record["verdict"], record["reason"]), ("kept", None))

    def test_dropped(self):
        record = rivals.audit_record("x/page/1", ["a"], rivals.Outcome(dropped="few_sentences"))
        self.assertEqual((record["verdict"], record["reason"]), ("dropped", "few_sentences"))


if __name__ == "__main__":
    unittest.main()
