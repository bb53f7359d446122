#!/usr/bin/env python3
"""What the line rules of other tools remove, as an audit file that score_chrome.py can score.

  rivals.py RULES LABELLED.jsonl[.gz] [--content] > audit.jsonl     RULES: one of those below
  rivals.py --list

The rules are written anew here, from the papers and documentation named beside them, and see what
copydesk sees: a page as lines of text. What they know from HTML (link density, headings) is not
there. Where a rule counts words, each Chinese, Japanese or Thai character is one unless it says
otherwise: the published rules split at spaces only, which would delete such pages as a whole.

Standard library only. A rule set is a function `(lines, language) -> Outcome`.
"""
import argparse
import collections
import dataclasses
import functools
import json
import re
import sys
from typing import Callable, Iterable

import evaldata

# Characters of scripts that put no space between words.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclasses.dataclass
class Outcome:
    """What becomes of a page: dropped as a whole (with a reason), or cut."""
    dropped: str = ""
    cuts: list = dataclasses.field(default_factory=list)  # (line, begin, end) in characters

    def cut_line(self, line: int, text: str) -> None:
        self.cuts.append((line, 0, len(text)))


def count_words(line: str) -> int:
    return len(UNSPACED.sub(" . ", line).split())


# --- C4 ------------------------------------------------------------------------------------------
# Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
# Transformer", JMLR 21 (2020), section 2.2, and the code published with it: lines end in a terminal
# mark and have five words; lines that name Javascript or a policy go. A kept line with "lorem
# ipsum" or a curly bracket drops the page, as do fewer than three sentences. The list of bad words
# is left out, and so are the marks of citations, which it cuts out of lines.

C4_END = (".", "!", "?", '"')
# The same idea for other scripts: their full stops, and the quotation marks of typographers.
UNICODE_END = C4_END + tuple("'”’»«“)…。！？」』】）｡؟۔।॥։።")
C4_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies",
             "use cookies")
C4_MIN_WORDS = 5
C4_MIN_SENTENCES = 3
C4_MAX_WORD = 1000  # characters
# A sentence ends where a terminal mark is followed by space or the line's end.
SENTENCE_END = re.compile(r"[.!?。！？؟।](?=[\s\"'”’»)]|$)|[。！？]")


def count_sentences(line: str) -> int:
    return max(1, len(SENTENCE_END.findall(line)))


def c4(lines: list[str], language: str, *, ends: tuple = C4_END, drop_pages: bool = False,
       words: Callable[[str], int] = lambda line: len(line.split())) -> Outcome:
    outcome = Outcome()
    sentences = 0
    for i, raw in enumerate(lines):
        line = raw.strip()
        lower = line.lower()
        keep = line.endswith(ends) and not (line.endswith("...") and ends is C4_END)
        keep = keep and words(line) >= C4_MIN_WORDS
        keep = keep and max(map(len, line.split()), default=0) <= C4_MAX_WORD
        if keep and drop_pages and "lorem ipsum" in lower:
            return Outcome(dropped="lorem_ipsum")
        keep = keep and "javascript" not in lower
        if keep and drop_pages and "{" in line:
            return Outcome(dropped="curly_bracket")
        keep = keep and not any(phrase in lower for phrase in C4_POLICY)
        if keep:
            sentences += count_sentences(line)
        else:
            outcome.cut_line(i, raw)
    if drop_pages and sentences < C4_MIN_SENTENCES:
        return Outcome(dropped="few_sentences")
    return outcome


# --- RefinedWeb ----------------------------------------------------------------------------------
# Penedo et al., "The RefinedWeb Dataset for Falcon LLM", NeurIPS 2023, appendix G.2, "line-wise
# corrections": lines go that are mainly upper case, only digits, a counter ("3 likes") or one word;
# lines of up to ten words lose "sign-in" at their beginning, "read more" at their end and "items in
# cart" anywhere. If more than 5 % of the page's words are flagged so, the page is dropped. "Mainly"
# is taken for more than half; the paper's lists are open, these are its examples and siblings.

COUNTER = re.compile(r"\W*\d[\d.,]*\s*[kmb]?\s+(likes?|shares?|comments?|views?|followers?|"
                     r"retweets?|reposts?|replies|votes?|upvotes?|downloads?|bookmarks?)\W*",
                     re.IGNORECASE)
REFINEDWEB_EDITS = (re.compile(r"^\s*sign[- ]?(in|up|out)\b", re.IGNORECASE),
                    re.compile(r"\bread more\s*(\.\.\.|…)?\s*$", re.IGNORECASE),
                    re.compile(r"(\d+\s+)?items in cart", re.IGNORECASE))
REFINEDWEB_SHORT = 10  # words
REFINEDWEB_MAX_SHARE = 0.05  # of a page's words


