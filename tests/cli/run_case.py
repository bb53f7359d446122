#!/usr/bin/env python3
"""Runs one case of the command line: a file of commands and what they must do.

usage: run_case.py COPYDESK SAMPLES CASE

A case is read line by line, in a new folder with $SAMPLES set and `copydesk` on the PATH:

  # a comment
  file NAME         the lines after it that begin with "| " become this file
  $ COMMAND         run by sh; the lines below are about it
  tty$ COMMAND      the same on a terminal of 100 columns; both streams come as stdout
  interrupt$ COMMAND  fed with records for ever; gets SIGINT after half a second
  exit N            its exit code; 0 if there is no such line
  out REGEX         is found in standard output (^ and $ are ends of lines)
  err REGEX         is found in standard error
  !out, !err REGEX  is not found
  quiet out, quiet err   the stream is empty
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

TIMEOUT = 120


class Step:
    def __init__(self, line, kind, command):
        self.line, self.kind, self.command = line, kind, command
        self.exit, self.checks = 0, []


def parse(path):
    """The files to write and the steps of a case."""
    files, steps, current = {}, [], None
    with open(path, encoding="utf-8") as lines:
        for number, raw in enumerate(lines, 1):
            line = raw.rstrip("\n")
            word, _, rest = line.partition(" ")
            if line.startswith("|"):
                files[current] += line[2:] + "\n"
            elif not line or word == "#":
                continue
            elif word == "file":
                current = rest
                files[current] = ""
            elif word in ("$", "tty$", "interrupt$"):
                steps.append(Step(number, word, rest))
            elif word == "exit":
                steps[-1].exit = int(rest)
            elif word in ("out", "err", "!out", "!err", "quiet"):
                steps[-1].checks.append((number, word, rest))
            else:
                sys.exit(f"{path}:{number}: not a line of a case: {line}")
    return files, steps


def run_plain(command, folder, env):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT)
    return done.returncode, done.stdout, done.stderr


def run_on_terminal(command, folder, env):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 100, 0, 0))
    process = subprocess.Popen(["sh", "-c", command], cwd=folder, env=env,
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    output = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        output += piece
    os.close(ours)
    return process.wait(TIMEOUT), output, b""


def run_interrupted(command, folder, env):
    # Not through sh: the signal is for the command alone.
    process = subprocess.Popen(command.split(), cwd=folder, env=env, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    start, sent, number = time.monotonic(), False, 0
    try:
        while process.poll() is None and time.monotonic() - start < TIMEOUT:
            process.stdin.write(b'{"id":"%d","text":"Ferry number %d left the quay."}\n'
                                % (number, number))
            number += 1
            if not sent and time.monotonic() - start > 0.5:
                process.send_signal(signal.SIGINT)
                sent = True
    except BrokenPipeError:
        pass
    try:
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    out, err = process.communicate(timeout=TIMEOUT)
    return process.returncode, out, err


RUNNERS = {"$": run_plain, "tty$": run_on_terminal, "interrupt$": run_interrupted}


def faults_of(step, code, streams):
    if code != step.exit:
        yield step.line, f"exit {code}, not {step.exit}"
    for line, word, pattern in step.checks:
        if word == "quiet":
            if streams[pattern]:
                yield line, f"standard {pattern} is not empty"
            continue
        found = re.search(pattern, streams[word.lstrip("!")], re.MULTILINE) is not None
        if found == word.startswith("!"):
            yield line, f"{'found' if found else 'not found'}: {pattern}"


def main():
    copydesk, samples, case = (os.path.abspath(arg) for arg in sys.argv[1:])
    files, steps = parse(case)
    if not steps:
        sys.exit(f"{case}: no command")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        tools = os.path.join(folder, ".tools")
        os.mkdir(tools)
        os.symlink(copydesk, os.path.join(tools, "copydesk"))
        env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        env.update(PATH=tools + os.pathsep + env["PATH"], SAMPLES=samples, TERM="xterm")
        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(content)
        for step in steps:
            code, out, err = RUNNERS[step.kind](step.command, folder, env)
            streams = {"out": out.decode("utf-8", "replace"), "err": err.decode("utf-8", "replace")}
            faults = list(faults_of(step, code, streams))
            for line, message in faults:
                print(f"{case}:{line}: {message}")
            if faults:
                failed = True
                print(f"  $ {step.command}\n  exit {code}")
                for name, text in streams.items():
                    print(f"  --- {name} ---\n{text}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
