#!/usr/bin/env python3
"""Bad and odd input: what copydesk makes of it, case by case, and that nothing else is lost.

usage: bad_input_test.py COPYDESK [--only TEXT] [--jobs N] [--table] [--keep FOLDER] [--at-once]

Every case of the tables (cases_*.py) puts good records before and behind what is bad. It is run by
`copydesk run` and by `copydesk clean`; then these must hold:

  * the exit code, and that it ended in time;
  * clean.jsonl has exactly the records that were to be kept, in order, with the texts told here;
  * rejected.jsonl has exactly the rows of the table: source, line, offset, reason, message, bytes;
  * the ledger: rows of the audit = records = kept + dropped + rejected, in run.json and the files;
  * every output file is UTF-8 and JSON; `clean` gives the same records and names what it rejected;
  * no control character and no turn of direction reaches standard error, nor what `explain` prints.

And every expectation is made wrong once: a check that does not notice fails the case, too. In the
end the files of all cases are one input, under several numbers of threads and sizes of batches.
"""

import argparse
import base64
import collections
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import cases_files
import cases_packed
import cases_records
from runs import Failures, Fault, check
from table import Case, Row

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # a number may have any size
TIMEOUT = 60
MINIMAL = "stages = []\n"
OUTPUTS = ("audit", "clean", "clusters", "dropped", "pairs", "rejected", "stories", "templates")
# What may change how a terminal shows other text: controls, and the marks that turn direction.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def equal(found, expected, what: str) -> None:
    check(found == expected, f"{what}:\n    found    {found!r}\n    expected {expected!r}")


