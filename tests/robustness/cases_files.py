"""Odd files: what is no file, cannot be read, changes while it is read, or has an odd name."""

import os
import signal
import socket
import time

from packers import gzip_member, zstd_frame
from table import AFTER, BEFORE, MANY_LINES, Case, Row, between, document, documents, exact

NOBODY = 65534
ONE = documents("one", "two")


def at(folder: str, name: str) -> str:
    return os.path.join(folder, "in", name)


def failed(message: str, name: str, line: int = 1, offset: int = 0) -> Row:
    return Row("source_failed", rf"in/{exact(name)}: byte \d+: " + exact(message), f"in/{name}",
               line,
               offset)


def make_socket(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        descriptor = os.open(os.path.dirname(path), os.O_RDONLY)
        made.bind(f"/proc/self/fd/{descriptor}/{os.path.basename(path)}")  # names must be short
        os.close(descriptor)


def folder_cases() -> list:
    """What stands in an input folder beside good files."""
    def with_entry(name: str, make, rejected: list, kept=(), **more) -> Case:
        return between("files", name, {}, rejected, list(kept), prepare=make,
                       stderr="warning: in/" if rejected else "", **more)

    not_regular = "not a regular file; it is read if it is named itself"
    loop = "cannot open: Too many levels of symbolic links"
    return [
        with_entry("a FIFO in a folder", lambda f: os.mkfifo(at(f, "m.jsonl")),
                   [failed(not_regular, "m.jsonl")]),
        with_entry("a FIFO for a text in a folder", lambda f: os.mkfifo(at(f, "m.txt")),
                   [failed(not_regular, "m.txt", 0)]),
        with_entry("a socket in a folder", lambda f: make_socket(at(f, "m.jsonl")),
                   [failed(not_regular, "m.jsonl")]),
        with_entry("a link to a device in a folder",
                   lambda f: os.symlink("/dev/zero", at(f, "m.jsonl")),
                   [failed(not_regular, "m.jsonl")]),
        with_entry("a link to itself in a folder",
                   lambda f: os.symlink("m.jsonl", at(f, "m.jsonl")),
                   [failed(loop, "m.jsonl")]),
        with_entry("a link that leads nowhere in a folder",
                   lambda f: os.symlink("/nowhere/m.jsonl", at(f, "m.jsonl")),
                   [failed("cannot open: No such file or directory", "m.jsonl")]),
        with_entry("a link that leads nowhere and is no input",
                   lambda f: os.symlink("/nowhere/m", at(f, "m")), []),
        with_entry("a link back to the folder", lambda f: os.symlink(".", at(f, "m")), []),
        with_entry("a folder with the name of a file", lambda f: os.mkdir(at(f, "m.jsonl")), []),
        with_entry("an empty folder in a folder", lambda f: os.mkdir(at(f, "m")), []),
        between("files", "a file deep down", {"m/" + "d/" * 60 + "deep.jsonl": ONE}, [],
                ["one", "two"]),
        with_entry("a folder too deep for a path", deep_folder,
                   [Row("source_failed", ".*: byte 0: cannot open: File name too long")]),
        Case("files", "hidden files and backups",
             {".m.jsonl": ONE, "m.jsonl~": b"{", "m.bak": b"{", "m.jsonl.part": b"{",
              "z.jsonl": documents("last")}, [], ["one", "two", "last"]),
        between("files", "mixed formats", {
            "m1.json": document("one") + b"\n", "m2.NDJSON": document("two"),
            "m3.jsonl.gz": gzip_member(document("three")),
            "m4.json.zst": zstd_frame(document("four")),
            "m5.txt": b"Low tide.", "m6.TXT.GZ": gzip_member(b"High tide."),
            "m7.csv": b"id,text\n"}, [], ["one", "two", "three", "four", "m5.txt", "m6.TXT.GZ"]),
        between("files", "records named .txt", {"m.txt": ONE}, [], ["m.txt"],
                texts={"m.txt": ONE.decode()}),
        between("files", "a text named .jsonl", {"m.jsonl": b"Low tide.\n\nHigh tide."},
                [Row("broken_json", exact("byte 0: unexpected character"), "in/m.jsonl", line,
                     offset,
                     raw) for line, offset, raw in [(1, 0, b"Low tide."), (3, 11, b"High tide.")]],
                []),
        Case("files", "every file forced to be a text", {"m.jsonl": ONE, "n.txt": b"Low tide."}, [],
             ["m.jsonl", "n.txt"], texts={"m.jsonl": ONE.decode()}, flags=["--format", "text"]),
    ]


def deep_folder(folder: str) -> None:
    """A file at a path that is longer than the system takes at once."""
    descriptor = os.open(at(folder, ""), os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=descriptor)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(os.open("m.jsonl", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)


def permission_cases() -> list:
    """Files and folders that the user may not read; as root, the command runs as nobody."""
    user = NOBODY if os.geteuid() == 0 else None

    def closed(folder: str) -> None:
        os.chmod(at(folder, "m.jsonl"), 0)

    def closed_folder(folder: str) -> None:
        os.chmod(at(folder, "m"), 0)

    denied = "cannot open: Permission denied"
    return [
        between("files", "a file that may not be read", {"m.jsonl": ONE},
                [failed(denied, "m.jsonl")],
                [], prepare=closed, user=user),
        between("files", "a folder that may not be read", {"m/n.jsonl": ONE},
                [failed("cannot list the folder: Permission denied", "m")], [],
                prepare=closed_folder, user=user),
        Case("files", "a named file that may not be read", {"m.jsonl": ONE}, exit=2, fails=True,
             inputs=["in/m.jsonl"], prepare=closed, user=user,
             stderr=r"copydesk: in/m\.jsonl: Permission denied"),
        Case("files", "a named folder that may not be read", {"m/n.jsonl": ONE}, exit=2, fails=True,
             inputs=["in/m"], prepare=closed_folder, user=user,
             stderr=r"copydesk: in/m: Permission denied"),
    ]


def cross_links(folder: str) -> None:
    """Folders of which each has links to all others: 12! ways through them."""
    for one in range(12):
        os.mkdir(at(folder, f"d{one}"))
        for other in range(12):
            os.symlink(f"../d{other}", at(folder, f"d{one}/l{other}"))


def named_cases() -> list:
    """What is named and is not there, or is no file."""
    good = {"a.jsonl": documents("first"), "z.jsonl": documents("last")}
    inputs = ["in/a.jsonl", "in/m.jsonl", "in/z.jsonl"]

    def refused(name: str, message: str, prepare=None, **more) -> Case:
        return Case("files", name, good, exit=2, fails=True, stderr="^copydesk: " + message,
                    prepare=prepare, **{"inputs": inputs, **more})

    def send(data: bytes):
        def feed(folder: str, _process) -> None:
            with open(at(folder, "m.jsonl"), "wb") as out:
                out.write(data)
        return feed

    def fifo(folder: str) -> None:
        os.mkfifo(at(folder, "m.jsonl"))

    cases = [
        refused("a named file that is missing", r"in/m\.jsonl: No such file"),
        refused("a named link to itself", r"in/m\.jsonl: Too many levels",
                lambda f: os.symlink("m.jsonl", at(f, "m.jsonl"))),
        refused("a named link that leads nowhere", r"in/m\.jsonl: No such file",
                lambda f: os.symlink("/nowhere", at(f, "m.jsonl"))),
        refused("a path through a file", r"in/a\.jsonl/m\.jsonl: Not a directory",
                inputs=["in/a.jsonl/m.jsonl"]),
        refused("a name that is too long", r"x+: File name too long", inputs=["x" * 300]),
        refused("a folder without input", r"in/m: the folder holds no",
                lambda f: os.mkdir(at(f, "m")), inputs=["in/m"]),
        refused("folders with links to each other",
                r"in: links in it lead to more than 100000 folders",
                cross_links, inputs=["in"], only_run=True),
        refused("a list that is a folder", r"in: cannot read", inputs=["@in"]),
        refused("a list that is missing", r"list: No such file", inputs=["@list"]),
        refused("a list that names a missing file", r"gone\.jsonl: No such file",
                lambda f: write(os.path.join(f, "list"), b"in/a.jsonl\ngone.jsonl\n"),
                inputs=["@list"]),
        refused("a missing file of an evil name", r"\\x1b\[2J\\u\{202e\}\.jsonl: No such file",
                inputs=["\x1b[2J\u202e.jsonl"]),
        Case("files", "a list with CRLF and a folder", good, [], ["last", "first", "last"],
             inputs=["@list"], prepare=lambda f: write(os.path.join(f, "list"),
                                                       b"in/z.jsonl\r\n\r\nin\r\n")),
        Case("files", "a socket that is named", good,
             [Row("source_failed", r"in/m\.jsonl: byte 0: cannot open: No such device or address",
                  "in/m.jsonl", 1, 0)], ["first", "last"], inputs=inputs,
             prepare=lambda f: make_socket(at(f, "m.jsonl"))),
        Case("files", "/dev/null", good, [], ["first", "last"],
             inputs=["in/a.jsonl", "/dev/null", "in/z.jsonl"]),
        Case("files", "a FIFO that is named", good, [], ["first", "one", "two", "last"],
             inputs=inputs, prepare=fifo, during=send(ONE)),
        Case("files", "a FIFO of gzip", good, [], ["first", "one", "two", "last"], inputs=inputs,
             prepare=fifo, during=send(gzip_member(ONE))),
        Case("files", "a FIFO that is closed at once", good, [], ["first", "last"], inputs=inputs,
             prepare=fifo, during=send(b"")),
        Case("files", "a FIFO cut off", good,
             [Row("broken_json", r"byte \d+: string without end", "in/m.jsonl", 2,
                  len(documents("one")))],
             ["first", "one", "last"], inputs=inputs, prepare=fifo, during=send(ONE[:-4])),
        Case("files", "standard input is a folder", good,
             [Row("source_failed", "-: byte 0: cannot read: Is a directory", "-", 1, 0)],
             ["first", "last"], inputs=["in/a.jsonl", "-", "in/z.jsonl"], stdin_path="/"),
        Case("files", "standard input is closed", good,
             [Row("source_failed", "-: byte 0: cannot read: Bad file descriptor", "-", 1, 0)],
             ["first", "last"], inputs=["in/a.jsonl", "-", "in/z.jsonl"], stdin_path=""),
        Case("files", "standard input is empty", good, [], ["first", "last"],
             inputs=["in/a.jsonl", "-", "in/z.jsonl"], stdin=b""),
        refused("standard input twice", "-: standard input can be read only once",
                inputs=["-", "-"], stdin=b""),
        Case("files", "a file twice", good, [], ["first", "first"],
             inputs=["in/a.jsonl", "in/a.jsonl"]),
    ]
    return cases


def interrupted_cases() -> list:
    """What never ends must still hear Ctrl-C."""
    def interrupt(_folder: str, process) -> None:
        time.sleep(0.4)
        process.send_signal(signal.SIGINT)

    def stopped(name: str, inputs: list, prepare=None, during=interrupt, **more) -> Case:
        return Case("files", "interrupted: " + name, {}, exit=130, fails=True, inputs=inputs,
                    prepare=prepare, during=during, seconds=20, stderr="^copydesk: interrupted\n$",
                    **more)

    def silent_writer(folder: str, process) -> None:
        descriptor = os.open(at(folder, "m.jsonl"), os.O_WRONLY)
        os.write(descriptor, documents("one")[:20])
        try:
            interrupt(folder, process)
            process.wait(5)
        finally:
            os.close(descriptor)

    def fifo(folder: str) -> None:
        os.mkfifo(at(folder, "m.jsonl"))

    return [
        stopped("a FIFO to which nobody writes", ["in/m.jsonl"], fifo),
        stopped("a FIFO whose writer is silent", ["in/m.jsonl"], fifo, silent_writer),
        stopped("a text FIFO whose writer is silent", ["in/m.jsonl"], fifo, silent_writer,
                flags=["--format", "text"]),
        stopped("standard input that stays silent", ["-"], stdin_path="silent"),
        stopped("a line that never ends", ["/dev/zero"]),
    ]


def write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def changing_cases() -> list:
    """Files that change between the listing and the reading; a FIFO before them is the gate."""
    def changed(name: str, change, rejected: list, kept: list, content: bytes = ONE,
                **more) -> Case:
        def hold(folder: str, _process) -> None:
            with open(at(folder, "a.fifo"), "wb") as out:  # the inputs are listed once this is open
                change(folder)
                out.write(documents("held"))

        def prepare(folder: str) -> None:
            os.mkfifo(at(folder, "a.fifo"))

        def again(folder: str) -> None:
            path = at(folder, "m.jsonl")
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            elif os.path.lexists(path):
                os.unlink(path)
            write(path, content)

        return Case("files", "after the listing: " + name,
                    {"m.jsonl": content, "z.jsonl": documents("last")}, rejected,
                    ["held", *kept, "last"], inputs=["in/a.fifo", "in/m.jsonl", "in/z.jsonl"],
                    prepare=prepare, during=hold, again=again,
                    stderr="warning: in/m" if rejected else "", **more)

    def append(folder: str) -> None:
        with open(at(folder, "m.jsonl"), "ab") as out:
            out.write(documents("three")[:-4])

    def replace_by_folder(folder: str) -> None:
        os.unlink(at(folder, "m.jsonl"))
        os.mkdir(at(folder, "m.jsonl"))

    def replace_by_fifo(folder: str) -> None:
        os.unlink(at(folder, "m.jsonl"))
        os.mkfifo(at(folder, "m.jsonl"))

    def replace_by_other(folder: str) -> None:
        write(at(folder, "new"), documents("five", "six"))
        os.rename(at(folder, "new"), at(folder, "m.jsonl"))

    changed_message = "the file changed after the run began"
    member = gzip_member(ONE)
    return [
        changed("it vanishes", lambda f: os.unlink(at(f, "m.jsonl")),
                [failed("cannot open: No such file or directory", "m.jsonl")], []),
        changed("it grows", append, [failed(changed_message, "m.jsonl", 3, len(ONE))],
                ["one", "two"]),
        changed("it shrinks to half a record",
                lambda f: os.truncate(at(f, "m.jsonl"), len(ONE) - 30),
                [failed(changed_message, "m.jsonl", 2, len(documents("one")))], ["one"]),
        changed("it shrinks to nothing", lambda f: os.truncate(at(f, "m.jsonl"), 0),
                [failed(changed_message, "m.jsonl", 1, 0)], []),
        changed("it is touched", lambda f: os.utime(at(f, "m.jsonl"), (1, 1)),
                [failed(changed_message, "m.jsonl", 3, len(ONE))], ["one", "two"]),
        changed("it is another file", replace_by_other,
                [failed(changed_message, "m.jsonl", 3, len(documents("five", "six")))],
                ["five", "six"]),
        changed("it is a FIFO", replace_by_fifo, [failed(changed_message, "m.jsonl")], []),
        changed("it is a folder", replace_by_folder,
                [failed("cannot read: Is a directory", "m.jsonl")], []),
        changed("a gzip file shrinks", lambda f: os.truncate(at(f, "m.jsonl"), len(member) - 6),
                [Row("source_failed", rf"in/m\.jsonl: byte {len(member) - 6} of the compressed "
                     "file: " + changed_message, "in/m.jsonl", 3, len(ONE))], ["one", "two"],
                member),
        changed("it gets another name and keeps its bytes",
                lambda f: (os.rename(at(f, "m.jsonl"), at(f, "n")),
                           os.symlink("n", at(f, "m.jsonl"))), [], ["one", "two"]),
    ]


def name_cases() -> list:
    """Names of files: what they are shown as, and as what they become ids."""
    shown = {
        "latin-1": (b"caf\xe9.txt", "caf\ufffd.txt"),
        "a line break": (b"low\ntide.txt", "low\ntide.txt"),
        "escapes": (b"\x1b[2J\x07m.txt", "\x1b[2J\x07m.txt"),
        "turned direction": ("m\u202etxt.exe.txt".encode(), "m\u202etxt.exe.txt"),
        "C1 controls": ("m\u009b31m.txt".encode(), "m\u009b31m.txt"),
        "only blanks": (b"  .txt", "  .txt"),
        "quotes and backslashes": (b"m\"'\\.txt", "m\"'\\.txt"),
    }
    cases = []
    for name, (file, doc_id) in shown.items():
        def case(what: str, file: bytes, content: bytes, rejected: list, kept: list) -> Case:
            ids = [*kept, "first"] if file < b"a.jsonl" else ["first", *kept]
            return Case("names", f"{name}, of {what}",
                        {"a.jsonl": documents("first"), file: content,
                         "z.jsonl": documents("last")}, rejected, [*ids, "last"], explain=True)

        source = "in/" + doc_id[:-3] + "jsonl"
        records = file[:-3] + b"jsonl"
        cases += [
            case("a text", file, b"Low tide.", [], [doc_id]),
            case("records", records, BEFORE + b"{\n" + AFTER,
                 [Row("broken_json", MANY_LINES, source, 2, len(BEFORE),
                      b"{")],
                 ["before", "after"]),
            case("a broken archive", records + b".gz", gzip_member(ONE)[:-4],
                 [Row("truncated_stream", ".*gzip ends early", source + ".gz", 3, len(ONE))],
                 ["one", "two"]),
        ]
    return cases + [
        Case("names", "a name that looks like a flag", {"--help.jsonl": ONE}, [], ["one", "two"],
             inputs=["in"]),
        Case("names", "a name that looks like a list", {}, [], ["one", "two"],
             inputs=["./@m.jsonl"],
             prepare=lambda f: write(os.path.join(f, "@m.jsonl"), ONE)),
        Case("names", "a name of 255 bytes", {"x" * 249 + ".jsonl": ONE}, [], ["one", "two"]),
        Case("names", "ids that look like paths",
             {"m.jsonl": documents("../../etc/x", "/etc/x", ".")},
             [], ["../../etc/x", "/etc/x", "."]),
    ]


def together() -> list:
    """The whole default config over a folder in which much is wrong."""
    evil = "\x1b[2J\u202e"
    files = {
        "a.jsonl": documents("first"),
        "b.jsonl": BEFORE + b"{]\n" + b'{"text":7}\n' + b"\xff\n" + AFTER,
        "c.jsonl.gz": gzip_member(ONE)[:-3], "d.jsonl.zst": zstd_frame(documents("three"))[:-3],
        "e.jsonl": b"", "f.txt": b"Low tide\xff", f"g{evil}.jsonl": b"[]\n",
        "h.jsonl": "\ufeffÜ".encode("utf-16-le"), "z.jsonl": documents("last"),
    }
    rows = [Row("broken_json", ".*", "in/b.jsonl", 2),
            Row("text_not_string", ".*", "in/b.jsonl", 3),
            Row("invalid_utf8", ".*", "in/b.jsonl", 4),
            Row("truncated_stream", ".*", "in/c.jsonl.gz", 3),
            Row("truncated_stream", ".*", "in/d.jsonl.zst", 2),
            Row("invalid_utf8", ".*", "in/f.txt", 0),
            Row("not_an_object", ".*", f"in/g{evil}.jsonl", 1),
            Row("invalid_utf8", ".*", "in/h.jsonl", 1), failed(
                "not a regular file; it is read if it is named itself", "i.jsonl")]
    return [Case("together", "a folder in which much is wrong, all stages", files, rows,
                 ["first", "before", "after", "one", "two", "three", "last"], all_stages=True,
                 explain=True, prepare=lambda f: os.mkfifo(at(f, "i.jsonl")))]


def cases() -> list:
    return (folder_cases() + permission_cases() + named_cases() + interrupted_cases()
            + changing_cases() + name_cases() + together())
