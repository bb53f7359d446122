#!/usr/bin/env python3
"""Lifted titles and authors against what the pages' own HTML says.

  score_fields.py CLEAN.jsonl [--set fundus|aeb] [--errors [--audit AUDIT.jsonl]] [--json]

CLEAN is the clean.jsonl of a run over the whole pages (`score_chrome.py prepare LABELLED`), best
with `duplicates = "annotate"`, so that no page is missing. The truth is the metadata of the raw
page: headline and author of its JSON-LD, og:title, the meta elements for authors, and for a title
also <title>. The run has seen none of it: only text. A page counts for a field where its text shows
the truth before the article is well under way (HEAD_CONTENT_LINES); only there can a program find
it.

  shown      pages whose text shows the field (author: names that are shown, on how many pages)
  lifted     of these pages, those with a value lifted (author: names lifted)
  right      values that are the truth, for authors name by name
  precision  right / lifted        recall  right / shown
  extra      values lifted on pages that have a truth but do not show it; not judged

--errors lists what is wrong or missed with the lines of the head that show the truth; with the
audit of the run, also the rules that cut them.

Titles are compared by their letters and digits; a site's name at the end does not count, and a
kicker may be missing or in front if it is short (SAME_TITLE). Standard library only.
"""
import argparse
import html.parser
import json
import re
import sys
import unicodedata

import evaldata

# The page's head ends with this many lines of the article.
HEAD_CONTENT_LINES = 4
# Two titles are the same if one is within the other and not shorter than this share of it.
SAME_TITLE = 0.6
# A truth as long as this many words is a description, not a name.
MAX_NAME_WORDS = 6

SITE_SEPARATOR = re.compile(r"\s+[|–—·:›»-]+\s+|\s*\|\s*")
# What stands between names and before them; "y" is also an initial, so it takes a space.
JOINERS = re.compile(r"\s*(?:[,;/|&·•]|\s(?:and|und|et|y|e|och|og|en|i|и|with|mit)\s)\s*",
                     re.IGNORECASE)
BY = re.compile(r"^(?:(?:analysis|column|comment|commentary|opinion|review|kolumne|kommentar)\s+)?"
                r"(?:by|von|par|por|di|af|av|door|text|autore?n?|author)\b[:\s]+", re.IGNORECASE)
# In a name of the truth these mark a desk or an office, not a person.
ROLES = {"contributor", "contributors", "correspondent", "desk", "editor", "editors", "newsroom",
         "redacción", "redaktion", "redazione", "reporter", "reporters", "reports", "rédaction",
         "staff", "writer", "writers"}
AGENCIES = {"associated press", "the associated press", "deutsche presse agentur",
            "agence france presse", "press association", "canadian press", "the canadian press"}
ARTICLE_TYPES = re.compile(r"article|posting|report|review", re.IGNORECASE)
ORGANISATION = re.compile(r"organi[sz]ation|corporation|website", re.IGNORECASE)


def key(text: str) -> str:
    """Letters and digits, case folded, one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


class Metadata(html.parser.HTMLParser):
    """JSON-LD, meta elements, <title> and nothing else of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.json_ld: list[str] = []
        self.meta: dict[str, list[str]] = {}
        self.title = ""
        self._into: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (values.get("property") or values.get("name") or "").lower()
            self.meta.setdefault(name, []).append(values.get("content", ""))
        elif tag == "script" and "ld+json" in values.get("type", "").lower():
            self._into = []
        elif tag == "title" and not self.title:
            self._into = []

    def handle_data(self, data):
        if self._into is not None:
            self._into.append(data)

    def handle_endtag(self, tag):
        if self._into is None or tag not in ("script", "title"):
            return
        text = "".join(self._into)
        self._into = None
        if tag == "script":
            self.json_ld.append(text)
        else:
            self.title = self.title or text


