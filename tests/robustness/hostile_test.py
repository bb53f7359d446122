#!/usr/bin/env python3
"""Hostile files and names: nothing hangs, nothing is written elsewhere, nothing reaches a terminal.

usage: hostile_test.py COPYDESK
"""

import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import threading
import unittest

COPYDESK = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
TIMEOUT = 60
# Controls but line breaks, and marks that turn direction. Colours are ours: they are allowed apart.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")
EVIL = "\x1b]0;pwned\x07\x1b[31m\x9b31m\u202etxt.exe\r\x08"
TEXT = ("The harbour council met on Tuesday to hear the plans for the bridge and the people of the "
        "town asked many questions about the cost of it and who would pay for it in the end.")


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="copydesk-hostile-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "in.jsonl"
        self.input.write_text(json.dumps({"id": "a", "text": TEXT}) + "\n")

    def run_copydesk(self, *words, code=None):
        done = subprocess.run([COPYDESK, *map(str, words)], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TIMEOUT, check=False)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode(
            "utf-8", "surrogateescape")

    # --- Files that a config names, and configs ----------------------------------------------

    def odd_files(self):
        """Something that is no config, pack, model, table or template file, by name."""
        fifo = self.folder / "fifo.toml"
        os.mkfifo(fifo)
        folder = self.folder / "folder.toml"
        folder.mkdir()
        binary = self.folder / "binary.toml"
        binary.write_bytes(bytes(range(256)) * 40)
        large = self.folder / "large.toml"
        with open(large, "wb") as out:
            out.truncate(100 << 20)
        return {"fifo": fifo, "folder": folder, "binary": binary, "large": large,
                "endless": pathlib.Path("/dev/zero"), "missing": self.folder / "missing.toml"}

    def test_odd_files_are_refused_with_their_name(self):
        config = self.folder / "c.toml"
        for name, path in self.odd_files().items():
            quoted = json.dumps(str(path))
            for what in ("config", "packs", "model", "background", "templates"):
                with self.subTest(file=name, used_as=what):
                    option = {"packs": f"[strip_rules]\npacks = [{quoted}]\n",
                              "model": f"[strip_lines]\nmodel = {quoted}\n",
                              "background": f"[group_stories]\nbackground = {quoted}\n",
                              "templates": f"[strip_templates]\ntemplates = {quoted}\n"}.get(what)
                    if option:
                        config.write_text(option)
                    if (name, what) == ("large", "templates"):
                        continue  # a hundred megabytes are not too many for templates
                    if (name, what) == ("endless", "templates"):
                        continue  # a gigabyte is read before it is
                    out = self.folder / "out"
                    _, said = self.run_copydesk("run", self.input, "--config",
                                                config if option else path, "--out", out, code=2)
                    self.assertIn(str(path), said)
                    self.assertLess(len(said), 100000)
                    self.assertFalse(out.exists())

    def test_a_config_may_come_through_a_pipe(self):
        reading, writing = os.pipe()
        with open(writing, "wb") as pipe:
            pipe.write(b"stages = []\n")
        out = self.folder / "out"
        done = subprocess.run([COPYDESK, "run", self.input, "--out", out, "--config",
                               f"/dev/fd/{reading}", "--quiet"], pass_fds=[reading],
                              timeout=TIMEOUT, check=False)
        os.close(reading)
        self.assertEqual(done.returncode, 0)

    def test_a_pack_of_many_rules_is_taken_and_one_of_too_many_refused(self):
        pack = self.folder / "pack.toml"
        config = self.folder / "c.toml"
        config.write_text(f'stages = ["strip_rules"]\n[strip_rules]\npacks = ["{pack}"]\n')
        rule = ('[[rule]]\nid = "nav.r{0}"\nreason = "nav.menu"\nscope = "line"\n'
                'phrases = ["go r{0}"]\nmatch = ["go r{0}"]\n')
        for count, code in ((5000, 0), (10001, 2)):
            pack.write_text('language = "en"\n' + "".join(map(rule.format, range(count))))
            _, said = self.run_copydesk("run", self.input, "--config", config, "--out",
                                        self.folder / "out", "--force", code=code)
            self.assertEqual("rules, more than 10000" in said, code == 2, said)

    def test_a_pattern_whose_automaton_outgrows_its_memory_still_answers(self):
        """RE2 falls back to a slower way; it must never be taken for "no match"."""
        pack = self.folder / "pack.toml"
        # Whether the 17th letter from the end is an a: an automaton of 2^17 states.
        pack.write_text('language = "en"\n[[rule]]\nid = "nav.big"\nreason = "nav.menu"\n'
                        'scope = "line"\nmax_bytes = 60000\npattern = \'[ab ]*a[ab ]{16}\'\n'
                        'match = ["abbbbbbbbbbbbbbbb bb"]\n'.replace(" bb\"", "\""))
        config = self.folder / "c.toml"
        config.write_text(f'stages = ["strip_rules"]\n[strip_rules]\npacks = ["{pack}"]\n'
                          "languages = [\"de\"]\nmax_share = 1.0\n")
        state = 1
        letters = []
        for _ in range(59000):
            state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            letters.append("ab"[state >> 63])
        hit = "".join(letters) + "a" + "b" * 16
        miss = "".join(letters) + "b" * 17
        self.input.write_text("".join(json.dumps({"id": name, "text": f"{text}\n{TEXT}"}) + "\n"
                                      for name, text in (("hit", hit), ("miss", miss))))
        out = self.folder / "out"
        self.run_copydesk("run", self.input, "--config", config, "--out", out, code=0)
        texts = {row["id"]: row["text"] for row in
                 map(json.loads, (out / "clean.jsonl").read_text().splitlines())}
        self.assertEqual(texts["hit"], TEXT)
        self.assertTrue(texts["miss"].startswith(miss))

    # --- Names ----------------------------------------------------------------------------------

    def test_no_data_becomes_a_file_name(self):
        names = ["../../escaped", "/tmp/escaped-" + self.folder.name, "a\0b", "x" * 300, "..", ".",
                 "", "con", "~", "$(touch escaped)", "a/b/c", "clean.jsonl", EVIL]
        with open(self.input, "w", encoding="utf-8") as out:
            for number, name in enumerate(names * 3):
                out.write(json.dumps({
                    "id": name, "outlet": name, "url": f"http://{name}/{name}", "title": name,
                    "date": name, "language": name,
                    "text": f"{name}\n{TEXT} {number // len(names)}\n{name}"}) + "\n")
        before = self.everything()
        out = self.folder / "deep" / "er" / "out"
        out.parent.mkdir(parents=True)
        self.run_copydesk("run", self.input, "--out", out, "--keep-removed", code=0)
        new = self.everything() - before
        expected = {"deep", "deep/er", "deep/er/out"} | {
            f"deep/er/out/{name}" for name in
            ("audit.jsonl", "clean.jsonl", "clusters.jsonl", "dropped.jsonl", "pairs.jsonl",
             "rejected.jsonl", "run.json", "stories.jsonl", "templates.jsonl")}
        self.assertEqual(new, expected)
        self.assertFalse(os.path.exists("/tmp/escaped-" + self.folder.name))

    def everything(self):
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    # --- What people see -------------------------------------------------------------------------

    def assert_safe(self, said, what):
        left = COLOUR.sub("", said.replace("\r\n", "\n").replace("\r\x1b[2K", "").replace(
            "\x1b[K", "").replace("\r", "\n"))
        self.assertEqual(UNSAFE.findall(left), [], f"{what}: {said!r}")

    def on_terminal(self, *words):
        """What a command writes to a terminal."""
        master, slave = pty.openpty()
        said = []

        def read():
            while True:
                try:
                    some = os.read(master, 65536)
                except OSError:
                    return
                if not some:
                    return
                said.append(some)

        reader = threading.Thread(target=read)
        reader.start()
        child = subprocess.Popen([COPYDESK, *map(str, words)], stdin=slave, stdout=slave,
                                 stderr=slave, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        child.wait(timeout=TIMEOUT)
        reader.join(timeout=TIMEOUT)
        os.close(master)
        return b"".join(said).decode("utf-8", "replace")

    def test_nothing_of_the_data_reaches_a_terminal_raw(self):
        evil = EVIL.replace("/", "")
        folder = self.folder / f"in{evil}"
        folder.mkdir()
        source = folder / f"{evil}.jsonl"
        source.write_text("".join(json.dumps({
            "id": f"{evil}{number}", "outlet": evil, "title": evil, "date": evil,
            "text": f"{evil}\n{TEXT}\n{evil} {number}"}) + "\n" for number in range(3)) +
            "{broken " + json.dumps(evil) + "\n", encoding="utf-8")
        out = self.folder / f"out{evil}"
        missing = self.folder / f"missing{evil}"
        config = self.folder / f"c{evil}.toml"
        config.write_text(f"stages = [{json.dumps(evil)}]\n{json.dumps(evil)} = 1\n")
        for words in (("run", folder, "--out", out), ("run", folder, "--out", out),
                      ("explain", out, "--id", f"{evil}1"), ("explain", out, "--id", evil),
                      ("compare", f"{out}/clean.jsonl#{evil}0", f"{out}/clean.jsonl#{evil}1"),
                      ("compare", missing, missing), ("verify", out), ("verify", missing),
                      ("plan", folder, "--out", missing), ("run", missing, "--out", missing),
                      ("run", folder, "--config", config, "--out", missing), ("check", config),
                      ("check", missing), ("stages", evil), ("run", f"--{evil}"),
                      ("learn", folder, "--out", f"{missing}.jsonl"), (evil,)):
            with self.subTest(command=words[0], arguments=words[1:]):
                self.assert_safe(self.on_terminal(*words), "on a terminal")
                said, errors = self.run_copydesk(*words)
                self.assert_safe(errors, "standard error")
                if words[0] not in ("clean",):
                    self.assert_safe(said, "standard output")


if __name__ == "__main__":
    unittest.main(verbosity=1)
