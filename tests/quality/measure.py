#!/usr/bin/env python3
"""Measures the cleaning on the evaluation data and keeps the figures in one tidy CSV.

  measure.py COPYDESK [--csv FILE] [--only PART]... [--folds DIR] [--set STAGE.OPTION=VALUE]...
  measure.py COPYDESK --check [--tolerance X] ...     compares with the CSV instead of writing it

Parts: pages, content, extractors, templates, ablation, budget, rivals, fields (README.md says what
each is). A row is measure,set,variant,value,command; its command measures it again. A part that was
measured replaces its rows in the CSV; the others stay.

--folds DIR   fold-0.model … fold-4.model, each trained without the pages of its fold (fold of a
              host: its MD5 modulo 5). Each page is cleaned by the model that has not seen its host.
--set         an option for every run that has the stage, for example strip_lines.mode=strict;
              strings as they are, numbers and true/false as in JSON. Shows in the variant's name.

Without COPYDESK_EVAL_DATA it says so and exits 77. Standard library only.
"""
import argparse
import csv
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib

import evaldata
import rivals

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("measure", "set", "variant", "value", "command")
# The columns of score_chrome.py after the name of the set.
SCORES = ("docs", "content_lost", "captions_lifted", "chrome_left", "doc_f1", "doc_f1_untouched",
          "docs_harmed")
# The stages that are taken apart.
PACKS, TEMPLATES, MODEL = "strip_rules", "strip_templates", "strip_lines"
# Stages that change no text: they drop whole documents (drop_…) or relate them. Where only the
# cleaning is asked for, they are left out.
NO_CLEANING = ("match_reuse", "group_stories")
# The option of a stage that holds it back when it would take too much, and the value that never
# does.
GUARDS = {PACKS: ("max_share", 1.0), TEMPLATES: ("max_share", 1.0),
          MODEL: ("max_document_loss", 1.0)}
MODEL_OPTION = "model"
BUDGET_OPTION = "max_content_loss"
BUDGETS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)
EXTRACTORS = ("boilerpipe", "trafilatura", "go_domdistiller", "newspaper", "Diffbot", "readability",
              "dragnet", "goose3", "readability_js")
TEMPLATE_SET = "waddle"  # the set with at least five pages of each host


@dataclasses.dataclass(frozen=True)
class Row:
    measure: str
    set: str
    variant: str
    value: float
    command: str

    @property
    def key(self) -> tuple:
        return (self.measure, self.set, self.variant)


# --- configs -------------------------------------------------------------------------------------