def mainly_upper(line: str) -> bool:
    visible = sum(not c.isspace() for c in line)
    return sum(c.isupper() for c in line) > visible / 2


def refinedweb_line(line: str) -> bool:
    """Whether the whole line goes."""
    digits_only = not any(c.isalpha() for c in line) and any(c.isdigit() for c in line)
    return (mainly_upper(line) or digits_only or COUNTER.fullmatch(line.strip()) is not None
            or count_words(line) == 1)


def refinedweb(lines: list[str], language: str, *, drop_pages: bool = False) -> Outcome:
    outcome = Outcome()
    flagged = total = 0
    for i, line in enumerate(lines):
        words = count_words(line)
        total += words
        if refinedweb_line(line):
            outcome.cut_line(i, line)
            flagged += words
        elif words <= REFINEDWEB_SHORT:
            for pattern in REFINEDWEB_EDITS:
                for match in pattern.finditer(line):
                    outcome.cuts.append((i, match.start(), match.end()))
                    flagged += count_words(match.group())
    if drop_pages and total and flagged / total > REFINEDWEB_MAX_SHARE:
        return Outcome(dropped="flagged_words")
    return outcome


# --- NeMo Curator --------------------------------------------------------------------------------
# NVIDIA NeMo Curator, documentation of BoilerPlateStringModifier and BoilerPlateStringFilter:
# paragraphs with a policy phrase go, but only if they are one run at the top or at the bottom of
# the document; "lorem ipsum" drops it, as do such phrases in more than 40 % of the paragraphs. Here
# each line is a paragraph, because pages have no empty lines. The long cookie notices of its list
# stand here with their tell-tale part.

NEMO_POLICY = C4_POLICY + ("privacy overview", "privacy & cookies policy",
                           "privacy and cookies policy", "necessary cookies are absolutely",
                           "termed as non-necessary cookies", "agree to this use. accept")
NEMO_MAX_SHARE = 0.4


def nemo(lines: list[str], language: str, *, anywhere: bool = False,
         drop_pages: bool = False) -> Outcome:
    found = [i for i, line in enumerate(lines) if any(p in line.lower() for p in NEMO_POLICY)]
    if drop_pages:
        if any("lorem ipsum" in line.lower() for line in lines):
            return Outcome(dropped="lorem_ipsum")
        if lines and len(found) / len(lines) > NEMO_MAX_SHARE:
            return Outcome(dropped="boilerplate_share")
    if not anywhere:
        one_run = bool(found) and found[-1] - found[0] + 1 == len(found)
        at_edge = bool(found) and (found[0] == 0 or found[-1] == len(lines) - 1)
        if not one_run or not at_edge or len(found) == len(lines):
            return Outcome()
    outcome = Outcome()
    for i in found:
        outcome.cut_line(i, lines[i])
    return outcome


# --- jusText -------------------------------------------------------------------------------------
# Pomikálek, "Removing Boilerplate and Duplicate Content from Web Corpora", PhD thesis, Brno 2011,
# chapter 3, with the thresholds of the tool's documentation. A line is a text block, nothing is a
# link, nothing is a heading. Its stoplists are not used: stoplists() makes lists of the same kind.

LENGTH_LOW = 70  # characters
LENGTH_HIGH = 200
STOPWORDS_LOW = 0.30  # share of a block's words
STOPWORDS_HIGH = 0.32
STOPLIST_WORDS = 300
STOPLIST_MIN_PAGES = 50  # of a language that gets a list
UNCOUNTABLE = ("zh", "jp", "ja", "th")  # languages whose words no space separates
GUESSED_DENSITY = 0.25  # of a page whose language nobody says: below, no list fits
WORD = re.compile(r"[^\W\d_]+")


def stopword_density(line: str, stoplist: frozenset) -> float:
    words = WORD.findall(line.lower())
    return sum(w in stoplist for w in words) / len(words) if words else 0.0


def justext_class(line: str, low: float, high: float, stoplist: frozenset) -> str:
    """The class of a block by itself: good, neargood, short or bad."""
    if "©" in line or "&copy" in line:
        return "bad"
    if len(line) < LENGTH_LOW:
        return "short"
    density = stopword_density(line, stoplist)
    if density >= high:
        return "good" if len(line) > LENGTH_HIGH else "neargood"
    return "neargood" if density >= low else "bad"


def neighbour(classes: list[str], at: int, step: int, stops: Iterable[str]) -> str:
    """The class of the next block in a direction that is one of `stops`; outside all is bad."""
    at += step
    while 0 <= at < len(classes):
        if classes[at] in stops:
            return classes[at]
        at += step
    return "bad"


