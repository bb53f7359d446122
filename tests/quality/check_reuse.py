#!/usr/bin/env python3
"""Checks what `copydesk run` says about reuse: reads its outputs and its input again and works
everything out by brute force, with nothing of the program but its documentation.

  check_reuse.py DIR INPUT... [--show N]
  check_reuse.py DIR INPUT... --all-pairs [--near-duplicate T]

DIR is the output of `copydesk run INPUT...`: JSON lines (.jsonl .ndjson .json, also .gz), plain
texts (.txt) and folders of them; the output not compressed. Checked are
  audit     spans ascend, are disjoint, cut neither characters nor words; the original with the
            spans applied is the clean text; the sums of run.json are those of the rows
  pairs     sets of five-word shingles, the words themselves: jaccard, containments, coverages,
            relation; passages: the same words in both, disjoint, long enough, maximal, none
            missing
  clusters  every member is verified against the representative, nothing chains, nobody is missing;
            who was first, what is an update; what was dropped has one that stays for it
  stories   every kept document is in one

--all-pairs also looks for all near duplicates through an inverted index over all shingles and says
how many of them were found; T is the config's threshold if it is not given.

Exits 0 if all holds, 1 with the first N faults (file, row, what) and their number, 2 if it cannot
check. Standard library only.
"""
import argparse
import bisect
import collections
import dataclasses
import datetime
import functools
import gzip
import itertools
import json
import pathlib
import re
import sys
import tomllib
import unicodedata
from typing import Iterable, Iterator

SHINGLE_WORDS = 5
COPY_REASONS = ("exact_duplicate", "near_duplicate")
ROUNDING = 5.1e-7  # numbers have six digits
# Of a gram that occurs more often than so in two texts together, not every match is looked at.
MOST_MATCHES = 4096
# Words of the documents that are kept in memory, with their shingles.
CACHE_WORDS = 3_000_000


class Unusable(Exception):
    """The folder or the input cannot be checked."""


# --- words ---------------------------------------------------------------------------------------

# By the names of their characters: the scripts that put no spaces between words.
UNSPACED = re.compile("CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH|IDEOGRAPHIC (ITERATION|CLOSING) MARK|"
                      "(HALFWIDTH )?KATAKANA|HIRAGANA|THAI |LAO |KHMER |MYANMAR ")
IDEOGRAPHIC_ZERO = "\u3007"
JOINERS = "\u00ad\u200c\u200d"
# Letters and marks with the property Default_Ignorable_Code_Point, and the joiners.
IGNORABLE = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u200c\u200d\u3164"
                       "\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


class Classes(dict):
    """For str.translate: L letter or digit, U letter of an unspaced script, M mark, J joiner,
    ? not assigned in this Unicode, S all else."""

    def __missing__(self, code: int) -> str:
        self[code] = found = self.of(chr(code))
        return found

    @staticmethod
    def of(c: str) -> str:
        if c in JOINERS:
            return "J"
        category = unicodedata.category(c)
        if category == "Cn":
            return "S" if ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF else "?"
        if category[0] == "M":
            return "M"
        if category[0] == "L":
            return "U" if UNSPACED.match(unicodedata.name(c, "")) else "L"
        if category[0] == "N":
            return "U" if c == IDEOGRAPHIC_ZERO else "L"
        return "S"


CLASSES = Classes()
RUN = re.compile("L(?:J*[LM])*|(?:UM*)+")


@functools.lru_cache(maxsize=None)
def fold(word: str) -> str:
    if word.isascii():
        return sys.intern(word.lower())
    decomposed = unicodedata.normalize("NFD", word.casefold()).casefold()
    return sys.intern(unicodedata.normalize("NFC", IGNORABLE.sub("", decomposed)))


def split_words(text: str) -> Iterator[tuple[int, int, str]]:
    """(begin, end, folded word) in characters; runs of unspaced scripts give bigrams."""
    classes = text.translate(CLASSES)
    for run in RUN.finditer(classes):
        begin, end = run.span()
        if classes[begin] == "L":
            yield begin, end, fold(text[begin:end])
            continue
        letters = [i for i in range(begin, end) if classes[i] == "U"] + [end]
        for i in range(max(1, len(letters) - 2)):
            stop = letters[min(i + 2, len(letters) - 1)]
            yield letters[i], stop, fold(text[letters[i]:stop])


def is_unknown(text: str) -> bool:
    return not text.isascii() and "?" in text.translate(CLASSES)


def byte_offsets(text: str) -> list[int] | range:
    """offsets[i]: where character i begins in the UTF-8 of the text."""
    if text.isascii():
        return range(len(text) + 1)
    sizes = (1 if c < "\x80" else 2 if c < "\u0800" else 3 if c < "\U00010000" else 4
             for c in text)
    return list(itertools.accumulate(sizes, initial=0))


def grams(words: list[str], n: int) -> list[tuple]:
    return list(zip(*(words[i:] for i in range(n))))


# --- documents -----------------------------------------------------------------------------------

