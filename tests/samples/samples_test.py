#!/usr/bin/env python3
"""Runs the samples and holds the result against samples/expected.json, which was written by hand.

  samples_test.py COPYDESK SOURCE_DIR [--list]     exits 1 unless everything that must hold does

Must hold: the pairs that were planted are found and no planted non-pair is; stories that must stay
apart do; every line that must stay is in the text or lifted into a field; every line that must go
is gone, but for the few that only people can tell (ALLOWED below, counted so that the number can
only fall). --list prints these.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

# How many of the hand-marked chrome lines may still be there, and how many planted stories may come
# apart: today's figures. A change that lowers them lowers the number here.
ALLOWED_CHROME_LINES = 18
ALLOWED_SPLIT_STORIES = 0
# Look-alikes that are joined: stories have no table of German word frequencies.
ALLOWED_JOINED = {("ab-01", "ab-04")}


def rows(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def lines(text):
    return {" ".join(line.split()) for line in text.split("\n")}


def check_pairs(expected, out, faults):
    # A document that was dropped as an exact copy stands for its pairs through "of".
    alike = {}
    for row in rows(out / "audit.jsonl"):
        if row["reason"] == "exact_duplicate":
            alike.setdefault(row["of"], [row["of"]]).append(row["id"])
    got = {}
    for pair in rows(out / "pairs.jsonl"):
        for a in alike.get(pair["a"], [pair["a"]]):
            for b in alike.get(pair["b"], [pair["b"]]):
                got.setdefault((a, b), pair["relation"])
    turned = {"contains": "contained", "contained": "contains"}
    for want in expected["pairs"]:
        a, b = want["a"], want["b"]
        relation = got.get((a, b))
        if relation is None and (b, a) in got:
            relation = turned.get(got[b, a], got[b, a])
        if relation not in [want["relation"], *want.get("also", [])]:
            faults.append(f"pair {a} {b}: want {want['relation']}, got {relation}")
    for unwanted in expected["not_pairs"]:
        a, b = unwanted["a"], unwanted["b"]
        if (a, b) in got or (b, a) in got:
            faults.append(f"pair {a} {b}: reported, but {unwanted['note']}")


def check_stories(expected, out, faults):
    story = {}
    for row in rows(out / "stories.jsonl"):
        for member in row["members"]:
            story.setdefault(member, row["story"])
    for a, b in expected["stories"]["apart"]:
        if story[a] == story[b] and (a, b) not in ALLOWED_JOINED:
            faults.append(f"stories {a} {b}: joined")
    return [group for group in expected["stories"]["joined"] if len({story[m] for m in group}) > 1]


def check_lines(expected, records, faults):
    left = []
    for name, wanted in expected["must_stay"].items():
        record = records[name]
        kept = lines(record["text"])
        lifted = json.dumps(record["copydesk"]["fields"], ensure_ascii=False)
        for line in wanted:
            line = " ".join(line.split())
            if line not in kept and line not in lifted:
                faults.append(f"{name}: lost: {line}")
    for name, unwanted in expected["must_go"].items():
        kept = lines(records[name]["text"])
        for item in unwanted:
            if " ".join(item["line"].split()) in kept:
                left.append(f"{name}: {item['reason']}: {item['line']}")
    return left


def main(copydesk, source, listing):
    source = pathlib.Path(source)
    expected = json.loads((source / "samples/expected.json").read_text(encoding="utf-8"))
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "out"
        config = pathlib.Path(scratch) / "annotate.toml"
        # All documents stay, so that the lines of copies can be looked at, too.
        config.write_text('[match_reuse]\nduplicates = "annotate"\n', encoding="utf-8")
        subprocess.run([copydesk, "run", source / "samples/pages", "--config", config, "--out", out,
                        "--quiet"], check=True)
        records = {}
        for record in rows(out / "clean.jsonl"):
            records.setdefault(record["id"], record)
        # Exact copies are dropped all the same; the document that stands for them has their text.
        for row in rows(out / "audit.jsonl"):
            if row["verdict"] == "dropped" and row["of"] in records:
                records.setdefault(row["id"], records[row["of"]])
        check_pairs(expected, out, faults)
        split = check_stories(expected, out, faults)
        left = check_lines(expected, records, faults)
    total = sum(len(v) for v in expected["must_go"].values())
    if listing:
        print("\n".join(left + [f"story comes apart: {group}" for group in split]))
    if len(left) > ALLOWED_CHROME_LINES:
        faults.append(f"{len(left)} chrome lines are left, allowed are {ALLOWED_CHROME_LINES}")
    if len(split) > ALLOWED_SPLIT_STORIES:
        faults.append(f"{len(split)} stories come apart, allowed are {ALLOWED_SPLIT_STORIES}")
    print("\n".join(faults))
    print(f"{len(expected['pairs'])} pairs, {total} chrome lines of which {len(left)} are left, "
          f"{len(split)} of {len(expected['stories']['joined'])} stories come apart: "
          f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    words = [a for a in sys.argv[1:] if a != "--list"]
    if len(words) != 2:
        sys.exit(__doc__)
    sys.exit(main(words[0], words[1], "--list" in sys.argv))
