#!/usr/bin/env python3
"""score_fields.py on invented pages. Needs no data.

  fields_test.py
"""
import unittest

import score_fields as fields

PAGE = """<html><head><title>Ferry runs late | Harbour Post</title>
<meta property="og:title" content="Ferry runs late, again - Harbour Post">
<meta name="author" content="Meta Author">
<meta property="og:site_name" content="Harbour Post">
<script type="application/ld+json">{"@graph": [
  {"@type": "WebSite", "headline": "Not this one"},
  {"@type": ["NewsArticle"], "headline": "Why the ferry &amp; the bus run late",
   "author": [{"@type": "Person", "name": "Ada Kestrel and Bo Lind"},
              {"@type": "Organization", "name": "North Agency"}, "By Cy Dorn"],
   "publisher": {"@type": "Organization", "name": "Harbour Post Media"}}]}</script>
<script type="application/ld+json">{broken</script></head>
<body><svg><title>Icon of a boat</title></svg></body></html>"""


def metadata_of(page: str) -> fields.Metadata:
    metadata = fields.Metadata()
    metadata.feed(page)
    return metadata


class Truth(unittest.TestCase):
    def test_titles(self):
        self.assertEqual(fields.true_titles(metadata_of(PAGE)),
                         ["why the ferry the bus run late", "ferry runs late again harbour post",
                          "ferry runs late harbour post", "ferry runs late again",
                          "ferry runs late"])

    def test_authors(self):
        self.assertEqual(fields.true_authors(metadata_of(PAGE), "harbour.example"),
                         ["ada kestrel", "bo lind", "cy dorn"])

    def test_authors_of_meta_elements(self):
        meta = '<meta name="author" content="{}">'
        for content, names in (("By Meta Author", ["meta author"]), ("Meta", []),
                               ("https://harbour.example/meta author", []),
                               ("The Associated Press", []), ("Harbour Report", []),
                               ("Ada Kestrel, Staff Writer", ["ada kestrel"]),
                               ("one two three four five six", ["one two three four five six"]),
                               ("one two three four five six seven", [])):
            self.assertEqual(fields.true_authors(metadata_of(meta.format(content)), "uk/Harbour"),
                             names, content)

    def test_split_names(self):
        for text, names in (("Von Ada Kestrel und Bo Lind", ["Ada Kestrel", "Bo Lind"]),
                            ("Ada Kestrel, Bo Lind & Cy Dorn",
                             ["Ada Kestrel", "Bo Lind", "Cy Dorn"]),
                            ("Ada Kestrel | Bo Lind", ["Ada Kestrel", "Bo Lind"]),
                            ("Andy Sandy", ["Andy Sandy"]), ("Analysis by Bo Lind", ["Bo Lind"]),
                            ("Ludwig von Lind", ["Ludwig von Lind"]),
                            ("May 2, 2026", []), ("", [])):
            self.assertEqual(fields.split_names(text), names, text)


class Comparison(unittest.TestCase):
    def test_key(self):
        self.assertEqual(fields.key("  Ada’s “FERRY” – late: 5½ "), "ada s ferry late 51 2")

    def test_same_title(self):
        truth = "a b c d e f"  # 11 characters
        self.assertTrue(fields.same_title(truth, truth))
        self.assertTrue(fields.same_title("x " * 3 + truth, truth))    # 11 of 17
        self.assertTrue(fields.same_title("xxxxxx " + truth, truth))   # 11 of 18: .61
        self.assertFalse(fields.same_title("xxxxxxxx " + truth, truth))  # 11 of 20: .55
        self.assertTrue(fields.same_title("aaa bb", "aaa bb ccc"))     # .6 exactly
        self.assertFalse(fields.same_title("b c d e f g", truth))
        self.assertFalse(fields.same_title("ferry", "ferryman"))
        self.assertFalse(fields.same_title("", truth))

    def test_lifted_names(self):
        self.assertEqual(fields.lifted_names(["Ada Kestrel and AP", "Bo Lind"]),
                         ["ada kestrel", "bo lind"])
        self.assertEqual(fields.lifted_names("Contributors"), ["contributors"])
        self.assertEqual(fields.lifted_names(None), [])


class Score(unittest.TestCase):
    LINES = ["Menu", "Ferry runs late", "By Ada Kestrel", "one", "two", "three", "four",
             "Bo Lind is here"]
    ROW = {"set": "s", "id": "1", "host": "harbour.example", "lines": LINES,
           "labels": [0, 0, 0, 1, 1, 1, 1, 1]}

    def figures(self, lifted: dict, row: dict | None = None):
        tallies, errors = fields.score([row or self.ROW], {"1": metadata_of(PAGE)},
                                       {"s/page/1": lifted}, {})
        return {name: (t.shown, t.lifted, t.right, t.extra) for name, t in tallies.items()}, errors

    def test_head_ends_after_four_content_lines(self):
        self.assertEqual(fields.head_of(self.ROW)[-1], "four")

    def test_right(self):
        figures, errors = self.figures({"title": "Ferry runs late", "author": ["Ada Kestrel"]})
        self.assertEqual(figures, {"title": (1, 1, 1, 0), "author": (1, 1, 1, 0)})
        self.assertEqual(errors, [])

    def test_an_author_who_is_shown_further_down_is_right_too(self):
        figures, _ = self.figures({"author": ["Ada Kestrel and Bo Lind"]})
        self.assertEqual(figures["author"], (1, 2, 2, 0))

    def test_wrong_and_missed(self):
        figures, errors = self.figures({"title": "Menu", "author": ["Cy Vane"]})
        self.assertEqual(figures, {"title": (1, 1, 0, 0), "author": (1, 1, 0, 0)})
        self.assertEqual([e[2] for e in errors], ["wrong", "wrong"])
        self.assertEqual(errors[1][5], ["'By Ada Kestrel'"])
        figures, errors = self.figures({})
        self.assertEqual(figures, {"title": (1, 0, 0, 0), "author": (1, 0, 0, 0)})
        self.assertEqual([e[2] for e in errors], ["missed", "missed"])

    def test_not_shown(self):
        row = dict(self.ROW, lines=["Menu"] * 8)
        figures, errors = self.figures({"title": "Menu", "author": ["Cy Vane"]}, row)
        self.assertEqual(figures, {"title": (0, 0, 0, 1), "author": (0, 0, 0, 1)})
        self.assertEqual(errors, [])

    def test_no_page_is_no_nan(self):
        tallies, _ = fields.score([], {}, {}, {})
        self.assertEqual(tallies["title"].figures()["recall"], 1.0)

    def test_shown_by_names_the_rule(self):
        spans = [{"begin": 5, "end": 21, "stage": "strip_rules", "rule": "nav.before"},
                 {"begin": 21, "end": 22, "stage": "strip_rules", "rule": "meta.byline"},
                 {"begin": 35, "end": 40, "stage": "strip_rules", "rule": "nav.after"}]
        self.assertEqual(fields.shown_by(self.ROW, lambda k: "kestrel" in k, spans),
                         ["'By Ada Kestrel' cut by meta.byline"])


if __name__ == "__main__":
    unittest.main()
