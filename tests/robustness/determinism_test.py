#!/usr/bin/env python3
"""The same bytes, whatever the threads, the batches, the memory, and the files the input lies in.

usage: determinism_test.py COPYDESK MAKE_CORPUS [--grid] [--jobs N] [--documents N]

One corpus: pages of many outlets with chrome, copies and stories, text in Thai, Arabic and Hebrew,
and between them the bad lines of cases_*.py. It is run with threads 1, 2, 3, 8; batches of 1, 7 and
1024 documents; 64 MiB, 256 MiB and 4 GiB of memory; and cut into 1, 3 and 17 files in the same order.
--grid: all 108. Without it a part in which every two values of two settings meet. Then samples of
the same with --keep-removed, --compress and other configs, and of `clean` and `learn`.

Every byte of every output is compared. Of run.json, `timings` are left out, and of its config what
was set for the run; `inputs` must be the files. In rejected.jsonl `source`, `line` and `offset` must
give the same place of the whole input.
"""

import concurrent.futures
import dataclasses
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile

import cases_files
import cases_packed
import cases_records
from runs import (Fault, call, check, command_line, difference, make_corpus, outputs,
                  working_folder)

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # a number of the cases may have any size
THREADS, BATCHES, MEMORY, FILES = (1, 2, 3, 8), (1, 7, 1024), ("64M", "256M", "4G"), (1, 3, 17)
LARGEST_CASE = 200_000  # bytes; larger ones would be most of the corpus

# Some short texts and a language go, so that every reason to drop a record occurs.
CONFIG = """stages = [
  "detect_language", "drop_languages", "strip_rules", "probe_pages", "strip_templates",
  "lift_fields", "strip_lines", "drop_short", "drop_exact_duplicates", "match_reuse",
  "group_stories",
]
[drop_languages]
drop = ["he"]
[drop_short]
min_words = 3
"""
ANNOTATE = CONFIG + """[match_reuse]
duplicates = "annotate"
keep = "longest"
"""
PLAIN = "stages = []\n"

WORDS = {
    "th": ("เมือง ท่าเรือ สะพาน ข่าว วันนี้ ประชาชน น้ำท่วม รัฐมนตรี ตลาด โรงเรียน แม่น้ำ ตำรวจ "
           "การประชุม เช้า งบประมาณ โรงพยาบาล ถนน ฝน ชาวบ้าน กล่าวว่า").split(),
    "ar": ("المدينة الميناء الجسر اليوم الوزير السوق المدرسة النهر الشرطة الاجتماع الصباح الميزانية "
           "المستشفى الطريق المطر السكان قال أمس الحكومة الجديدة").split(),
    "he": ("העיר הנמל הגשר היום השר השוק בית הספר הנהר המשטרה הישיבה הבוקר התקציב הכביש הגשם "
           "התושבים אמר אתמול הממשלה החדשה").split(),
}
CHROME = {"th": ["หน้าแรก | ข่าว | กีฬา", "แบ่งปันบทความนี้"],
          "ar": ["الرئيسية | أخبار | رياضة", "شارك هذا المقال"],
          "he": ["דף הבית | חדשות | ספורט", "שתפו את הכתבה"]}