class Document:
    """An original with its spans; the words of the living text with their places in the
    original."""

    def __init__(self, text: str, spans: list[dict], title: str = ""):
        self.original = text.encode()
        self.title = title
        self.edits = [(s["begin"], s["end"], s.get("replacement", "").encode()) for s in spans]
        self.unknown = is_unknown(text)

    def applied(self, begin: int, end: int, removals: bool = True) -> bytes:
        """The original's bytes with the edits applied that lie in them."""
        parts, at = [], begin
        for first, last, replacement in self.edits:
            if last <= begin or first >= end or not (removals or replacement):
                continue
            parts += [self.original[at:max(at, first)], replacement]
            at = last
        return b"".join(parts + [self.original[at:max(at, end)]])

    @functools.cached_property
    def living(self) -> bytes:
        return self.applied(0, len(self.original))

    @functools.cached_property
    def _words(self) -> tuple[list[int], list[int], list[str]]:
        text = self.living.decode()
        offsets = byte_offsets(text)
        begins, ends, words = [], [], []
        for begin, end, word in split_words(text):
            begins.append(offsets[begin])
            ends.append(offsets[end])
            words.append(word)
        if self.edits:
            begins, ends = self._to_original(begins, ends)
        return begins, ends, words

    def _to_original(self, begins: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
        # Pieces of the living text: where they begin in it and in the original, where the original
        # of a replacement ends.
        pieces, living, at = [], 0, 0
        for first, last, replacement in self.edits + [(len(self.original),) * 2 + (b"",)]:
            if first > at:
                pieces.append((living, at, None))
                living += first - at
            if replacement:
                pieces.append((living, first, last))
                living += len(replacement)
            at = last
        starts = [piece[0] for piece in pieces]

        def place(offset: int, is_end: bool) -> int:
            start, original, end = pieces[bisect.bisect_right(starts, offset - is_end) - 1]
            if end is not None:
                return end if is_end else original
            return original + offset - start

        return [place(b, False) for b in begins], [place(e, True) for e in ends]

    @property
    def begins(self) -> list[int]:
        return self._words[0]

    @property
    def ends(self) -> list[int]:
        return self._words[1]

    @property
    def words(self) -> list[str]:
        return self._words[2]

    @functools.cached_property
    def places(self) -> list[tuple]:
        """The shingle that begins at each word."""
        return grams(self.words, max(1, min(SHINGLE_WORDS, len(self.words))))

    @functools.cached_property
    def shingles(self) -> frozenset:
        return frozenset(self.places)

    def forget(self) -> None:
        for name in ("living", "_words", "places", "shingles"):
            self.__dict__.pop(name, None)

    def on_character(self, at: int) -> bool:
        return at >= len(self.original) or self.original[at] & 0xC0 != 0x80

    def inside_word(self, at: int) -> bool:
        """Whether a word of the living text goes on at this place of the original. Between letters
        of an unspaced script another word begins or ends."""
        last = bisect.bisect_left(self.begins, at) - 1
        if last < 0 or self.ends[last] <= at:
            return False
        begin, end = bisect.bisect_left(self.begins, at), bisect.bisect_left(self.ends, at)
        return (begin == len(self.begins) or self.begins[begin] != at) and self.ends[end] != at

    def words_in(self, begin: int, end: int) -> range:
        """Which words of the living text lie in a span of the original."""
        return range(bisect.bisect_left(self.begins, begin), bisect.bisect_right(self.ends, end))

    def words_of(self, begin: int, end: int) -> list[str]:
        """The words of a span of the original: what was removed counts, replacements apply."""
        if not any(first < end and last > begin for first, last, _ in self.edits):
            inside = self.words_in(begin, end)
            return self.words[inside.start:inside.stop]
        text = self.applied(begin, end, removals=False).decode(errors="replace")
        return [word for _, _, word in split_words(text)]


# --- files ---------------------------------------------------------------------------------------

def read_rows(path: pathlib.Path) -> list[dict]:
    if not path.is_file():
        raise Unusable(f"{path} is not there; compressed outputs are not read")
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def input_files(paths: Iterable[pathlib.Path]) -> Iterator[tuple[pathlib.Path, str]]:
    """(file, id that a plain text has)"""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        names = (p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
        for name in sorted(names, key=str.encode):
            yield path / name, name


def input_records(paths: Iterable[pathlib.Path]) -> Iterator[dict | None]:
    """The records in order; None for one that cannot be read."""
    for path, name in input_files(paths):
        suffixes = [s for s in path.suffixes if s != ".gz"]
        if not suffixes or suffixes[-1] not in (".jsonl", ".ndjson", ".json", ".txt"):
            raise Unusable(f"{path}: neither JSON lines nor a plain text")
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            data = file.read().removeprefix(b"\xef\xbb\xbf")
        if suffixes[-1] == ".txt":
            yield {"id": name, "text": data.decode()}
            continue
        for line in data.split(b"\n"):
            if not line.strip(b" \t\r"):
                continue
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            yield record if isinstance(record, dict) else None


def first_of(record: dict, names: list[str], kinds: tuple) -> str:
    """The value of the first of these members that is there; numbers as they stand."""
    for name in names:
        value = record
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, kinds) and not isinstance(value, bool):
            return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else \
                json.dumps(value)
    return ""


@dataclasses.dataclass(frozen=True)
class Fault:
    file: str
    row: int  # from 1; 0: the file as a whole
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}: {self.what}" if self.row else f"{self.file}: {self.what}"


# --- dates ---------------------------------------------------------------------------------------

ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)"
                      r"(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?")
DAY = 86400  # seconds


def seconds_of(date: str) -> int | None:
    """UNIX time of a date that nobody can misread; without a zone it is UTC."""
    if re.fullmatch(r"\d{10}", date):
        return int(date)
    match = ISO_DATE.fullmatch(date)
    if not match:
        return None
    day, time, zone = match.groups()
    try:
        moment = datetime.datetime.fromisoformat(
            f"{day}T{time or '00:00'}{(zone or 'Z').replace('Z', '+00:00')}")
    except ValueError:
        return None
    return int(moment.timestamp())


def possible_firsts(members: list[dict]) -> set[int | None] | None:
    """Who may stand as the first of a cluster, None for nobody; nothing if a date is unclear."""
    times = {m["doc"]: seconds_of(m["date"]) for m in members if m["date"]}
    if None in times.values():
        return None
    if not times:
        return {None}
    outlets = {m["doc"]: m["outlet"] for m in members}
    earliest = min(times.values())
    # A date without a time, midnight, may be any time of its day.
    latest = earliest + DAY - 1 if earliest % DAY == 0 else earliest
    rivals = [doc for doc, time in times.items() if time <= latest]
    if len(rivals) > 1 and (len({outlets[doc] for doc in rivals}) > 1 or not outlets[rivals[0]]):
        return {None}
    return {doc for doc in rivals if times[doc] == earliest}


def wrong_updates(members: list[dict]) -> str:
    """Of the members of an outlet the earliest is no update, all others are."""
    by_outlet = collections.defaultdict(list)
    for m in members:
        by_outlet[m["outlet"]].append(m)
    for outlet, own in by_outlet.items():
        originals = [m for m in own if not m["update"]]
        if not outlet:
            if len(originals) < len(own):
                return "an update of an unknown outlet"
            continue
        if len(originals) != 1:
            return f"{len(originals)} members of {outlet} are no updates, not one"
        times = {m["doc"]: seconds_of(m["date"]) for m in own if m["date"]}
        if times and None not in times.values():
            doc = originals[0]["doc"]
            if times.get(doc) != min(times.values()):
                return f"{doc} is no update, but {outlet} has an earlier one"
    return ""


