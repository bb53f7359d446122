"""Where the evaluation data stands, and how its records are read; for the scripts of this folder.

The data is not part of the project: COPYDESK_EVAL_DATA names its folder, COPYDESK_EVAL_TOOLS that
of the scorers (without it: `tools` beside the data). A script that needs data which is not there
says so and exits with SKIPPED, which is neither success nor failure.
"""
import gzip
import hashlib
import json
import os
import pathlib
import sys
from typing import Iterator

SKIPPED = 77
FOLDS = 5


def skip(why: str) -> None:
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def data_dir() -> pathlib.Path:
    folder = os.environ.get("COPYDESK_EVAL_DATA")
    if not folder:
        skip("COPYDESK_EVAL_DATA is not set; it names the folder of the evaluation data")
    if not pathlib.Path(folder).is_dir():
        skip(f"COPYDESK_EVAL_DATA: there is no folder {folder}")
    return pathlib.Path(folder).resolve()


def tool(name: str) -> pathlib.Path:
    """A scorer, for example tool("score_chrome.py")."""
    folder = os.environ.get("COPYDESK_EVAL_TOOLS") or data_dir().parent / "tools"
    path = pathlib.Path(folder).resolve() / name
    if not path.is_file():
        skip(f"there is no scorer {path}; COPYDESK_EVAL_TOOLS names the folder of the scorers")
    return path


def labelled_pages() -> pathlib.Path:
    return data_dir() / "chrome" / "labelled_lines.jsonl.gz"


def extractor_residue() -> pathlib.Path:
    return data_dir() / "chrome" / "extractor_residue.jsonl.gz"


def rows(path: os.PathLike) -> Iterator[dict]:
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def record_id(row: dict) -> str:
    """The id that `score_chrome.py prepare` gives a labelled page."""
    return "/".join([row["set"], row.get("extractor", "page"), row["id"]])


def fold_of(outlet: str) -> int:
    """The fold of a page: all pages of a host are in one, so that no model is scored on its own."""
    return int(hashlib.md5(outlet.encode()).hexdigest(), 16) % FOLDS