def scripts_corpus() -> list:
    """Pages in scripts without spaces or from right to left; every fifth is a copy."""
    rng, lines = random.Random(6), []
    for language, words in WORDS.items():
        texts = []
        for number in range(24):
            space = "" if language == "th" else " "
            body = texts[-2] if number % 5 == 4 else "\n".join(
                space.join(rng.choices(words, k=30)) + ("" if language == "th" else ".")
                for _ in range(4))
            texts.append(body)
            page = [CHROME[language][0], body, "\u200f© 2024 Harbour Post" if number % 2 else
                    CHROME[language][1]]
            record = {"id": f"{language}-{number}", "outlet": f"{language}{number % 2}.example",
                      "date": f"2024-03-{number + 1:02}", "title": body.split("\n")[0][:40],
                      "text": "\n".join(page)}
            lines.append(json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n")
    return lines


def bad_lines() -> list:
    """The lines of the cases that need nothing but their bytes."""
    lines = []
    for case in cases_records.cases() + cases_packed.cases() + cases_files.cases():
        if case.config or case.flags or case.prepare or case.fails or case.stdin is not None:
            continue
        for name, content in case.files.items():
            # The first bytes of a file may say that it is packed, or in UTF-16.
            if os.fsencode(name).endswith(b".jsonl") and content[:1] in (b"{", b"[") and len(
                    content) < LARGEST_CASE:
                lines += split_lines(content)
    return lines


def split_lines(data: bytes) -> list:
    """Lines with their breaks; the last gets one if it has none."""
    return re.findall(rb"[^\n]*\n", data if data.endswith(b"\n") else data + b"\n")


def corpus(pages: bytes) -> list:
    """All lines, the bad ones spread between the pages."""
    rng = random.Random(1)
    lines = split_lines(pages)
    bad = bad_lines()
    check(len(bad) > 150, f"only {len(bad)} bad lines")
    for line in bad + scripts_corpus():
        lines.insert(rng.randrange(len(lines) + 1), line)
    return lines


@dataclasses.dataclass
class Setting:
    """One run of the grid."""
    threads: int
    batch: int
    memory: str
    files: int

    def flags(self) -> list:
        return ["--threads", self.threads, "--batch", self.batch, "--memory", self.memory]


class Input:
    """The corpus in so many files."""

    def __init__(self, folder: pathlib.Path, lines: list, files: int):
        folder.mkdir()
        ends = [len(lines) * (i + 1) // files for i in range(files)]
        self.paths, self.first_lines, self.offsets = [], [], []
        at = offset = 0
        for number, end in enumerate(ends):
            # What is odd at the start of a file is odd in another way.
            while end < len(lines) and not lines[end].startswith(b"{"):
                end += 1
            data = b"".join(lines[at:end])
            # Their order is that of the command line, not that of their names.
            path = folder / f"part-{files - number:02}.jsonl"
            path.write_bytes(data)
            self.paths.append(str(path))
            self.first_lines.append(at)
            self.offsets.append(offset)
            at, offset = end, offset + len(data)
        check(at == len(lines), "the last file ends early")
        self.size = offset

    def whole(self, rejected: bytes) -> bytes:
        """rejected.jsonl as if the input were one file."""
        def place(found) -> bytes:
            source = self.paths.index(found[1].decode())
            line = int(found[2]) + self.first_lines[source]
            offset = int(found[3]) + self.offsets[source]
            return b'"line":%d,"offset":%d,' % (line, offset)

        rows = rejected.count(b"\n")
        joined, places = PLACE.subn(place, rejected)
        check(places == rows, f"rejected.jsonl: {rows} rows and {places} places")
        return joined

    def check_inputs(self, found: list) -> None:
        expected = [{"path": path, "name": path, "size": os.path.getsize(path)}
                    for path in self.paths]
        check(found == expected, f"run.json names the inputs {found[:3]}")


PLACE = re.compile(rb'"source":"([^"]*)","line":(\d+),"offset":(\d+),')


def pairwise(settings: list) -> list:
    """Some of them in which all pairs of values of two settings occur."""
    def pairs(setting):
        values = list(enumerate(dataclasses.astuple(setting)))
        return set(itertools.combinations(values, 2))

    missing = set().union(*map(pairs, settings))
    chosen = []
    while missing:
        best = max(settings, key=lambda setting: len(pairs(setting) & missing))
        chosen.append(best)
        missing -= pairs(best)
    return chosen


class Driver:
    def __init__(self, copydesk: str, folder: pathlib.Path, lines: list):
        self.copydesk, self.folder = copydesk, folder
        self.inputs = {files: Input(folder / f"in-{files}", lines, files) for files in FILES}
        self.references = {}
        self.runs = self.bytes = self.differences = 0
        self.spilled = set()
        for name, text in (("full", CONFIG), ("annotate", ANNOTATE), ("plain", PLAIN)):
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")

    def run(self, setting: Setting, config: str, *flags) -> dict:
        """What `run` wrote, in a form that must not depend on the setting."""
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder, prefix="out-"))
        source = self.inputs[setting.files]
        done = call([self.copydesk, "run", *source.paths, "--out", out, "--force", "--quiet",
                     "--config", self.folder / f"{config}.toml", *setting.flags(), *flags])
        check(done.code == 3, f"exit {done.code}: {done.err}")
        found = outputs(out)
        if "rejected.jsonl" in found:
            found["rejected.jsonl"] = source.whole(found["rejected.jsonl"])
        else:
            packed = call(["zstd", "-dc", out / "rejected.jsonl.zst"])
            found["rejected.jsonl.zst"] = source.whole(packed.out)
        content = json.loads(found["run.json"])
        source.check_inputs(content.pop("inputs"))
        check(content["summary"]["bytes_in"] == source.size, "bytes_in is not the input's size")
        found["run.json"] = json.dumps(content).encode()
        timings = json.loads((out / "run.json").read_bytes())["timings"]
        if any(part["on_disk"] and part["part"] not in ("records", "decisions")
               for part in timings["work_files"]):
            self.spilled.add(setting.memory)
        shutil.rmtree(out)
        return found

    def command(self, setting: Setting, name: str, *flags) -> dict:
        """What `clean` or `learn` wrote."""
        source = self.inputs[setting.files]
        path = pathlib.Path(tempfile.mkdtemp(dir=self.folder, prefix="out-")) / name
        words = [self.copydesk, name, *source.paths, "--quiet", *setting.flags(), *flags]
        if name == "clean":
            with open(path, "wb") as file:
                done = call(words, stdout=file)
        else:
            done = call([*words, "--out", path])
        check(done.code == 3, f"{name}: exit {done.code}: {done.err}")
        data = path.read_bytes()
        shutil.rmtree(path.parent)
        return {name: data}

    def compare(self, job: tuple) -> None:
        variant, setting, produce = job
        try:
            found = produce()
            expected = self.references.setdefault(variant, found)
            fault = difference(found, expected)
        except Fault as error:
            found, fault = {}, str(error)
        self.runs += 1
        self.bytes += sum(map(len, found.values()))
        if fault:
            self.differences += 1
            print(f"DIFFERS {variant} {setting}: {fault}", flush=True)