def chains(passages: list["Place"]) -> list[list["Place"]]:
    """Passages that follow each other in both living texts, with no word between: pieces of one
    run."""
    found: list[list[Place]] = []
    for p in passages:
        if found and found[-1][-1].a.stop == p.a.start and found[-1][-1].b.stop == p.b.start:
            found[-1].append(p)
        else:
            found.append([p])
    return found


@dataclasses.dataclass(frozen=True)
class Place:
    """A passage with the words of the living texts in it."""
    number: int
    span_a: tuple[int, int]
    span_b: tuple[int, int]
    a: range
    b: range
    quoted: bool


# --- quotation marks -----------------------------------------------------------------------------

MARKS = re.compile("[\"“”„«»‘’‚「」『』]")


def line_around(document: Document, words: range) -> tuple[str, str, str]:
    """What stands before these words in the line of the first, the living text they span, and what
    stands after them in the line of the last."""
    # From the original's places back to the living text's.
    def living(at: int) -> int:
        return len(document.applied(0, at))
    text = document.living
    begin, end = living(document.begins[words.start]), living(document.ends[words.stop - 1])
    before = text[text.rfind(b"\n", 0, begin) + 1:begin]
    stop = text.find(b"\n", end)
    after = text[end:stop if stop >= 0 else len(text)]
    return before.decode(), text[begin:end].decode(), after.decode()


def surely_quoted(before: str, inside: str, after: str) -> bool:
    """“These very words” and no other mark close by."""
    return (MARKS.findall(before) == ["“"] and MARKS.findall(after) == ["”"]
            and not MARKS.search(inside) and "\n" not in inside)


def surely_not_quoted(before: str, _inside: str, after: str) -> bool:
    """No mark that could open or none that could close: a quotation ends with its line."""
    return not MARKS.search(before) or not MARKS.search(after)


def surely_no_word_quoted(before: str, inside: str, _after: str) -> bool:
    return not MARKS.search(before + inside)


def line_ends(document: Document, words: range) -> set[int]:
    """After which of these words, from 0, a line of the living text ends."""
    return {k for k, word in enumerate(words[:-1])
            if b"\n" in document.applied(document.ends[word], document.begins[word + 1])}


# --- the checks ----------------------------------------------------------------------------------

def ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def jaccard_of(shared: int, a: int, b: int) -> float:
    return ratio(shared, a + b - shared)


def covered_words(document: Document, shared: frozenset) -> int:
    """Words of the document that stand in one of the shingles."""
    covered = bytearray(len(document.words))
    size = min(SHINGLE_WORDS, len(covered))
    for at, shingle in enumerate(document.places):
        if shingle in shared:
            covered[at:at + size] = bytes([1]) * size
    return sum(covered)


class Measures:
    """What two texts have in common, exactly."""

    def __init__(self, a: Document, b: Document):
        shared = a.shingles & b.shingles
        self.words = (len(a.words), len(b.words))
        self.covered = (covered_words(a, shared), covered_words(b, shared))
        self.values = {
            "jaccard": jaccard_of(len(shared), len(a.shingles), len(b.shingles)),
            "containment_a": ratio(len(shared), len(a.shingles)),
            "containment_b": ratio(len(shared), len(b.shingles)),
            "coverage_a": ratio(self.covered[0], self.words[0]),
            "coverage_b": ratio(self.covered[1], self.words[1])}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:.6f}" for name, value in self.values.items()) + \
            f", {self.words[0]} and {self.words[1]} words"

    def relations(self, options: dict) -> set[str]:
        """What the documentation calls two texts that are not the same: one, or two if both
        contain each other to the same share."""
        if min(self.words) >= options["min_words"] and \
                self.values["jaccard"] >= options["near_duplicate"]:
            return {"near_duplicate"}
        shares = {"contained": self.values["coverage_a"], "contains": self.values["coverage_b"]}
        large = {name: share for (name, share), covered in zip(shares.items(), self.covered)
                 if share >= options["contains"] and covered >= options["contains_min_words"]}
        return {name for name in large if large[name] == max(large.values())} or \
            {"shares_passage"}


