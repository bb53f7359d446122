"""What a case of bad input is, and the small things that the tables share."""

import dataclasses
import json
import re
from typing import Callable, Optional


def document(doc_id: str, text: Optional[str] = None) -> bytes:
    """A good record, without a line break."""
    if text is None:
        text = f"Ferry {doc_id} left the quay of Nordhaven with {len(doc_id) * 7} cars on board."
    return json.dumps({"id": doc_id, "text": text}, ensure_ascii=False).encode("utf-8")


def documents(*ids: str) -> bytes:
    """Good records, one a line."""
    return b"".join(document(doc_id) + b"\n" for doc_id in ids)


@dataclasses.dataclass
class Row:
    """A row of rejected.jsonl. `message` is a pattern for all of it; None: anything."""
    reason: str
    message: str
    source: Optional[str] = None
    line: Optional[int] = None
    offset: Optional[int] = None
    raw: Optional[bytes] = None


@dataclasses.dataclass
class Case:
    """One kind of bad input; see bad_input_test.py for what is checked of every case."""
    group: str
    name: str
    files: dict  # name below in/: bytes
    rejected: list = dataclasses.field(default_factory=list)
    kept: list = dataclasses.field(default_factory=list)  # ids of clean.jsonl, in order
    dropped: list = dataclasses.field(default_factory=list)  # ids of dropped.jsonl, in order
    texts: dict = dataclasses.field(default_factory=dict)  # by id, as clean.jsonl must have them
    flags_of: dict = dataclasses.field(default_factory=dict)  # by id, as the audit must have them
    inputs: list = dataclasses.field(default_factory=lambda: ["in"])
    flags: list = dataclasses.field(default_factory=list)  # more flags of the command
    config: str = ""  # lines of [input]
    all_stages: bool = False  # the default config, not only the engine
    exit: Optional[int] = None  # None: 3 if something is rejected, else 0
    fails: bool = False  # no output is written
    stderr: str = ""  # a pattern that standard error of `run` has
    stdin: Optional[bytes] = None
    stdin_path: Optional[str] = None  # what is opened as standard input; "": it is closed;
    #                                   "silent": a pipe into which nothing is written
    user: Optional[int] = None  # run as this user
    seconds: float = 0  # allowed; 0: the default
    only_run: bool = False  # not `clean`, too
    explain: bool = False  # `explain` every document, too
    prepare: Optional[Callable] = None  # prepare(folder): what files cannot say
    during: Optional[Callable] = None  # during(folder, process): while it runs
    again: Optional[Callable] = None  # again(folder): what `clean` needs made anew

    def exit_code(self) -> int:
        if self.exit is not None:
            return self.exit
        return 3 if self.rejected else 0


def exact(message: str) -> str:
    """A message without patterns."""
    return re.escape(message)


# What is said of a line that is only "{" or "[".
MANY_LINES = exact("byte 1: unexpected end; each record must stand on a line of its own")
BEFORE = documents("before")
AFTER = documents("after")


def bad_line(group: str, name: str, line: bytes, reason: str, message: str, **more) -> Case:
    """A line between good ones that is rejected as it stands."""
    row = Row(reason, exact(message), "in/m.jsonl", 2, len(BEFORE), line)
    return Case(group, name, {"m.jsonl": BEFORE + line + b"\n" + AFTER}, [row],
                ["before", "after"], **more)


def odd_line(group: str, name: str, line: bytes, doc_id: str = "odd", text: Optional[str] = None,
             **more) -> Case:
    """A line between good ones that is odd, but a record."""
    texts = {} if text is None else {doc_id: text}
    return Case(group, name, {"m.jsonl": BEFORE + line + b"\n" + AFTER}, [],
                ["before", doc_id, "after"], texts=texts, **more)


def between(group: str, name: str, files: dict, rejected: list, kept: list, **more) -> Case:
    """Files that are read between two good ones."""
    return Case(group, name, {"a.jsonl": documents("first"), **files, "z.jsonl": documents("last")},
                rejected, ["first", *kept, "last"], **more)