def rows_of(data: bytes, name: str) -> list:
    rows = []
    for number, line in enumerate(data.decode("utf-8").split("\n")[:-1], 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise Fault(f"{name}: line {number} is not JSON: {error}") from error
    check(data == b"" or data.endswith(b"\n"), f"{name} does not end in a line break")
    return rows


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def id_of(row: dict):
    generated = row.get("copydesk", {}).get("id")
    return "generated" if generated else row.get("id", row.get("ID"))


class Run:
    """One case in its folder."""

    def __init__(self, copydesk: str, case: Case, folder: str):
        self.copydesk, self.case, self.folder = copydesk, case, folder
        self.silent_writer = None  # the end of a pipe that keeps standard input open

    def start(self, arguments: list) -> subprocess.Popen:
        case = self.case
        options = {"stdin": subprocess.DEVNULL, "cwd": self.folder}
        opened = []
        if case.stdin is not None:
            options["stdin"] = subprocess.PIPE
        elif case.stdin_path == "":
            arguments = ["sh", "-c", 'exec "$@" <&-', "sh", *arguments]
        elif case.stdin_path == "silent":
            opened = list(os.pipe())
            self.silent_writer = opened.pop()
            options["stdin"] = opened[0]
        elif case.stdin_path is not None:
            opened = [os.open(case.stdin_path, os.O_RDONLY)]
            options["stdin"] = opened[0]
        if case.user is not None:
            # The other user may not see the folder of the build.
            command = os.path.join(self.folder, "copydesk")
            if not os.path.exists(command):
                shutil.copy(self.copydesk, command)
            arguments = [command, *arguments[1:]]
            options.update(user=case.user, group=case.user, extra_groups=[])
        try:
            return subprocess.Popen([os.fsencode(word) for word in arguments],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        finally:
            for descriptor in opened:
                os.close(descriptor)

    def command(self, *words: str) -> tuple:
        process = self.start([self.copydesk, *words])
        try:
            if self.case.during:
                self.case.during(self.folder, process)
            out, err = process.communicate(self.case.stdin, timeout=self.case.seconds or TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Fault(f"`{words[0]}` did not end in time") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            if self.silent_writer is not None:
                os.close(self.silent_writer)
                self.silent_writer = None
        try:
            message = err.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Fault(f"standard error is not UTF-8: {error}") from error
        found = UNSAFE.search(message)
        check(found is None, f"{found.group(0) if found else ''!r} stands in standard error: "
                             f"{message!r}")
        return process.returncode, out, message

    def prepare(self) -> None:
        case = self.case
        os.chmod(self.folder, 0o777)
        os.mkdir(os.path.join(self.folder, "in"))
        for name, content in case.files.items():
            path = os.path.join(os.fsencode(self.folder), b"in", os.fsencode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        if case.prepare:
            case.prepare(self.folder)
        config = "" if case.all_stages else MINIMAL
        if case.config:
            config += f"[input]\n{case.config}\n"
        with open(os.path.join(self.folder, "config.toml"), "w", encoding="utf-8") as file:
            file.write(config)

    def execute(self) -> None:
        self.prepare()
        arguments = [*self.case.inputs, "--config", "config.toml", *self.case.flags]
        self.run(arguments)
        if not self.case.only_run:
            if self.case.again:
                self.case.again(self.folder)
            self.clean(arguments)

    def run(self, arguments: list) -> None:
        case = self.case
        found = Outcome(*self.command("run", *arguments, "--out", "out"))
        out_dir = os.path.join(self.folder, "out")
        if case.fails:
            for name in ("run.json", "clean.jsonl"):
                check(not os.path.exists(os.path.join(out_dir, name)), f"{name} was written")
        elif os.path.exists(os.path.join(out_dir, "run.json")):
            for name in OUTPUTS:
                data = read(os.path.join(out_dir, f"{name}.jsonl"))
                found.rows[name] = rows_of(data, f"{name}.jsonl")
            found.summary = json.loads(read(os.path.join(out_dir, "run.json")))["summary"]
        check_outcome(case, found)
        if not case.fails:
            check_ledger(found.rows, found.summary)
        for what, altered in alterations(case):
            try:
                check_outcome(altered, found)
            except Fault:
                continue
            raise Fault(f"nothing would notice if {what} were wrong")
        if case.explain:
            for doc in range(found.summary["documents"]):
                code, out, err = self.command("explain", "out", "--doc", str(doc))
                equal(code, 0, f"exit code of `explain --doc {doc}`: {err}")
                unsafe = UNSAFE.search(out.decode("utf-8"))
                check(unsafe is None, f"`explain --doc {doc}` prints {unsafe}: {out!r}")

    def clean(self, arguments: list) -> None:
        case = self.case
        code, out, err = self.command("clean", "--quiet", *arguments)
        equal(code, case.exit_code(), f"exit code of `clean`; standard error: {err!r}")
        if case.fails:
            equal(out, b"", "standard output of `clean`")
            return
        check_clean(case, rows_of(out, "standard output of `clean`"))
        named = [line for line in err.splitlines() if line.startswith("warning: rejected: ")]
        equal(len(named), min(20, len(case.rejected)),
              f"rejected records that `clean` names: {err}")
        for line, row in zip(named, case.rejected):
            check(f" {row.reason}: " in line, f"`clean` does not say {row.reason}: {line}")


@dataclasses.dataclass
class Outcome:
    """What `copydesk run` did."""
    code: int
    out: bytes
    err: str
    rows: dict = dataclasses.field(default_factory=dict)  # of each output file
    summary: dict = dataclasses.field(default_factory=dict)  # of run.json


def check_outcome(case: Case, found: Outcome) -> None:
    equal(found.code, case.exit_code(), f"exit code; standard error: {found.err!r}")
    equal(found.out, b"", "standard output")
    check(re.search(case.stderr, found.err) is not None,
          f"standard error lacks {case.stderr!r}: {found.err!r}")
    if case.fails:
        return
    check_clean(case, found.rows["clean"])
    check_rejected(case, found.rows["rejected"])
    equal([row.get("id") for row in found.rows["dropped"]], case.dropped, "ids of dropped.jsonl")
    flags = {row["id"]: row["flags"] for row in found.rows["audit"]}
    for doc_id, expected in case.flags_of.items():
        equal(flags.get(doc_id), expected, f"flags of {doc_id}")


def check_clean(case: Case, rows: list) -> None:
    equal([id_of(row) for row in rows], case.kept, "ids of clean.jsonl")
    texts = {id_of(row): row.get("text") for row in rows}
    for doc_id, expected in case.texts.items():
        check(texts.get(doc_id) == expected,
              f"text of {doc_id}: found {str(texts[doc_id])[:200]!r}, "
                                             f"expected {str(expected)[:200]!r}")


def check_rejected(case: Case, rows: list) -> None:
    found = [Row(row["reason"], row["message"], row["source"], row["line"], row["offset"])
             for row in rows]
    equal(len(found), len(case.rejected), f"number of rejected rows: {found[:4]}")
    for index, (row, wanted) in enumerate(zip(found, case.rejected)):
        what = f"rejected row {index}: {row}"
        equal(row.reason, wanted.reason, f"reason of {what}")
        check(re.fullmatch(wanted.message, row.message, re.DOTALL) is not None,
              f"message {row.message!r} is not {wanted.message!r}")
        for field in ("source", "line", "offset"):
            if getattr(wanted, field) is not None:
                equal(getattr(row, field), getattr(wanted, field), f"{field} of {what}")
        if wanted.raw is not None:
            raw = rows[index].get("raw")
            data = (raw.encode("utf-8") if raw is not None
                    else base64.b64decode(rows[index]["raw_base64"]))
            check(data == wanted.raw, f"bytes of {what}: {data[:200]!r}, not {wanted.raw[:200]!r}")


def check_ledger(rows: dict, summary: dict) -> None:
    audit = rows["audit"]
    verdicts = collections.Counter(row["verdict"] for row in audit)
    equal([row["doc"] for row in audit], list(range(len(audit))), "ordinals of the audit")
    equal(summary["documents"], len(audit), "documents of run.json")
    for verdict, file in (("kept", "clean"), ("dropped", "dropped"), ("rejected", "rejected")):
        equal(summary[verdict], len(rows[file]), f"{verdict} of run.json")
        equal(verdicts[verdict], len(rows[file]), f"{verdict} of the audit")
    reasons = collections.Counter(row["reason"] for row in rows["rejected"])
    equal({k: v for k, v in summary["rejected_by"].items() if v}, dict(reasons), "rejected_by")
    rejected = [row for row in audit if row["verdict"] == "rejected"]
    equal([row for row in rejected if row["id"] is not None or row["spans"] or row["flags"]], [],
          "rejected rows of the audit that tell of a document")
    equal([(row["doc"], row["reason"]) for row in rejected],
          [(row["doc"], row["reason"]) for row in rows["rejected"]], "the rejected of the audit")


def alterations(case: Case):
    """The case with one expectation wrong at a time, and which: the checks must notice each."""
    def altered(**change) -> Case:
        return dataclasses.replace(case, **{"exit": case.exit_code(), **change})

    yield "the exit code", altered(exit=case.exit_code() + 1)
    yield "standard error", altered(stderr="never said")
    if case.fails:
        return
    yield "a lost record", altered(kept=case.kept + ["lost"])
    if case.kept:
        yield "a record too much", altered(kept=case.kept[1:])
    yield "a lost dropped record", altered(dropped=case.dropped + ["lost"])
    for doc_id, text in case.texts.items():
        yield f"the text of {doc_id}", altered(texts={**case.texts, doc_id: text + "."})
    for doc_id, flags in case.flags_of.items():
        yield f"the flags of {doc_id}", altered(flags_of={**case.flags_of, doc_id: [*flags, "x"]})
    yield "a lost rejected record", altered(rejected=[*case.rejected, Row("broken_json", ".*")])
    for index, row in enumerate(case.rejected):
        changes = {"reason": "another", "message": "never said"}
        if row.source is not None:
            changes["source"] = row.source + "x"
        for field in ("line", "offset"):
            if getattr(row, field) is not None:
                changes[field] = getattr(row, field) + 1
        if row.raw is not None:
            changes["raw"] = row.raw + b"x"
        for field, value in changes.items():
            rows = list(case.rejected)
            rows[index] = dataclasses.replace(row, **{field: value})
            yield f"the {field} of rejected row {index}", altered(rejected=rows)


def run_case(copydesk: str, case: Case, keep: str) -> tuple:
    """The case's fault or None, and its seconds."""
    start = time.monotonic()
    folder = tempfile.mkdtemp(prefix="copydesk-bad-")
    try:
        Run(copydesk, case, folder).execute()
        return None, time.monotonic() - start
    except Fault as fault:
        return str(fault), time.monotonic() - start
    except (OSError, ValueError, LookupError, TypeError) as error:
        return f"{type(error).__name__}: {error}", time.monotonic() - start
    finally:
        if keep:
            shutil.copytree(folder, os.path.join(keep, f"{case.group}-{case.name}"), symlinks=True,
                            ignore=lambda *_: ["in"], dirs_exist_ok=True)
        for name in os.listdir(os.path.join(folder, "in")):
            path = os.path.join(folder, "in", name)
            if os.path.isdir(path) and not os.path.islink(path):
                os.chmod(path, 0o700)  # a case may have closed it
        shutil.rmtree(folder)


def crowd(copydesk: str, cases: list) -> str:
    """All plain cases as one input: what is bad in one file must not show in another, and the bytes
    must not depend on threads and batches. Gives what was looked at."""
    plain = [case for case in cases if not (case.config or case.flags or case.prepare or case.fails)
             and case.files and case.inputs == ["in"] and case.group not in ("heavy", "long")]
    if not plain:
        return "all at once: nothing"
    with tempfile.TemporaryDirectory(prefix="copydesk-bad-") as folder:
        for number, case in enumerate(plain):
            for name, content in case.files.items():
                path = os.path.join(os.fsencode(folder), b"in/%05d" % number, os.fsencode(name))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content)
        config = os.path.join(folder, "config.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(MINIMAL)
        inputs = [f"in/{number:05d}" for number in range(len(plain))]
        first = {}
        for threads, batch in ((1, 1024), (1, 1), (3, 7), (8, 1)):
            subprocess.run([copydesk, "run", *inputs, "--out", "out", "--force", "-q", "-c", config,
                            "--threads", str(threads), "--batch", str(batch)], cwd=folder,
                           timeout=TIMEOUT, check=False)
            outputs = {name: read(os.path.join(folder, "out", f"{name}.jsonl")) for name in OUTPUTS}
            first = first or outputs
            for name in OUTPUTS:
                check(outputs[name] == first[name],
                      f"{name}.jsonl is another with {threads} threads and batches of {batch}")
        rows = {name: rows_of(data, name) for name, data in first.items()}
        equal([id_of(row) for row in rows["clean"]], [i for case in plain for i in case.kept],
              "ids of clean.jsonl")
        equal([row["reason"] for row in rows["rejected"]],
              [row.reason for case in plain for row in case.rejected], "reasons of rejected.jsonl")
        with open(os.path.join(folder, "out", "run.json"), encoding="utf-8") as file:
            check_ledger(rows, json.load(file)["summary"])
        return (f"all at once: {len(plain)} cases, {len(rows['clean'])} records kept, "
                f"{len(rows['rejected'])} rejected, the same bytes 4 times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("copydesk")
    parser.add_argument("--only", default="", help="cases whose group/name has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--table", action="store_true", help="list the cases, run nothing")
    parser.add_argument("--keep", default="", help="a folder for the outputs of the cases")
    parser.add_argument("--at-once", action="store_true",
                        help="all plain cases as one input, and none by itself")
    flags = parser.parse_args()
    cases = cases_records.cases() + cases_packed.cases() + cases_files.cases()
    names = collections.Counter((case.group, case.name) for case in cases)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        sys.exit(f"cases of one name: {twice}")
    cases = [case for case in cases if flags.only in f"{case.group}/{case.name}"]
    if flags.table:
        for case in cases:
            print(f"{case.group:10} {case.name:60} exit {case.exit_code()}  "
                  f"{len(case.rejected):3} rejected  {len(case.kept):3} kept")
    groups = collections.Counter(case.group for case in cases)
    if flags.table:
        print(", ".join(f"{group} {count}" for group, count in groups.items()), "=", len(cases))
        return
    copydesk = os.path.abspath(flags.copydesk)
    failures, slow, start = Failures(), [], time.monotonic()
    alone = [] if flags.at_once else cases
    with concurrent.futures.ThreadPoolExecutor(flags.jobs) as pool:
        for case, (fault, seconds) in zip(
                alone, pool.map(lambda case: run_case(copydesk, case, flags.keep), alone)):
            slow.append((seconds, f"{case.group}/{case.name}"))
            if fault:
                failures.add(f"{case.group}/{case.name}", fault)
    together = failures.attempt("all at once", crowd, copydesk, cases)
    if together is not None:
        print(together)
    print(", ".join(f"{group} {count}" for group, count in groups.items()))
    slowest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(slow)[-3:][::-1])
    print(f"{len(alone)} cases alone, {failures.count} failed, {time.monotonic() - start:.1f} s"
          + (f"; the slowest: {slowest}" if slow else ""))
    sys.exit(1 if failures.count or not cases else 0)


if __name__ == "__main__":
    main()