class Checker:
    def __init__(self, folder: pathlib.Path, inputs: list[pathlib.Path]):
        self.faults: list[Fault] = []
        self.counts: collections.Counter[str] = collections.Counter()
        self._kept_words = 0
        run_file = folder / "run.json"
        if not run_file.is_file():
            raise Unusable(f"{run_file} is not there: no finished run")
        self.run = json.loads(run_file.read_text(encoding="utf-8"))
        config = tomllib.loads(self.run["config"])
        self.options = config.get("match_reuse")
        self.stages = config["stages"]
        fields = config["input"]["fields"]
        self.files = {name: read_rows(folder / f"{name}.jsonl")
                      for name in ("audit", "clean", "dropped", "rejected", "pairs", "clusters",
                                   "stories", "templates")}
        self.records = list(input_records(inputs))
        self.audit = self.files["audit"]
        if len(self.records) != len(self.audit):
            raise Unusable(f"the input has {len(self.records)} records, audit.jsonl "
                           f"{len(self.audit)} rows: not of this input?")
        self.documents: dict[int, Document] = {}
        for doc, (record, row) in enumerate(zip(self.records, self.audit)):
            if row["verdict"] == "rejected" or record is None:
                continue
            text = first_of(record, fields["text"], (str,))
            spans = row["spans"] if self._spans_hold(doc, text, row["spans"]) else []
            title = first_of(record, fields["title"], (str,))
            self.documents[doc] = Document(text, spans, title)
            ident = first_of(record, fields["id"], (str, int, float))
            if ident and ident != row["id"]:
                self._fault("audit", doc, f"id {row['id']!r}, in the input {ident!r}")
        self.unknown = {doc for doc, d in self.documents.items() if d.unknown}
        self.near = {(p["a_doc"], p["b_doc"]): p for p in self.files["pairs"]
                     if p["relation"] == "near_duplicate"}
        self.text_fields, self.outlet_fields = fields["text"], fields["outlet"]

    def _fault(self, name: str, row: int, what: str) -> None:
        """`row` from 0; -1: the file as a whole."""
        self.faults.append(Fault(name + (".json" if name == "run" else ".jsonl"), row + 1, what))

    def document(self, doc: int) -> Document:
        """With its words, which do not stay in memory for all."""
        found = self.documents[doc]
        if "_words" not in found.__dict__:
            if self._kept_words > CACHE_WORDS:
                for other in self.documents.values():
                    other.forget()
                self._kept_words = 0
            self._kept_words += len(found.words)
        return found

    def check(self) -> None:
        self._check_audit()
        self._check_clean()
        self._check_ledger()
        self._check_pairs()
        self._check_clusters()
        self._check_stories()

    # --- audit and texts ---

    def _spans_hold(self, doc: int, text: str, spans: list[dict]) -> bool:
        """Whether the spans can be applied; says what is wrong with them."""
        original = text.encode()
        at, good = 0, True
        words = None
        for s in spans:
            begin, end = s["begin"], s["end"]
            name = f"span {begin}-{end}"
            if not at <= begin < end <= len(original):
                self._fault("audit", doc, f"{name}: not ascending, not disjoint or outside of the "
                                          "text")
                return False
            at = end
            if "removed" in s and s["removed"].encode() != original[begin:end]:
                self._fault("audit", doc, f"{name}: removed is not the original's text")
            if any(i < len(original) and original[i] & 0xC0 == 0x80 for i in (begin, end)):
                self._fault("audit", doc, f"{name}: cuts a character")
                good = False
                continue
            if words is None:
                words = Document(text, [])
            for i in (begin, end):
                if words.inside_word(i):
                    self._fault("audit", doc, f"{name}: cuts a word at {i}")
        self.counts["spans"] += len(spans)
        return good

    def _check_audit(self) -> None:
        for doc, row in enumerate(self.audit):
            if row["doc"] != doc:
                self._fault("audit", doc, f"doc {row['doc']}")
            if row["verdict"] not in ("kept", "dropped", "rejected"):
                self._fault("audit", doc, f"verdict {row['verdict']!r}")
            if (row["verdict"] == "kept") != (row["reason"] is None):
                self._fault("audit", doc, f"{row['verdict']}, and the reason is {row['reason']}")
            of = row["of_doc"]
            if (of is None) != (row["of"] is None) or \
                    of is not None and self._id(of) != row["of"]:
                self._fault("audit", doc, f"of {row['of']!r} is not the id of document {of}")
        self.counts["documents"] = len(self.audit)

    def _id(self, doc) -> str | None:
        known = isinstance(doc, int) and 0 <= doc < len(self.audit)
        return self.audit[doc]["id"] if known else None

    def _docs(self, verdict: str) -> list[int]:
        return [doc for doc, row in enumerate(self.audit) if row["verdict"] == verdict]

    def _check_clean(self) -> None:
        for name, verdict in (("clean", "kept"), ("dropped", "dropped"), ("rejected", "rejected")):
            rows, docs = self.files[name], self._docs(verdict)
            if len(rows) != len(docs):
                self._fault(name, -1, f"{len(rows)} rows, {len(docs)} documents were {verdict}")
                continue
            for i, (doc, row) in enumerate(zip(docs, rows)):
                if name == "rejected":
                    if row["doc"] != doc:
                        self._fault(name, i, f"doc {row['doc']}, not {doc}")
                elif doc in self.documents:
                    self._check_row(name, i, doc, row)

    def _check_row(self, name: str, i: int, doc: int, row: dict) -> None:
        record = self.records[doc]
        text = first_of(row, self.text_fields, (str,)).encode()
        if name == "dropped":
            if text != self.documents[doc].original:
                self._fault(name, i, "the text is not the original's")
            return
        if row["copydesk"]["doc"] != doc:
            self._fault(name, i, f"doc {row['copydesk']['doc']}, not {doc}")
        if text != self.documents[doc].living:
            self._fault(name, i, "the text is not the original with the spans of its audit applied")
        own = {k: v for k, v in row.items() if k not in self.text_fields + ["copydesk"]}
        if own != {k: v for k, v in record.items() if k not in self.text_fields + ["copydesk"]}:
            self._fault(name, i, "other members than the text differ from the input's")

    def _check_ledger(self) -> None:
        summary = self.run["summary"]
        kept, dropped, rejected = (self._docs(v) for v in ("kept", "dropped", "rejected"))
        relations = collections.Counter(p["relation"] for p in self.files["pairs"])
        sizes = [len(c["members"]) for c in self.files["clusters"]]
        stories = [len(s["docs"]) for s in self.files["stories"]]
        wanted = {
            "documents": len(self.audit), "kept": len(kept), "dropped": len(dropped),
            "rejected": len(rejected),
            "rejected_by": dict(collections.Counter(self.audit[d]["reason"] for d in rejected)),
            "text_bytes_in": sum(len(d.original) for d in self.documents.values()),
            "text_bytes_kept": sum(len(self.documents[d].living) for d in kept),
            "clusters": len(sizes), "clustered_documents": sum(sizes),
            "largest_cluster": max(sizes, default=0), "stories": len(stories),
            "stories_of_several": sum(n > 1 for n in stories),
            "templates": len(self.files["templates"])}
        found = {name: summary.get(name) for name in wanted}
        wanted["pairs"] = dict(relations)
        found["pairs"] = {k: v for k, v in summary.get("pairs", {}).items() if v}
        spans, sizes_of, reasons = (collections.Counter() for _ in range(3))
        for row in self.audit:
            if row["verdict"] == "dropped":
                reasons[row["reason"]] += 1
            for s in row["spans"]:
                spans[s["stage"], s["reason"]] += 1
                sizes_of[s["stage"], s["reason"]] += s["end"] - s["begin"]
        entered = len(kept) + len(dropped)
        lost: collections.Counter[str] = collections.Counter()
        for stage in summary["stages"]:
            name, gone = stage["stage"], sum(stage["dropped"].values())
            lost.update(stage["dropped"])
            if stage["in"] != stage["kept"] + gone or name != "engine" and stage["in"] != entered:
                self._fault("run", -1, f"{name}: {stage['in']} in, {stage['kept']} kept, {gone} "
                                       f"dropped; {entered} came from the stage before")
            entered = stage["kept"] if name != "engine" else entered
            for what, counter in (("spans", spans), ("bytes", sizes_of)):
                wanted[f"{what} of {name}"] = {r: n for (s, r), n in counter.items() if s == name}
                found[f"{what} of {name}"] = stage[what]
        wanted["dropped by reason"], found["dropped by reason"] = dict(reasons), dict(lost)
        for name, value in wanted.items():
            if found[name] != value:
                self._fault("run", -1, f"{name}: {found[name]}, but the rows say {value}")

    # --- pairs ---

    def _same(self, a: int, b: int) -> bool:
        """Exact copies: the same words; of short texts also the same titles."""
        x, y = self.document(a), self.document(b)
        if x.words != y.words or not x.words:
            return False
        return len(x.words) >= self.options["min_words"] or x.title.split() == y.title.split()

    def _check_pairs(self) -> None:
        before = (-1, -1)
        for i, pair in enumerate(self.files["pairs"]):
            a, b = pair["a_doc"], pair["b_doc"]
            if a not in self.documents or b not in self.documents:
                self._fault("pairs", i, f"there is no document {a} or {b}")
                continue
            if a >= b:
                self._fault("pairs", i, f"a_doc {a} does not stand before b_doc {b}")
                continue
            if (a, b) <= before:
                self._fault("pairs", i, f"({a}, {b}) after {before}: not ascending and distinct")
            before = (a, b)
            for side, doc in (("a", a), ("b", b)):
                if self._id(doc) != pair[side]:
                    self._fault("pairs", i, f"{side} {pair[side]!r} is not the id of {doc}")
            if a in self.unknown or b in self.unknown:
                self.counts["pairs not checked"] += 1
                continue
            self.counts["pairs"] += 1
            self._check_measures(i, pair)
            self._check_passages(i, pair)
        if self.files["pairs"] and not self.counts["pairs"]:
            self._fault("pairs", -1, f"none of {len(self.files['pairs'])} pairs could be checked")
        self._check_outlets()

    def _check_outlets(self) -> None:
        """same_outlet, where the input or clean.jsonl names both outlets."""
        outlets = {row["copydesk"]["doc"]: row["copydesk"]["outlet"]
                   for row in self.files["clean"] if "outlet" in row["copydesk"]}
        for doc, record in enumerate(self.records):
            if doc in self.documents and (name := first_of(record, self.outlet_fields, (str,))):
                outlets[doc] = name
        for i, pair in enumerate(self.files["pairs"]):
            a, b = outlets.get(pair["a_doc"]), outlets.get(pair["b_doc"])
            if a and b and pair["same_outlet"] != (a == b):
                self._fault("pairs", i, f"same_outlet {pair['same_outlet']} of {a!r} and {b!r}")

    def _check_measures(self, i: int, pair: dict) -> None:
        a, b = self.document(pair["a_doc"]), self.document(pair["b_doc"])
        measures = Measures(a, b)
        for name, value in measures.values.items():
            if not abs(pair[name] - value) <= ROUNDING:
                self._fault("pairs", i, f"{name} {pair[name]}, but it is {value:.6f}")
        relation = pair["relation"]
        same = self._same(pair["a_doc"], pair["b_doc"])
        possible = {"exact"} if same else measures.relations(self.options)
        if relation not in possible:
            self._fault("pairs", i, f"relation {relation}, but it is {' or '.join(possible)}: "
                                    f"{measures}")
        if relation == "shares_passage" and not pair["passages"]:
            self._fault("pairs", i, "shares_passage, and there is no passage")

    def _check_passages(self, i: int, pair: dict) -> None:
        a, b = self.document(pair["a_doc"]), self.document(pair["b_doc"])
        places = []
        for number, p in enumerate(pair["passages"], 1):
            place = self._place(i, number, p, a, b)
            if place is None:
                return
            places.append(place)
            self.counts["passages"] += 1
        self._check_disjoint(i, a, b, places)
        taken_a, taken_b = bytearray(len(a.words)), bytearray(len(b.words))
        for p in places:
            taken_a[p.a.start:p.a.stop] = bytes([1]) * len(p.a)
            taken_b[p.b.start:p.b.stop] = bytes([1]) * len(p.b)
        for chain in chains(places):
            words = min(sum(len(p.a) for p in chain), sum(len(p.b) for p in chain))
            if words < self.options["min_passage_words"]:
                self._fault("pairs", i, f"passage {chain[0].number}: only {words} words in a run")
            self._check_quoted(i, a, b, chain)
        self._check_chance(i, pair, a, b, places)
        for p in places:
            for x, y in ((p.a.start - 1, p.b.start - 1), (p.a.stop, p.b.stop)):
                if 0 <= x < len(a.words) and 0 <= y < len(b.words) and \
                        not taken_a[x] and not taken_b[y] and a.words[x] == b.words[y]:
                    self._fault("pairs", i, f"passage {p.number}: not maximal, it could take in "
                                            f"{a.words[x]!r}")
        self._check_missing(i, a, b, taken_a, taken_b)

    def _place(self, i: int, number: int, p: dict, a: Document, b: Document) -> Place | None:
        """The words in a passage, None if it has no good place."""
        name = f"passage {number}"
        for side, document in (("a", a), ("b", b)):
            begin, end = p[side]
            if not 0 <= begin < end <= len(document.original):
                self._fault("pairs", i, f"{name}: {side} {begin}-{end} is outside of the text")
                return None
            for at in (begin, end):
                if not document.on_character(at):
                    self._fault("pairs", i, f"{name}: {side} {begin}-{end} cuts a character")
                    return None
                if document.inside_word(at):
                    self._fault("pairs", i, f"{name}: {side} {begin}-{end} cuts a word at {at}")
                    return None
        span_a, span_b = tuple(p["a"]), tuple(p["b"])
        place = Place(number, span_a, span_b, a.words_in(*span_a), b.words_in(*span_b),
                      p["quoted"])
        if not place.a or not place.b:
            self._fault("pairs", i, f"{name}: nothing of it is alive")
            return None
        words_a, words_b = a.words_of(*span_a), b.words_of(*span_b)
        if len(place.a) == len(place.b) == 1 and words_a != words_b:
            # Two letters of an unspaced script with removed text between them.
            words_a = a.words[place.a.start:place.a.stop]
            words_b = b.words[place.b.start:place.b.stop]
        if words_a != words_b:
            at = next((k for k, (x, y) in enumerate(zip(words_a, words_b)) if x != y),
                      min(len(words_a), len(words_b)))
            self._fault("pairs", i, f"{name}: other words in b than in a, from the {at + 1}th on "
                                    f"({len(words_a)} and {len(words_b)} words)")
        elif p["words"] != len(words_a):
            self._fault("pairs", i, f"{name}: words {p['words']}, but it has {len(words_a)}")
        edges = [(d.original[s[0]:d.begins[w.start]], d.original[d.ends[w.stop - 1]:s[1]])
                 for d, s, w in ((a, span_a, place.a), (b, span_b, place.b))]
        if edges[0] != edges[1]:
            self._fault("pairs", i, f"{name}: other characters around its words in b than in a")
        return place

    def _check_disjoint(self, i: int, a: Document, b: Document, places: list[Place]) -> None:
        by_b = sorted(places, key=lambda p: p.span_b)
        for side, document, ordered in (("a", a, places), ("b", b, by_b)):
            for p, q in zip(ordered, ordered[1:]):
                words_p, words_q = getattr(p, side), getattr(q, side)
                end, begin = getattr(p, "span_" + side)[1], getattr(q, "span_" + side)[0]
                # Neighbours in an unspaced script have a letter in common.
                last, first = document.ends[words_p.stop - 1], document.begins[words_q.start]
                if words_q.start < words_p.stop or end > begin and (end, begin) != (last, first):
                    self._fault("pairs", i, f"passages {p.number} and {q.number} overlap or do not "
                                            f"ascend in {side}")

    def _check_quoted(self, i: int, a: Document, b: Document, chain: list[Place]) -> None:
        around = [line_around(d, range(first.start, last.stop)) for d, first, last in
                  ((a, chain[0].a, chain[-1].a), (b, chain[0].b, chain[-1].b))]
        for p in chain:
            if p.quoted and any(surely_not_quoted(*side) for side in around):
                self._fault("pairs", i, f"passage {p.number}: quoted, without quotation marks")
            if not p.quoted and len(chain) == 1 and all(surely_quoted(*side) for side in around):
                self._fault("pairs", i, f"passage {p.number}: not quoted, but “…” in both")

    def _check_chance(self, i: int, pair: dict, a: Document, b: Document,
                      places: list[Place]) -> None:
        """One short run alone makes a pair only if it is quoted in one text or goes on over the
        same line break in both."""
        runs = chains(places)
        words = sum(min(len(p.a), len(p.b)) for p in places)
        if pair["relation"] != "shares_passage" or len(runs) != 1 or \
                words >= self.options["min_unquoted_words"]:
            return
        run_a = range(places[0].a.start, places[-1].a.stop)
        run_b = range(places[0].b.start, places[-1].b.stop)
        if all(surely_no_word_quoted(*line_around(d, run)) for d, run in ((a, run_a), (b, run_b))) \
                and not line_ends(a, run_a) & line_ends(b, run_b):
            self._fault("pairs", i, f"one run of {words} words, quoted in neither text, within a "
                                    "line, and no other relation")

    def _check_missing(self, i: int, a: Document, b: Document, taken_a: bytearray,
                       taken_b: bytearray) -> None:
        """Is there a run of enough words that belong to no passage?"""
        n = self.options["min_passage_words"]
        if n < SHINGLE_WORDS:
            return
        shared = a.shingles & b.shingles

        def candidates(document: Document, taken: bytearray) -> set[tuple]:
            """Grams of free words, all of whose shingles are shared."""
            found = set()
            run = 0  # shingles
            for at, shingle in enumerate(document.places):
                is_free = not taken[at] and shingle in shared and \
                    not any(taken[at:at + SHINGLE_WORDS])
                run = run + 1 if is_free else 0
                if run >= n - SHINGLE_WORDS + 1:
                    end = at + SHINGLE_WORDS
                    found.add(tuple(document.words[end - n:end]))
            return found

        in_a = candidates(a, taken_a)
        if not in_a:
            return
        missing = in_a & candidates(b, taken_b)
        if not missing:
            return
        times_a, times_b = (collections.Counter(d.places) for d in (a, b))
        for gram in sorted(missing):
            if any(times_a[s] * times_b[s] <= MOST_MATCHES for s in grams(gram, SHINGLE_WORDS)):
                self._fault("pairs", i, f"a shared run of {n} words is in no passage: "
                                        f"{' '.join(gram)}")
                return

    # --- clusters ---

    def _check_clusters(self) -> None:
        cluster_of: dict[int, dict] = {}
        first_before = -1
        for i, cluster in enumerate(self.files["clusters"]):
            members = cluster["members"]
            docs = [m["doc"] for m in members]
            representative = cluster["representative_doc"]
            if cluster["cluster"] != i:
                self._fault("clusters", i, f"cluster {cluster['cluster']}")
            if len(docs) < 2 or docs != sorted(set(docs)) or docs[0] <= first_before:
                self._fault("clusters", i, "too few members, or they do not ascend")
            first_before = docs[0] if docs else first_before
            if representative not in docs:
                self._fault("clusters", i, f"the representative {representative} is no member")
                continue
            if self._id(representative) != cluster["representative"]:
                self._fault("clusters", i, f"representative {cluster['representative']!r} is not "
                                           f"the id of {representative}")
            if cluster["outlets"] != sorted({m["outlet"] for m in members if m["outlet"]}):
                self._fault("clusters", i, "outlets are not those of the members")
            if cluster["worst_jaccard"] != min(m["jaccard"] for m in members):
                self._fault("clusters", i, f"worst_jaccard {cluster['worst_jaccard']} is not the "
                                           "lowest of the members")
            if cluster["agencies"] != sorted({a for m in members for a in m["agencies"]}):
                self._fault("clusters", i, "agencies are not those of the members")
            if (cluster["first"] is None) != (cluster["first_doc"] is None) or \
                    cluster["first_doc"] is not None and (
                        cluster["first_doc"] not in docs
                        or self._id(cluster["first_doc"]) != cluster["first"]):
                self._fault("clusters", i, f"first {cluster['first']!r} is no member")
            possible = possible_firsts(members)
            if possible is not None:
                self.counts["firsts"] += 1
                if cluster["first_doc"] not in possible:
                    self._fault("clusters", i, f"first_doc {cluster['first_doc']}, but by the "
                                               f"dates {' or '.join(map(str, possible))}")
            if wrong := wrong_updates(members):
                self._fault("clusters", i, wrong)
            for m in members:
                if self._id(m["doc"]) != m["id"] or m["doc"] not in self.documents:
                    self._fault("clusters", i, f"member {m['id']!r} is not the id of {m['doc']}")
                    continue
                if m["doc"] in cluster_of:
                    self._fault("clusters", i, f"{m['doc']} is in another cluster, too")
                cluster_of[m["doc"]] = cluster
                self.counts["members"] += 1
                if not self.unknown & {m["doc"], representative}:
                    self._check_member(i, m, representative, docs)
        self._check_missing_members(cluster_of)
        self._check_agencies(cluster_of)
        self._check_drops(cluster_of)
        self._check_kept(cluster_of)
        self._check_tags(cluster_of)

    def _check_member(self, i: int, member: dict, representative: int, docs: list[int]) -> None:
        doc, relation = member["doc"], member["relation"]
        if doc == representative or self._same(doc, representative):
            if (relation, member["jaccard"], member["coverage"]) != ("exact", 1, 1):
                self._fault("clusters", i, f"{doc} is exact, not {relation} {member['jaccard']} "
                                           f"{member['coverage']}")
            return
        a, b = self.document(doc), self.document(representative)
        measures = Measures(a, b)
        jaccard = measures.values["jaccard"]
        if measures.relations(self.options) != {"near_duplicate"}:
            self._fault("clusters", i, f"{doc} is no near duplicate of the representative: "
                                       f"{measures}")
        if relation != "near_duplicate" or not abs(member["jaccard"] - jaccard) <= ROUNDING:
            self._fault("clusters", i, f"{doc}: {relation} {member['jaccard']}, but its jaccard is "
                                       f"{jaccard:.6f}")
        coverage = measures.values["coverage_a"]
        if not abs(member["coverage"] - coverage) <= ROUNDING:
            self._fault("clusters", i, f"{doc}: coverage {member['coverage']}, but it is "
                                       f"{coverage:.6f}")
        if not self._has_pair(doc, representative, docs):
            self._fault("clusters", i, f"{doc}: no pair with the representative in pairs.jsonl")

    def _has_pair(self, doc: int, other: int, docs: list[int]) -> bool:
        """Whether the two were measured as near duplicates, or any exact copies of theirs."""
        ends = [[x for x in docs if x == one or x in self.documents and self._same(x, one)]
                for one in (doc, other)]
        return any((min(x, y), max(x, y)) in self.near for x in ends[0] for y in ends[1])

    def _check_missing_members(self, cluster_of: dict[int, dict]) -> None:
        """Near duplicates of a representative and exact copies are in clusters."""
        for i, pair in enumerate(self.files["pairs"]):
            a, b = pair["a_doc"], pair["b_doc"]
            of_a, of_b = cluster_of.get(a), cluster_of.get(b)
            if pair["relation"] == "exact" and (of_a is None or of_a is not of_b):
                self._fault("pairs", i, f"{a} and {b} are exact, but not in one cluster")
            if pair["relation"] == "near_duplicate":
                for doc, own, other, cluster in ((a, of_a, b, of_b), (b, of_b, a, of_a)):
                    if own is None and cluster and cluster["representative_doc"] == other:
                        self._fault("pairs", i, f"{doc} is in no cluster, but a near duplicate of "
                                                f"the representative {other}")

    def _check_agencies(self, cluster_of: dict[int, dict]) -> None:
        """What a pair credits are the agencies that both credit, where clusters.jsonl names them
        for both."""
        agencies = {m["doc"]: set(m["agencies"]) for cluster in self.files["clusters"]
                    for m in cluster["members"]}
        for i, pair in enumerate(self.files["pairs"]):
            if pair["a_doc"] in cluster_of and pair["b_doc"] in cluster_of and \
                    pair["agencies"] != sorted(agencies[pair["a_doc"]] & agencies[pair["b_doc"]]):
                self._fault("pairs", i, f"agencies {pair['agencies']} are not those of both")

    def _check_drops(self, cluster_of: dict[int, dict]) -> None:
        """What was dropped as a copy has a document of its cluster in `of` that stays: one of the
        same words, or a near duplicate that covers enough of its words."""
        if "match_reuse" not in self.stages:
            return
        for doc, row in enumerate(self.audit):
            reason, of, cluster = row["reason"], row["of_doc"], cluster_of.get(doc)
            if reason not in COPY_REASONS:
                continue
            self.counts["dropped copies"] += 1
            if cluster is None:
                self._fault("audit", doc, f"{reason}, but in no cluster")
                continue
            if of == doc or cluster_of.get(of) is not cluster:
                self._fault("audit", doc, f"{reason} of {of}, which is not in its cluster")
                continue
            by_match = reason == "near_duplicate" or "drop_exact_duplicates" not in self.stages
            if by_match and self.options["duplicates"] != "drop":
                self._fault("audit", doc, f"dropped {reason}, but nothing is to be dropped")
            if not self._stays(of, by_match):
                self._fault("audit", doc, f"{reason} of {of}, which was dropped, too")
            if not self.unknown & {doc, of}:
                self._check_stand_in(doc, reason, of, [m["doc"] for m in cluster["members"]])

    def _stays(self, doc: int, strictly: bool) -> bool:
        """Whether a document was kept, but for later stages; if not `strictly`, what stands for it
        is enough."""
        stages = self.run["summary"]["stages"]
        at = next(i for i, stage in enumerate(stages) if stage["stage"] == "match_reuse")
        later = {reason for stage in stages[at + 1:] for reason in stage["dropped"]}
        for _ in self.audit:
            row = self.audit[doc]
            if row["reason"] is None or row["reason"] in later:
                return True
            if strictly or row["reason"] not in COPY_REASONS or row["of_doc"] is None:
                return False
            doc = row["of_doc"]
        return False  # in a circle

    def _check_stand_in(self, doc: int, reason: str, of: int, docs: list[int]) -> None:
        same = self._same(doc, of)
        if same != (reason == "exact_duplicate"):
            self._fault("audit", doc, f"{reason} of {of}, but their words "
                                      f"{'are the same' if same else 'differ'}")
        if same or reason == "exact_duplicate":
            return
        coverage = Measures(self.document(doc), self.document(of)).values["coverage_a"]
        if coverage < self.options["drop_coverage"]:
            self._fault("audit", doc, f"near_duplicate of {of}, which has only {coverage:.6f} of "
                                      "its words")
        if not self._has_pair(doc, of, docs):
            self._fault("audit", doc, f"near_duplicate of {of}: no such pair in pairs.jsonl")

    def _check_kept(self, cluster_of: dict[int, dict]) -> None:
        """Of copies that stay for each other only one stays."""
        if self.options["duplicates"] != "drop":
            return
        least = self.options["drop_coverage"]

        def kept(doc: int) -> bool:
            return self.audit[doc]["verdict"] == "kept" and doc not in self.unknown

        for cluster in self.files["clusters"]:
            by_words: dict[tuple, list[int]] = collections.defaultdict(list)
            for m in cluster["members"]:
                doc = m["doc"]
                if doc not in self.documents or not kept(doc):
                    continue
                if m["relation"] == "near_duplicate" and m["coverage"] >= least and \
                        doc != cluster["representative_doc"]:
                    self._fault("audit", doc, f"kept, but the representative "
                                              f"{cluster['representative_doc']} has "
                                              f"{m['coverage']} of its words")
                others = by_words[tuple(self.document(doc).words)]
                for other in others:
                    if self._same(doc, other):
                        self._fault("audit", doc, f"kept, and so is {other} with the same words")
                others.append(doc)
        for (a, b), pair in self.near.items():
            if a in cluster_of and cluster_of[a] is cluster_of.get(b) and kept(a) and kept(b) and \
                    min(pair["coverage_a"], pair["coverage_b"]) >= least + ROUNDING:
                self._fault("audit", b, f"kept, and so is {a}, and each has enough of the other")

    def _check_tags(self, cluster_of: dict[int, dict]) -> None:
        for i, row in enumerate(self.files["clean"]):
            tags = row["copydesk"]
            cluster = cluster_of.get(tags["doc"])
            wanted = (None,) * 3 if cluster is None else (
                cluster["cluster"], len(cluster["members"]), cluster["outlets"])
            if tuple(tags.get(k) for k in ("cluster", "cluster_size", "outlets")) != wanted:
                self._fault("clean", i, "cluster, cluster_size or outlets not as in clusters.jsonl")

    # --- stories ---

    def _check_stories(self) -> None:
        if "group_stories" not in self.stages:
            return
        story_of: dict[int, int] = {}
        for i, story in enumerate(self.files["stories"]):
            if story["story"] != i:
                self._fault("stories", i, f"story {story['story']}")
            if [self._id(doc) for doc in story["docs"]] != story["members"]:
                self._fault("stories", i, "members are not the ids of docs")
            for doc in story["docs"]:
                if doc in story_of:
                    self._fault("stories", i, f"{doc} is in another story, too")
                story_of[doc] = i
        for doc in self._docs("kept"):
            if doc not in story_of:
                self._fault("stories", -1, f"{doc} is in no story")
        for i, row in enumerate(self.files["clean"]):
            tags = row["copydesk"]
            if tags.get("story") != story_of.get(tags["doc"]):
                self._fault("clean", i, f"story {tags.get('story')}, in stories.jsonl "
                                        f"{story_of.get(tags['doc'])}")

    # --- completeness ---

    def near_pairs(self, threshold: float) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """Near duplicates by brute force, and the pairs that were reported as such; of exact copies
        only the first of the input."""
        text_of: dict[int, int] = {}  # document: the first of its exact copies
        first: dict[tuple, int] = {}
        documents_of: dict[tuple, list[int]] = collections.defaultdict(list)
        sizes: dict[int, int] = {}
        wanted: set[tuple[int, int]] = set()
        for doc, document in self.documents.items():
            if document.unknown or len(document.words) < self.options["min_words"]:
                document.forget()
                continue
            text_of[doc] = first.setdefault(tuple(document.words), doc)
            if text_of[doc] == doc:
                common: collections.Counter[int] = collections.Counter()
                for shingle in document.shingles:
                    common.update(documents_of[shingle])
                    documents_of[shingle].append(doc)
                sizes[doc] = len(document.shingles)
                for other, shared in common.items():
                    if jaccard_of(shared, sizes[doc], sizes[other]) >= threshold:
                        wanted.add((other, doc))
            document.forget()
        found = set()
        for pair in self.files["pairs"]:
            if pair["relation"] in ("exact", "near_duplicate"):
                a, b = text_of.get(pair["a_doc"]), text_of.get(pair["b_doc"])
                if a is not None and b is not None:
                    found.add((min(a, b), max(a, b)))
        return wanted, found

    def all_pairs(self, threshold: float | None = None) -> dict[str, float]:
        """How many near duplicates there are, how many of them were reported, as they are or
        through exact copies, and how many reported ones are below the threshold."""
        if threshold is None:
            threshold = self.options["near_duplicate"]
        below = sum(p["jaccard"] < threshold for p in self.near.values())
        return {**recall_of(*self.near_pairs(threshold)), "below_threshold": below}