def toml_value(value) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def toml_of(config: dict) -> str:
    """TOML of a table of values and of tables of values."""
    lines = [f"{k} = {toml_value(v)}" for k, v in config.items() if not isinstance(v, dict)]
    for name, table in config.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]"] + [f"{k} = {toml_value(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def config_of(default: dict, stages=None, options: dict | None = None) -> dict:
    """The default config with these stages only, in its order, and with these options of theirs:
    {"stage.option": value}; those of stages that are not there are left out."""
    chosen = [s for s in default["stages"] if stages is None or s in stages]
    config = {"stages": chosen, **{s: dict(default[s]) for s in chosen if s in default}}
    for name, value in (options or {}).items():
        stage, option = name.split(".", 1)
        if option in config.get(stage, {}):
            config[stage][option] = value
    return config


def cleaning(default: dict, left_out=()) -> list[str]:
    """The stages of the default config that change text or help those that do."""
    return [s for s in default["stages"]
            if not s.startswith("drop_") and s not in NO_CLEANING and s not in left_out]


def without_guards(default: dict) -> dict:
    return {f"{stage}.{option}": value for stage, (option, value) in GUARDS.items()
            if option in default.get(stage, {})}


def ablation_steps(default: dict) -> list[tuple[str, dict]]:
    """(variant, config): packs; with templates; with the model; with the guards of all."""
    steps, stages = [], cleaning(default, (PACKS, TEMPLATES, MODEL))
    for name, stage in (("packs", PACKS), ("+templates", TEMPLATES), ("+model", MODEL)):
        if stage in default["stages"]:
            stages = stages + [stage]
            steps.append((name, config_of(default, stages, without_guards(default))))
    return steps + [("+guard", config_of(default, stages))]


def unknown_settings(default: dict, settings: dict) -> list[str]:
    """Settings that no stage has: a slip, which would go unseen otherwise."""
    return [name for name in settings
            if name.split(".", 1)[1] not in default.get(name.split(".", 1)[0], {})]


def setting_text(name: str, value) -> str:
    """As in the CSV: of a path, only the file's name."""
    return f"{name}={pathlib.PurePath(value).name if isinstance(value, str) else value}"


def parse_setting(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    if "." not in name or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not STAGE.OPTION=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


# --- the CSV -------------------------------------------------------------------------------------

def read_csv(path: pathlib.Path) -> list[Row]:
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [Row(**{**row, "value": float(row["value"])}) for row in csv.DictReader(file)]


def merged(old: list[Row], new: list[Row]) -> list[Row]:
    """The new rows in place of all old ones of the same commands, sorted."""
    commands = {row.command for row in new}
    kept = [row for row in old if row.command not in commands]
    return sorted(kept + new, key=lambda row: (row.command, row.variant, row.set, row.measure))


def write_csv(path: pathlib.Path, rows: list[Row]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([row.measure, row.set, row.variant, f"{row.value:.4f}".rstrip("0")
                             .rstrip("."), row.command])


def differences(old: list[Row], new: list[Row], tolerance: float) -> list[str]:
    """What a check complains of: values that moved, in either direction, and rows that only one
    side has. Counts must be equal."""
    commands = {row.command for row in new}
    before = {row.key: row for row in old if row.command in commands}
    faults = []
    for row in new:
        was = before.pop(row.key, None)
        name = " ".join(row.key)
        if was is None:
            faults.append(f"{name}: {row.value:.4f}, not in the CSV")
        # The CSV has four digits; half of the last one is no difference.
        elif abs(row.value - was.value) > tolerance + 5e-5:
            faults.append(f"{name}: {was.value:.4f} in the CSV, {row.value:.4f} now")
    return faults + [f"{' '.join(key)}: in the CSV, not measured" for key in before]


def add_csv_flags(parser: argparse.ArgumentParser, csv_path: pathlib.Path) -> None:
    parser.add_argument("--csv", type=pathlib.Path, default=csv_path)
    parser.add_argument("--check", action="store_true", help="compare with the CSV, write nothing")
    parser.add_argument("--tolerance", type=float, default=0.0005,
                        help="how far a value may be from the CSV's (%(default)s)")


def check_or_write(args: argparse.Namespace, measured: list[Row]) -> int:
    """What add_csv_flags() promises; the exit status."""
    if args.check:
        faults = differences(read_csv(args.csv), measured, args.tolerance)
        print("\n".join(faults) or f"{len(measured)} values as in {args.csv.name}")
        return 1 if faults else 0
    write_csv(args.csv, merged(read_csv(args.csv), measured))
    print(f"{len(measured)} values in {args.csv}")
    return 0


# --- runs ----------------------------------------------------------------------------------------

def run_copydesk(binary: str, source: pathlib.Path, out: pathlib.Path,
                 config: dict | None = None) -> None:
    command = [binary, "run", str(source), "--out", str(out), "--quiet"]
    if config is not None:
        path = out.with_suffix(".toml")
        path.write_text(toml_of(config), encoding="utf-8")
        command += ["--config", str(path)]
    subprocess.run(command, check=True)


def default_config(binary: str, work: pathlib.Path) -> dict:
    """What the binary does without a config: it writes that into run.json."""
    record = work / "one.jsonl"
    record.write_text('{"id": "1", "outlet": "a.example", "text": "The ferry is late."}\n')
    run_copydesk(binary, record, work / "one")
    run = json.loads((work / "one" / "run.json").read_text(encoding="utf-8"))
    return tomllib.loads(run["config"])


def parse_scores(table: str) -> dict[str, dict[str, float]]:
    """{"set/extractor": {measure: value}} of what score_chrome.py prints."""
    scores = {}
    for line in table.splitlines()[1:]:
        cells = line.split()
        if len(cells) != len(SCORES) + 1 or "/" not in cells[0]:
            raise ValueError(f"score_chrome.py printed {line!r}")
        scores[cells[0]] = dict(zip(SCORES, map(float, cells[1:])))
    return scores


class Bench:
    """Prepared inputs, runs and scores, in a temporary folder that all parts share."""

    def __init__(self, binary: str, work: pathlib.Path, folds: pathlib.Path | None,
                 settings: dict):
        self.binary, self.work, self.folds, self.settings = binary, work, folds, settings
        self.scorer = evaldata.tool("score_chrome.py")
        self._prepared: dict[tuple, pathlib.Path] = {}
        self._audits: dict[tuple, pathlib.Path] = {}
        self._runs = 0
        self.default = default_config(binary, work)

    def prepared(self, labelled: pathlib.Path, content: bool, only: tuple) -> pathlib.Path:
        key = (labelled, content, only)
        if key not in self._prepared:
            path = self.work / f"input-{len(self._prepared)}.jsonl"
            with open(path, "wb") as file:
                subprocess.run([sys.executable, str(self.scorer), "prepare", str(labelled), *only]
                               + ["--content"] * content, check=True, stdout=file)
            self._prepared[key] = path
        return self._prepared[key]

    def run(self, source: pathlib.Path, config: dict) -> pathlib.Path:
        """The folder of a run; with folds, of five runs whose audits and texts are joined."""
        config = config_of({**config}, None, self.settings)
        key = (source, json.dumps(config, sort_keys=True))
        if key in self._audits:
            return self._audits[key]
        out = self.work / f"run-{self._runs}"
        self._runs += 1
        if self.folds is None or MODEL not in config["stages"]:
            run_copydesk(self.binary, source, out, config)
        else:
            self._run_folds(source, config, out)
        self._audits[key] = out
        return out

    def _run_folds(self, source: pathlib.Path, config: dict, out: pathlib.Path) -> None:
        out.mkdir()
        parts = [out / f"fold-{fold}.jsonl" for fold in range(evaldata.FOLDS)]
        files = [open(part, "w", encoding="utf-8") for part in parts]
        with open(source, encoding="utf-8") as records:
            for record in records:
                files[evaldata.fold_of(json.loads(record)["outlet"])].write(record)
        for file in files:
            file.close()
        for fold, part in enumerate(parts):
            model = str(self.folds / f"fold-{fold}.model")
            folded = {**config, MODEL: {**config[MODEL], MODEL_OPTION: model}}
            run_copydesk(self.binary, part, part.with_suffix(""), folded)
        for name in ("audit.jsonl", "clean.jsonl"):
            with open(out / name, "wb") as joined:
                for part in parts:
                    joined.write((part.with_suffix("") / name).read_bytes())

    def score(self, labelled: pathlib.Path, audit: pathlib.Path, content: bool, only: tuple
              ) -> dict[str, dict[str, float]]:
        scored = subprocess.run([sys.executable, str(self.scorer), "score", str(labelled),
                                 str(audit), *only] + ["--content"] * content,
                                check=True, capture_output=True, text=True)
        return parse_scores(scored.stdout)

    def variant(self, name: str, config: dict) -> str:
        """The name with what was set, and whether the model was held out."""
        parts = [name]
        parts += [setting_text(k, v) for k, v in self.settings.items()
                  if k.split(".", 1)[1] in config.get(k.split(".", 1)[0], {})]
        if self.folds is not None and MODEL in config["stages"]:
            parts.append("held_out")
        return " ".join(parts)


# --- the parts: each yields (measure, set, variant, value) ---------------------------------------

def scored(bench: Bench, name: str, config: dict, labelled: pathlib.Path, content=False, only=()):
    run = bench.run(bench.prepared(labelled, content, only), config)
    variant = bench.variant(name, config)
    scores = bench.score(labelled, run / "audit.jsonl", content, only)
    yield from flat(scores, variant, content)


def flat(scores: dict[str, dict[str, float]], variant: str, content: bool):
    for name, values in scores.items():
        where = name.replace("/page", "/content") if content else name
        for measure, value in values.items():
            # With content lines only, there is no chrome to leave.
            if not content or measure not in ("chrome_left", "doc_f1_untouched"):
                yield measure, where, variant, value


def pages(bench: Bench):
    yield from scored(bench, "default", bench.default, evaldata.labelled_pages())


def content(bench: Bench):
    yield from scored(bench, "default", bench.default, evaldata.labelled_pages(), content=True)


def extractors(bench: Bench):
    for extractor in EXTRACTORS:
        yield from scored(bench, "default", bench.default, evaldata.extractor_residue(),
                          only=("--extractor", extractor))


def templates(bench: Bench):
    for name, left_out in (("templates on", ()), ("templates off", (TEMPLATES,))):
        config = config_of(bench.default, cleaning(bench.default, left_out))
        yield from scored(bench, name, config, evaldata.labelled_pages(),
                          only=("--set", TEMPLATE_SET))


def ablation(bench: Bench):
    for name, config in ablation_steps(bench.default):
        yield from scored(bench, name, config, evaldata.labelled_pages())


def budget(bench: Bench):
    """What each content loss that a user may allow is in truth, and what it buys."""
    if MODEL not in bench.default["stages"]:
        return
    for share in BUDGETS:
        config = config_of(bench.default, cleaning(bench.default),
                           {f"{MODEL}.{BUDGET_OPTION}": share})
        yield from scored(bench, f"{BUDGET_OPTION} {share}", config, evaldata.labelled_pages())


def rival_rules(bench: Bench):
    inputs = ((evaldata.labelled_pages(), False), (evaldata.labelled_pages(), True),
              (evaldata.extractor_residue(), False))
    for name in rivals.RULES:
        for labelled, only_content in inputs:
            audit = bench.work / "rival.jsonl"
            with open(audit, "wb") as file:
                subprocess.run([sys.executable, str(HERE / "rivals.py"), name, str(labelled)]
                               + ["--content"] * only_content, check=True, stdout=file)
            yield from flat(bench.score(labelled, audit, only_content, ()), name, only_content)


def fields(bench: Bench):
    """Without the stages that drop documents, whose fields would be missing."""
    config = config_of(bench.default, cleaning(bench.default))
    run = bench.run(bench.prepared(evaldata.labelled_pages(), False, ()), config)
    for name in ("fundus", "aeb"):
        done = subprocess.run([sys.executable, str(HERE / "score_fields.py"),
                               str(run / "clean.jsonl"), "--set", name, "--json"],
                              check=True, capture_output=True, text=True)
        for field, figures in json.loads(done.stdout).items():
            for measure, value in figures.items():
                yield f"{field}_{measure}", name, bench.variant("default", config), value


PARTS = {"pages": pages, "content": content, "extractors": extractors, "templates": templates,
         "ablation": ablation, "budget": budget, "rivals": rival_rules, "fields": fields}


def command_of(part: str, folds: bool, settings: dict) -> str:
    words = ["measure.py", "COPYDESK", "--only", part]
    if part != "rivals":  # they know nothing of our options
        words += ["--folds", "DIR"] * folds + ["--set " + setting_text(k, v)
                                               for k, v in settings.items()]
    return " ".join(words)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary", metavar="COPYDESK")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART",
                        help=", ".join(PARTS))
    parser.add_argument("--folds", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--set", action="append", type=parse_setting, default=[], dest="settings",
                        metavar="STAGE.OPTION=VALUE")
    add_csv_flags(parser, HERE / "results.csv")
    args = parser.parse_args()

    evaldata.data_dir()
    settings = dict(args.settings)
    measured = []
    with tempfile.TemporaryDirectory(prefix="copydesk-quality-") as work:
        folds = args.folds.resolve() if args.folds else None
        bench = Bench(os.path.abspath(args.binary), pathlib.Path(work), folds, settings)
        if unknown := unknown_settings(bench.default, settings):
            parser.error(f"--set: no stage has the option {', '.join(unknown)}")
        for part in args.only or PARTS:
            command = command_of(part, folds is not None, settings)
            print(f"{part} …", file=sys.stderr)
            measured += [Row(*figures, command) for figures in PARTS[part](bench)]
    return check_or_write(args, measured)


if __name__ == "__main__":
    sys.exit(main())