def jobs_of(driver: Driver, whole_grid: bool) -> list:
    grid = [Setting(*values) for values in itertools.product(THREADS, BATCHES, MEMORY, FILES)]
    some = pairwise(grid)
    jobs = [("full", setting, lambda s=setting: driver.run(s, "full"))
            for setting in (grid if whole_grid else some)]
    samples = some if whole_grid else [Setting(1, 1024, "4G", 1), Setting(8, 7, "64M", 17)]
    for config, flag in (("full", "--keep-removed"), ("full", "--compress"), ("annotate", "--quiet"),
                         ("plain", "--quiet")):
        jobs += [(f"{config} {flag}", setting,
                  lambda s=setting, c=config, f=flag: driver.run(s, c, f)) for setting in samples]
    for name in ("clean", "learn"):
        jobs += [(name, setting, lambda s=setting, n=name: driver.command(s, n))
                 for setting in samples]
    return jobs


def main() -> None:
    parser = command_line(__doc__, "copydesk", "make_corpus")
    parser.add_argument("--grid", action="store_true", help="all of it")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--documents", type=int, default=3000)
    flags = parser.parse_args()
    with working_folder("grid") as folder:
        pages = make_corpus(flags.make_corpus, flags.documents)
        driver = Driver(flags.copydesk, folder, corpus(pages))
        jobs = jobs_of(driver, flags.grid)
        # The first of each variant is what the others are compared with.
        firsts = {job[0]: job for job in reversed(jobs)}
        others = [job for job in jobs if job is not firsts[job[0]]]
        with concurrent.futures.ThreadPoolExecutor(flags.jobs) as pool:
            list(pool.map(driver.compare, firsts.values()))
            list(pool.map(driver.compare, others))
        expected = driver.references.get("full", {})
        summary = json.loads(expected.get("run.json", "{}")).get("summary", {})
        print({key: summary.get(key) for key in (
            "documents", "kept", "dropped", "rejected", "rejected_by", "pairs", "clusters",
            "stories_of_several", "templates")})
        if driver.spilled != {"64M"}:
            driver.differences += 1
            print(f"scratch files were on disk with {driver.spilled}, not only with 64M")
        print(f"{driver.runs} runs, {driver.bytes} bytes compared, "
              f"{driver.differences} differences")
    sys.exit(1 if driver.differences or not driver.runs else 0)


if __name__ == "__main__":
    main()