def justext_kept(classes: list[str]) -> list[bool]:
    """The blocks that stay once their neighbours have been looked at."""
    sure, known = ("good", "bad"), ("good", "neargood", "bad")
    revised = list(classes)
    for i, block in enumerate(classes):
        if block != "short":
            continue
        sides = [(neighbour(classes, i, step, sure), neighbour(classes, i, step, known))
                 for step in (-1, 1)]
        if sides[0][0] == sides[1][0]:
            revised[i] = sides[0][0]
        else:
            near = any(far == "bad" and close == "neargood" for far, close in sides)
            revised[i] = "good" if near else "bad"
    for i, block in enumerate(revised):
        if block == "neargood":
            sides = [neighbour(revised, i, step, sure) for step in (-1, 1)]
            revised[i] = "bad" if sides == ["bad", "bad"] else "good"
    return [block == "good" for block in revised]


def justext(lines: list[str], language: str, *, lists: dict[str, frozenset] | None = None
            ) -> Outcome:
    """Without `lists`, or without one that fits: its language-independent mode, in which the
    stopword thresholds are 0."""
    long_lines = " ".join(line for line in lines if len(line) >= LENGTH_LOW)
    stoplist = (lists or {}).get(language)
    if stoplist is None and lists:
        best = max(lists.values(), key=lambda words: stopword_density(long_lines, words))
        if stopword_density(long_lines, best) >= GUESSED_DENSITY:
            stoplist = best
    low, high = (0.0, 0.0) if stoplist is None else (STOPWORDS_LOW, STOPWORDS_HIGH)
    classes = [justext_class(line, low, high, stoplist or frozenset()) for line in lines]
    outcome = Outcome()
    for i, kept in enumerate(justext_kept(classes)):
        if not kept:
            outcome.cut_line(i, lines[i])
    return outcome


def stoplists(pages: Iterable[dict]) -> dict[str, frozenset]:
    """The most frequent words of the long lines of each language; no label is looked at. Languages
    without spaces get none: their words cannot be counted so."""
    counts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    pages_of: collections.Counter = collections.Counter()
    for row in pages:
        language = row.get("lang", "?")
        if language == "?":
            continue
        pages_of[language] += 1
        for line in row["lines"]:
            if len(line) >= LENGTH_LOW and len(UNSPACED.findall(line)) < len(line) / 4:
                counts[language].update(WORD.findall(line.lower()))
    return {language: frozenset(w for w, _ in words.most_common(STOPLIST_WORDS))
            for language, words in counts.items()
            if pages_of[language] >= STOPLIST_MIN_PAGES and language not in UNCOUNTABLE}


# -------------------------------------------------------------------------------------------------

RULES: dict[str, Callable[..., Outcome]] = {
    "c4": c4,
    "c4_pages": functools.partial(c4, drop_pages=True),
    "c4_unicode": functools.partial(c4, ends=UNICODE_END, words=count_words),
    "refinedweb": refinedweb,
    "refinedweb_pages": functools.partial(refinedweb, drop_pages=True),
    "nemo": nemo,
    "nemo_anywhere": functools.partial(nemo, anywhere=True),
    "justext": justext,  # gets its stoplists in rules_named()
    "justext_no_lists": justext,
}


def rules_named(name: str) -> Callable[..., Outcome]:
    if name != "justext":
        return RULES[name]
    return functools.partial(justext, lists=stoplists(evaldata.rows(evaldata.labelled_pages())))


def audit_record(row_id: str, lines: list[str], outcome: Outcome) -> dict:
    """The record as copydesk writes it; spans are bytes of the lines joined by line breaks."""
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.encode()) + 1
    spans = []
    for line, begin, end in sorted(outcome.cuts):
        text = lines[line]
        spans.append({"begin": starts[line] + len(text[:begin].encode()),
                      "end": starts[line] + len(text[:end].encode())})
    return {"id": row_id, "verdict": "dropped" if outcome.dropped else "kept",
            "reason": outcome.dropped or None, "spans": spans}


def content_only(row: dict) -> list[str]:
    return [line for line, label in zip(row["lines"], row["labels"]) if label == 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("rules", nargs="?", choices=RULES)
    parser.add_argument("labelled", nargs="?")
    parser.add_argument("--content", action="store_true", help="content lines only")
    parser.add_argument("--list", action="store_true", help="name the rule sets")
    args = parser.parse_args()
    if args.list:
        print("\n".join(RULES))
        return 0
    if not args.labelled:
        parser.error("needs RULES and LABELLED")
    rules = rules_named(args.rules)
    for row in evaldata.rows(args.labelled):
        lines = content_only(row) if args.content else row["lines"]
        outcome = rules(lines, row.get("lang", "?"))
        print(json.dumps(audit_record(evaldata.record_id(row), lines, outcome)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