def objects(value):
    """Every object of a JSON value, however deep."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from objects(child)
    elif isinstance(value, list):
        for child in value:
            yield from objects(child)


def articles(metadata: Metadata) -> list[dict]:
    found = []
    for text in metadata.json_ld:
        try:
            value = json.loads(text, strict=False)
        except ValueError:
            continue
        for item in objects(value):
            kind = item.get("@type")
            kinds = kind if isinstance(kind, list) else [kind]
            if any(isinstance(k, str) and ARTICLE_TYPES.search(k) for k in kinds):
                found.append(item)
    return found


def unescaped(text: str) -> str:
    return html.unescape(html.unescape(text))


def names_of(author) -> list[str]:
    """The persons of a JSON-LD author: a name, an object, or a list of these."""
    if isinstance(author, str):
        return [author]
    if isinstance(author, list):
        return [name for one in author for name in names_of(one)]
    if isinstance(author, dict) and not ORGANISATION.search(str(author.get("@type", ""))):
        return names_of(author.get("name", []))
    return []


def split_names(text: str) -> list[str]:
    """The persons of a byline: "By Ada Kestrel and Bo Lind" has two."""
    names = []
    for part in JOINERS.split(BY.sub("", " ".join(text.split()))):
        part = BY.sub("", part.strip())
        if part and not any(c.isdigit() for c in part):
            names.append(part)
    return names


def true_titles(metadata: Metadata) -> list[str]:
    titles = [a["headline"] for a in articles(metadata) if isinstance(a.get("headline"), str)]
    titles += metadata.meta.get("og:title", []) + [metadata.title]
    titles += [SITE_SEPARATOR.split(t)[0] for t in titles if SITE_SEPARATOR.search(t)]
    return list(dict.fromkeys(k for k in (key(unescaped(t)) for t in titles) if " " in k))


def site_words(metadata: Metadata, host: str) -> set[str]:
    """Words of the outlet's own name, which some pages give as their author."""
    publishers = [name for a in articles(metadata)
                  for name in names_of({"name": (a.get("publisher") or {}).get("name", [])}
                                       if isinstance(a.get("publisher"), dict) else [])]
    text = " ".join(metadata.meta.get("og:site_name", []) + publishers + [host.split("/")[-1]])
    return {w for w in key(unescaped(text)).split() if len(w) > 2}


def true_authors(metadata: Metadata, host: str) -> list[str]:
    """Persons only: no agency, and not the outlet."""
    found = [n for a in articles(metadata)[:1] for n in names_of(a.get("author", []))]
    if not found:
        for name in ("author", "article:author", "parsely-author", "sailthru.author"):
            found = found or metadata.meta.get(name, [])
    site = site_words(metadata, host)
    names = [key(n) for text in found if "://" not in text for n in split_names(unescaped(text))]
    return list(dict.fromkeys(n for n in names
                              if 2 <= len(n.split()) <= MAX_NAME_WORDS and n not in AGENCIES
                              and not (site | ROLES) & set(n.split())))


def head_of(row: dict) -> list[str]:
    """The page's lines, as keys, up to the first few of the article."""
    head, content = [], 0
    for line, label in zip(row["lines"], row["labels"]):
        head.append(key(line))
        content += label == 1
        if content == HEAD_CONTENT_LINES:
            break
    return head


