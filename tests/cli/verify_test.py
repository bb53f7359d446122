#!/usr/bin/env python3
"""Tests `copydesk restore` and `copydesk verify` on the samples and on a few hard records.

usage: verify_test.py COPYDESK SAMPLES

restore must give the input byte for byte. verify must find nothing on what `run` wrote, and each of
the damages below, one at a time in a copy of the folder.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TEXT = ("The ferry left the quay at six in the morning and came back late at night, the harbour "
        "master said on Monday, because ice had closed the sound for the first time in nineteen "
        "years and nobody had told the crew or the families that waited on the pier.")

# Records in odd spellings: none of them is one that a JSON writer would give back.
RECORDS = [
    json.dumps({"id": "plain", "outlet": "x.example", "text": "Home | News\nShare this article\n"
                + TEXT}).encode(),
    b'{"id" : "spaced" , "text":"A caf\\u00e9 stays as it is spelt."  , "n":1.50}',
    b'{"text":"\\u00dcber alles andere\\/mehr.","copy desk":{},"id":7}',
    '{"id":"utf8","text":"Größe und 東京 und “quotes”."}'.encode(),
    b'{"id":"broken","text":',
    b'{"id":"latin","text":"\xe9"}',
    b'{"title":"no text"}',
    b'{"id":"short","text":""}',
    json.dumps({"id": "copy", "outlet": "y.example", "text": TEXT}).encode(),
    json.dumps({"id": "again", "outlet": "z.example", "text": TEXT}).encode(),
]


class Failure(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failure(message)


class Bench:
    def __init__(self, copydesk, folder):
        self.copydesk, self.folder = copydesk, folder

    def call(self, *arguments, code=0, stdin=b""):
        done = subprocess.run([self.copydesk, *map(str, arguments)], cwd=self.folder, input=stdin,
                              capture_output=True, timeout=120)
        expect(done.returncode == code,
               f"{arguments}: exit {done.returncode}, not {code}\n"
               f"{done.stdout.decode(errors='replace')}\n{done.stderr.decode()}")
        return done


def rows_of(path):
    return path.read_bytes().split(b"\n")[:-1]


def write_rows(path, rows):
    path.write_bytes(b"".join(row + b"\n" for row in rows))


def change(file, fits, edit):
    """A damage: edits the first JSON row of `file` that fits."""
    def damage(out, _):
        rows = rows_of(out / file)
        for i, raw in enumerate(rows):
            row = json.loads(raw)
            if fits(row):
                edit(row)
                rows[i] = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
                return write_rows(out / file, rows)
        raise Failure(f"{file}: no row fits")
    return damage


def replace(file, old, new):
    def damage(out, _):
        content = (out / file).read_bytes()
        expect(old in content, f"{file}: no {old}")
        (out / file).write_bytes(content.replace(old, new, 1))
    return damage


def drop_row(file, index):
    def damage(out, _):
        rows = rows_of(out / file)
        del rows[index]
        write_rows(out / file, rows)
    return damage


def double_row(file):
    def damage(out, _):
        rows = rows_of(out / file)
        write_rows(out / file, rows + rows[-1:])
    return damage


def change_input(old, new):
    def damage(_, pages):
        content = pages.read_bytes()
        expect(old in content, f"input: no {old}")
        pages.write_bytes(content.replace(old, new, 1))
    return damage


def any_row(_):
    return True


def spans(row):
    return len(row["spans"]) > 0


def add(row, key, number):
    row[key] = round(row[key] + number, 6)


def swap_case(row):
    first = row["text"].find("e")
    row["text"] = row["text"][:first] + "E" + row["text"][first + 1:]


def shift(pair, key, number):
    pair["passages"][0][key][1] += number


# What is damaged, how, and what verify must say.
DAMAGES = [
    ("end of a span", change("audit.jsonl", spans, lambda r: add(r["spans"][0], "end", 1)),
     "audit.jsonl: row "),
    ("span beyond the text", change("audit.jsonl", spans,
                                    lambda r: r["spans"][-1].update(end=9_999_999)),
     "is not in the text of"),
    ("spans that overlap", change("audit.jsonl", lambda r: len(r["spans"]) > 1,
                                  lambda r: r["spans"][1].update(begin=r["spans"][0]["begin"])),
     "where the one before ends"),
    ("reason of a span", change("audit.jsonl", spans,
                                lambda r: r["spans"][0].update(reason="nav.none")),
     'has the reason "nav.none"'),
    ("stage of a span", change("audit.jsonl", spans,
                               lambda r: r["spans"][0].update(stage="nobody")),
     'is of the stage "nobody"'),
    ("removed text", change("audit.jsonl", spans,
                            lambda r: r["spans"][0].update(removed="something else")),
     "has another removed text"),
    ("verdict", change("audit.jsonl", lambda r: r["verdict"] == "dropped",
                       lambda r: r.update(verdict="kept", reason=None, of=None, of_doc=None)),
     "clean.jsonl: row "),
    ("reason of a drop", change("audit.jsonl", lambda r: r["verdict"] == "dropped",
                                lambda r: r.update(reason="boring")),
     '"boring" is no reason'),
    ("of", change("audit.jsonl", lambda r: r["of_doc"] is not None,
                  lambda r: r.update(of_doc=123456)), "there is no document 123456"),
    ("id of the of", change("audit.jsonl", lambda r: r["of_doc"] is not None,
                            lambda r: r.update(of="nobody")), 'has another id than "of"'),
    ("of itself", change("audit.jsonl", lambda r: r["of_doc"] is not None,
                         lambda r: r.update(of=r["id"], of_doc=r["doc"])),
     "no document stands for it"),
    ("clean text", change("clean.jsonl", any_row, swap_case), "the text is not the original"),
    ("other member", change("clean.jsonl", any_row, lambda r: r.update(id="other")),
     "not the bytes of the input's record"),
    ("cluster of a clean row", change("clean.jsonl", lambda r: "cluster" in r["copydesk"],
                                      lambda r: add(r["copydesk"], "cluster_size", 1)),
     "in clean.jsonl are others"),
    ("story of a clean row", change("clean.jsonl", any_row,
                                    lambda r: add(r["copydesk"], "story", 1)),
     "has another story in clean.jsonl"),
    ("missing clean row", drop_row("clean.jsonl", 3), "clean.jsonl: row 4: document "),
    ("last clean row", drop_row("clean.jsonl", -1), "clean.jsonl: no row of document "),
    ("missing audit row", drop_row("audit.jsonl", 5), "audit.jsonl: row 6: document 6 where 5"),
    ("missing dropped row", drop_row("dropped.jsonl", 0),
     "dropped.jsonl: row 1: not the bytes of the input's record"),
    ("extra clean row", double_row("clean.jsonl"), "no record of the inputs has this row"),
    ("missing rejected row", drop_row("rejected.jsonl", 0), "rejected.jsonl: row 1: document "),
    ("rejected bytes", replace("rejected.jsonl", b"broken\\\"", b"braken\\\""),
     "rejected.jsonl: row 1: not the bytes or the place"),
    ("count", replace("run.json", b'"kept":', b'"kept":1'), "run.json: summary.kept is 1"),
    ("count of pairs", replace("run.json", b'"pairs":{"exact":', b'"pairs":{"exact":7'),
     "run.json: summary.pairs"),
    ("count of drops", replace("run.json", b'"dropped":{"near_duplicate":',
                               b'"dropped":{"near_duplicate":7'),
     " dropped as near_duplicate, but the audit has "),
    ("count of bytes", replace("run.json", b'"bytes":{"nav.menu":', b'"bytes":{"nav.menu":7'),
     ", bytes of nav.menu, but the audit has "),
    ("bytes of texts", replace("run.json", b'"text_bytes_kept":', b'"text_bytes_kept":7'),
     "summary.text_bytes_kept is 7"),
    ("jaccard", change("pairs.jsonl", any_row, lambda r: add(r, "jaccard", -0.000002)),
     "pairs.jsonl: row 1: jaccard is "),
    ("containment", change("pairs.jsonl", any_row, lambda r: add(r, "containment_b", -0.01)),
     "pairs.jsonl: row 1: containment_b is "),
    ("coverage", change("pairs.jsonl", any_row, lambda r: add(r, "coverage_a", -0.01)),
     "pairs.jsonl: row 1: coverage_a is "),
    ("relation", change("pairs.jsonl", lambda r: r["relation"] == "near_duplicate",
                        lambda r: r.update(relation="contains")), 'the relation is "contains"'),
    ("outlet of a pair", change("pairs.jsonl", any_row,
                                lambda r: r.update(same_outlet=not r["same_outlet"])),
     "same_outlet is wrong"),
    ("order of a pair", change("pairs.jsonl", any_row,
                               lambda r: r.update(a=r["b"], b=r["a"], a_doc=r["b_doc"],
                                                  b_doc=r["a_doc"])), "does not stand before"),
    ("passage", change("pairs.jsonl", any_row, lambda r: shift(r, "a", -8)),
     "pairs.jsonl: row 1: passage "),
    ("words of a passage", change("pairs.jsonl", any_row,
                                  lambda r: add(r["passages"][0], "words", 1)), " words, not "),
    ("missing pair", drop_row("pairs.jsonl", 0), "run.json: summary.pairs"),
    ("cluster member", change("clusters.jsonl", any_row,
                              lambda r: r["members"][-1].update(doc=0, id="plain")),
     "clusters.jsonl: row 1: member 0: "),
    ("jaccard of a member", change("clusters.jsonl",
                                   lambda r: any(m["jaccard"] < 1 for m in r["members"]),
                                   lambda r: [add(m, "jaccard", -0.01) for m in r["members"]]),
     ": jaccard is "),
    ("outlets of a cluster", change("clusters.jsonl", any_row, lambda r: r["outlets"].pop()),
     "outlets are not those of the members"),
    ("worst jaccard", change("clusters.jsonl", any_row, lambda r: r.update(worst_jaccard=0.1)),
     "worst_jaccard is 0.1"),
    ("missing cluster", drop_row("clusters.jsonl", -1), "run.json: summary.clusters"),
    ("missing story", drop_row("stories.jsonl", -1), "is in no story"),
    ("document in two stories", change("stories.jsonl", lambda r: r["story"] == 1,
                                       lambda r: (r["docs"].insert(0, 0),
                                                  r["members"].insert(0, "plain"))),
     "document 0 is in two stories"),
    ("changed input", change_input(b"ferry left the quay", b"ferry left the dock"),
     "row "),
    ("longer input", change_input(b"The ferry", b"The old ferry"), "has changed since the run"),
]


def expect_restored(got, expected):
    """Byte for byte. The audit has no spelling: a text that was cut comes back unescaped."""
    expect(len(got) == len(expected), "not as many rows")
    for i, (restored, row) in enumerate(zip(got, expected)):
        if i >= len(RECORDS) and b"\\u" in row:
            expect(json.loads(restored) == json.loads(row), f"not restored: {row}")
        else:
            expect(restored == row, f"not restored: {row}")


def test_whole(bench, pages):
    """Restores byte for byte, says fine, and says what it cannot do."""
    bench.call("run", pages, "--out", "out", "--keep-removed", "-q", code=3)
    bench.call("restore", "out", "--out", "again.jsonl")
    expect_restored(rows_of(bench.folder / "again.jsonl"), rows_of(pages))
    bench.call("restore", "out", "--out", "again.jsonl", code=2)
    bench.call("restore", "out", "--out", "again.jsonl", "--force")
    done = bench.call("restore", "out", "--out", "-")
    expect(done.stdout == (bench.folder / "again.jsonl").read_bytes(), "not the same")
    done = bench.call("verify", "out")
    expect(done.stdout.endswith(b"\nall true\n"), done.stdout.decode())

    # Compressed, without what was removed, through a pipe, and from another place.
    bench.call("run", pages, "--out", "packed", "--keep-removed", "--compress", "-q", code=3)
    bench.call("restore", "packed", "--out", "-")
    bench.call("verify", "packed")
    bench.call("run", "-", "--out", "bare", "-q", code=3, stdin=pages.read_bytes())
    done = bench.call("restore", "bare", "--out", "-", code=2)
    expect(b"was without --keep-removed" in done.stderr, done.stderr.decode())
    done = bench.call("verify", "bare", code=2)
    expect(b"standard input" in done.stderr, done.stderr.decode())
    bench.call("verify", "bare", pages)
    bench.call("verify", "bare", "-", stdin=pages.read_bytes())
    bench.call("verify", "nowhere", code=2)
    bench.call("restore", "nowhere", "--out", "-", code=2)


def test_true(bench):
    """What looks wrong and is not."""
    words = [f"word{i}" for i in range(90)]
    # Each has the same share of the other; in either order.
    texts = {"a": words[:60] + [f"a{i}" for i in range(30)],
             "b": words[30:60] + [f"b{i}" for i in range(30)] + words[:30]}
    han = "东京都知事选举结果公布市民在广场等待消息渡轮早上六点离开码头港务长周一表示因为海峡结冰"
    texts = {key: " ".join(text) for key, text in texts.items()}
    # Two passages that have a letter in common.
    texts.update(c=han, d=han[19:] + "。\n" + han[:20])
    config = bench.folder / "true.toml"
    config.write_text('stages = ["match_reuse"]\n[match_reuse]\nnear_duplicate = 1.0\n')
    for name, order in (("there", "abcd"), ("back", "badc")):
        write_rows(bench.folder / f"{name}.jsonl",
                   [json.dumps({"id": k, "text": texts[k]}).encode() for k in order])
        bench.call("run", f"{name}.jsonl", "--config", config, "--out", name, "-q")
        expect(len(rows_of(bench.folder / name / "pairs.jsonl")) == 2, "not two pairs")
        bench.call("verify", name)


def test_texts(bench):
    """Plain text files become rows; one that is not UTF-8 is named as left out."""
    folder = bench.folder / "texts" / "sub"
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("Share this article\n" + TEXT + "\n")
    (folder / "two.txt").write_text(TEXT + "\n")
    (folder / "bad.txt").write_bytes(b"\xff")
    bench.call("run", "texts", "--out", "texts.out", "--keep-removed", "-q", code=3)
    done = bench.call("restore", "texts.out", "--out", "-", code=3)
    expect([json.loads(line) for line in done.stdout.splitlines()] ==
           [{"id": f"sub/{name}.txt", "text": (folder / f"{name}.txt").read_text()}
            for name in ("one", "two")], done.stdout.decode())
    expect(b"1 of 3 records were rejected" in done.stderr, done.stderr.decode())
    bench.call("verify", "texts.out")
    bench.call("verify", "texts.out", "texts")


def test_damage(bench, pages, name, damage, says):
    out = bench.folder / "damaged"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(bench.folder / "out", out)
    whole = pages.read_bytes()
    try:
        damage(out, pages)
        done = bench.call("verify", "damaged", code=1)
    finally:
        pages.write_bytes(whole)
    expect(says in done.stdout.decode(), f"{name}: not found: {says}\n{done.stdout.decode()}")
    expect(len(done.stdout.splitlines()) <= 20, f"{name}: more than 20 faults")


def main():
    copydesk, samples = (pathlib.Path(os.path.abspath(a)) for a in sys.argv[1:])
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bench = Bench(copydesk, folder)
        pages = folder / "pages.jsonl"
        write_rows(pages, RECORDS + [row for file in sorted((samples / "pages").iterdir())
                                     for row in rows_of(file)])
        tests = [(test_whole, bench, pages), (test_true, bench), (test_texts, bench)]
        tests += [(test_damage, bench, pages, *damage) for damage in DAMAGES]
        for test, *arguments in tests:
            try:
                test(*arguments)
            except (Failure, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"{test.__name__} {arguments[2:3]}: {error}")
    print(f"{len(tests) - failed} of {len(tests)} tests passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