def recall_of(wanted: set, found: set) -> dict[str, float]:
    hits = len(wanted & found)
    return {"near_duplicates": len(wanted), "found": hits,
            "recall": hits / len(wanted) if wanted else 1.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("folder", metavar="DIR", type=pathlib.Path)
    parser.add_argument("inputs", metavar="INPUT", nargs="+", type=pathlib.Path)
    parser.add_argument("--show", type=int, default=20, metavar="N",
                        help="faults to print (%(default)s)")
    parser.add_argument("--all-pairs", action="store_true")
    parser.add_argument("--near-duplicate", type=float, metavar="T")
    args = parser.parse_args()
    try:
        checker = Checker(args.folder, args.inputs)
        if checker.options is None:
            raise Unusable(f"{args.folder}: a run without match_reuse")
        checker.check()
    except (Unusable, OSError, ValueError, KeyError) as error:
        print(f"check_reuse.py: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for fault in checker.faults[:args.show]:
        print(fault)
    if checker.unknown:
        print(f"{len(checker.unknown)} documents have characters that Unicode "
              f"{unicodedata.unidata_version} does not know; their words are not checked")
    print(", ".join(f"{n} {what}" for what, n in checker.counts.items()) +
          f": {len(checker.faults)} faults")
    if args.all_pairs:
        figures = checker.all_pairs(args.near_duplicate)
        print(f"near duplicates: {figures['found']:.0f} of {figures['near_duplicates']:.0f} found, "
              f"recall {figures['recall']:.4f}; {figures['below_threshold']:.0f} reported below "
              "the threshold")
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