def same_title(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return bool(short) and f" {short} " in f" {long} " and len(short) >= SAME_TITLE * len(long)


def shown_title(titles: list[str], head: list[str]) -> list[str]:
    return [t for t in titles if any(same_title(t, line) for line in head)]


def shown_names(names: list[str], head: list[str]) -> list[str]:
    return [n for n in names if any(f" {n} " in f" {line} " for line in head)]


def lifted_names(value) -> list[str]:
    """Names; a lone word beside them is an agency or a place ("Ada Kestrel and AP")."""
    values = value if isinstance(value, list) else [value] if value else []
    names = list(dict.fromkeys(k for v in values for k in map(key, split_names(v)) if k))
    return [n for n in names if " " in n] or names


class Tally:
    def __init__(self) -> None:
        self.pages = self.shown = self.lifted = self.right = self.extra = 0

    def figures(self) -> dict[str, float]:
        return {"pages": self.pages, "shown": self.shown, "lifted": self.lifted,
                "right": self.right, "extra": self.extra,
                "precision": self.right / self.lifted if self.lifted else 1.0,
                "recall": self.right / self.shown if self.shown else 1.0}


def shown_by(row: dict, is_shown, spans: list[dict]) -> list[str]:
    """The lines of the head that show a field, each with the rules that cut it."""
    found, at = [], 0
    for line, k in zip(row["lines"], head_of(row)):
        end = at + len(line.encode())
        if is_shown(k):
            cut = {s["rule"] or s["stage"] for s in spans if s["begin"] < end and s["end"] > at}
            found.append(repr(line) + (f" cut by {', '.join(sorted(cut))}" if cut else ""))
        at = end + 1
    return found


def score(pages, raw: dict[str, Metadata], lifted: dict[str, dict], spans: dict[str, list]):
    """Returns tallies by field, and the errors as (field, id, kind, lifted, true, shown by)."""
    tallies = {"title": Tally(), "author": Tally()}
    errors = []
    for row in pages:
        metadata = raw.get(row["id"])
        if metadata is None:
            continue
        head, page_spans = head_of(row), spans.get(evaldata.record_id(row), [])
        fields = lifted.get(evaldata.record_id(row), {})

        tally, titles = tallies["title"], true_titles(metadata)
        got = fields.get("title", "")
        got = got[0] if isinstance(got, list) else got
        if not shown_title(titles, head):
            tally.extra += bool(titles and got)
        else:
            right = any(same_title(key(got), t) for t in titles)
            tally.pages += 1
            tally.shown += 1
            tally.lifted += bool(got)
            tally.right += right
            if not right:
                where = shown_by(row, lambda k: shown_title(titles, [k]), page_spans)
                errors.append(("title", row["id"], "wrong" if got else "missed", got, titles[:2],
                               where))

        tally, names = tallies["author"], true_authors(metadata, row["host"])
        shown, got_names = shown_names(names, head), lifted_names(fields.get("author"))
        if not shown:
            tally.extra += len(got_names) if names else 0
            continue
        right = [n for n in got_names if n in names]
        tally.pages += 1
        tally.shown += len(shown)
        tally.lifted += len(got_names)
        tally.right += len(right)
        if set(got_names) - set(names) or set(shown) - set(got_names):
            kind = "wrong" if set(got_names) - set(names) else "missed"
            where = shown_by(row, lambda k: shown_names(names, [k]), page_spans)
            errors.append(("author", row["id"], kind, fields.get("author", ""), shown, where))
    return tallies, errors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clean")
    parser.add_argument("--set", default="fundus", choices=("fundus", "aeb"))
    parser.add_argument("--errors", action="store_true", help="list what is wrong or missed")
    parser.add_argument("--audit", help="the run's audit.jsonl, for --errors")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    args = parser.parse_args()

    raw = {}
    for row in evaldata.rows(evaldata.data_dir() / "html" / f"{args.set}.jsonl.gz"):
        metadata = Metadata()
        metadata.feed(row["html"])
        raw[row["id"]] = metadata
    lifted = {row["id"]: row.get("copydesk", {}).get("fields", {})
              for row in evaldata.rows(args.clean)}
    pages = (r for r in evaldata.rows(evaldata.labelled_pages()) if r["set"] == args.set)
    spans = {a["id"]: a["spans"] for a in evaldata.rows(args.audit)} if args.audit else {}
    tallies, errors = score(pages, raw, lifted, spans)
    if args.errors:
        for field, page, kind, got, true, where in errors:
            print(f"{field} {kind:7} {page}\n    lifted {got!r}\n    true   {true!r}")
            print("".join(f"    shown  {line}\n" for line in where), end="")
    figures = {field: tally.figures() for field, tally in tallies.items()}
    if args.json:
        print(json.dumps(figures))
        return 0
    names = ("pages", "shown", "lifted", "right", "extra", "precision", "recall")
    print(f'{args.set:10}' + "".join(f"{name:>11}" for name in names))
    for field, values in figures.items():
        print(f"{field:10}" + "".join(
            f"{values[n]:11.4f}" if isinstance(values[n], float) else f"{values[n]:11}"
            for n in names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
