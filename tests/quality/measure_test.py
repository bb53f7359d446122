#!/usr/bin/env python3
"""What measure.py does without data: configs, variants, the CSV and its check.

  measure_test.py
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import unittest

import evaldata
import measure

DEFAULT = {"stages": ["detect_language", "strip_rules", "strip_templates", "lift_fields",
                      "drop_short", "match_reuse"],
           "run": {"threads": 0},
           "strip_rules": {"packs": [], "max_share": 0.3},
           "strip_templates": {"min_support": 2, "max_share": 0.5, "templates": "a \"b\""},
           "lift_fields": {"captions": "lift"}, "match_reuse": {"contains": 0.5, "on": True}}
WITH_MODEL = {**DEFAULT, "stages": ["detect_language", "strip_rules", "strip_templates",
                                    "strip_lines", "lift_fields"],
              "strip_lines": {"model": "", "max_document_loss": 0.05}}
TABLE = """set       docs  content lost  of it captions  chrome left   doc F1  untouched  …
aeb/page   181        0.0052          0.0010       0.4916   0.7845     0.6365  0.044
"""


def row(name="doc_f1", value=0.5, command="c", variant="v"):
    return measure.Row(name, "aeb/page", variant, value, command)


class Configs(unittest.TestCase):
    def test_toml_round_trip(self):
        config = measure.config_of(DEFAULT)
        self.assertEqual(tomllib.loads(measure.toml_of(config)), config)

    def test_stages_and_options(self):
        config = measure.config_of(DEFAULT, ["lift_fields", "strip_rules"],
                                   {"strip_rules.max_share": 1.0, "match_reuse.on": False})
        self.assertEqual(config, {"stages": ["strip_rules", "lift_fields"],
                                  "strip_rules": {"packs": [], "max_share": 1.0},
                                  "lift_fields": {"captions": "lift"}})
        self.assertEqual(DEFAULT["strip_rules"]["max_share"], 0.3)

    def test_ablation_without_a_model(self):
        steps = measure.ablation_steps(DEFAULT)
        self.assertEqual([name for name, _ in steps], ["packs", "+templates", "+guard"])
        self.assertEqual([c["stages"] for _, c in steps],
                         [["detect_language", "strip_rules", "lift_fields"]] +
                         [["detect_language", "strip_rules", "strip_templates", "lift_fields"]] * 2)
        self.assertEqual([c["strip_rules"]["max_share"] for _, c in steps], [1.0, 1.0, 0.3])

    def test_ablation_with_a_model(self):
        steps = dict(measure.ablation_steps(WITH_MODEL))
        self.assertEqual(list(steps), ["packs", "+templates", "+model", "+guard"])
        self.assertNotIn("strip_lines", steps["+templates"]["stages"])
        self.assertEqual(steps["+model"]["stages"], WITH_MODEL["stages"])
        self.assertEqual([steps[name]["strip_lines"]["max_document_loss"]
                          for name in ("+model", "+guard")], [1.0, 0.05])

    def test_settings(self):
        self.assertEqual(measure.parse_setting("a.b=1"), ("a.b", 1))
        self.assertEqual(measure.parse_setting("a.b=strict"), ("a.b", "strict"))
        for text in ("a.b", "a=1", "a.b="):
            with self.assertRaises(argparse.ArgumentTypeError):
                measure.parse_setting(text)
        settings = {"strip_rules.max_share": 1, "strip_rules.nothing": 1, "strip_lines.mode": 1}
        self.assertEqual(measure.unknown_settings(DEFAULT, settings),
                         ["strip_rules.nothing", "strip_lines.mode"])
        self.assertEqual(measure.setting_text("a.model", "models/m.model"), "a.model=m.model")


class Scores(unittest.TestCase):
    def test_table(self):
        scores = measure.parse_scores(TABLE)
        self.assertEqual(scores["aeb/page"]["doc_f1"], 0.7845)
        self.assertEqual(scores["aeb/page"]["docs_harmed"], 0.044)
        with self.assertRaises(ValueError):
            measure.parse_scores(TABLE + "3 documents have no audit record\n")

    def test_content_lines_have_no_chrome(self):
        rows = list(measure.flat(measure.parse_scores(TABLE), "v", True))
        self.assertNotIn("chrome_left", [r[0] for r in rows])
        self.assertEqual({r[1] for r in rows}, {"aeb/content"})


class Csv(unittest.TestCase):
    def test_round_trip(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "r.csv"
            self.assertEqual(measure.read_csv(path), [])
            rows = [row(value=0.5), row("docs", 100)]
            measure.write_csv(path, rows)
            self.assertEqual(measure.read_csv(path), rows)

    def test_a_part_replaces_its_rows_only(self):
        old = [row("a", 1, "x"), row("b", 1, "x"), row("a", 1, "y")]
        self.assertEqual(measure.merged(old, [row("a", 2, "x")]),
                         [row("a", 2, "x"), row("a", 1, "y")])

    def test_check(self):
        self.assertEqual(measure.differences([row(), row(command="else")], [row()], 0), [])
        for value, faults in ((0.5, 0), (0.5099, 0), (0.51, 0), (0.5102, 1), (0.4898, 1)):
            self.assertEqual(len(measure.differences([row()], [row(value=value)], 0.01)), faults)
        self.assertEqual(measure.differences([], [row()], 1),
                         ["doc_f1 aeb/page v: 0.5000, not in the CSV"])
        self.assertEqual(measure.differences([row(), row("x")], [row()], 1),
                         ["x aeb/page v: in the CSV, not measured"])


# Writes, as the audit, which model cleaned which record.
FAKE_BINARY = """#!{python}
import json, pathlib, sys, tomllib
args = sys.argv[2:]
out = pathlib.Path(args[args.index("--out") + 1])
out.mkdir()
config = {{"stages": ["strip_lines"], "strip_lines": {{"model": "", "mode": "auto"}}}}
(out / "run.json").write_text(json.dumps({{"config":
    'stages = ["strip_lines"]\\n[strip_lines]\\nmodel = ""\\nmode = "auto"\\n'}}))
if "--config" in args:
    config = tomllib.loads(pathlib.Path(args[args.index("--config") + 1]).read_text())
with open(out / "audit.jsonl", "w") as audit, open(out / "clean.jsonl", "w") as clean:
    for line in open(args[0]):
        row = dict(json.loads(line), **config["strip_lines"])
        audit.write(json.dumps(row) + "\\n")
        clean.write(json.dumps(row) + "\\n")
"""


class Folds(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        work = pathlib.Path(self.folder.name)
        self.binary = work / "copydesk"
        self.binary.write_text(FAKE_BINARY.format(python=sys.executable))
        self.binary.chmod(0o755)
        (work / "score_chrome.py").write_text("")
        old = {k: os.environ.get(k) for k in ("COPYDESK_EVAL_DATA", "COPYDESK_EVAL_TOOLS")}
        self.addCleanup(lambda: [os.environ.pop(k) if v is None else os.environ.update({k: v})
                                 for k, v in old.items()])
        os.environ.update(COPYDESK_EVAL_DATA=str(work), COPYDESK_EVAL_TOOLS=str(work))
        self.work = work
        self.input = work / "input.jsonl"
        self.input.write_text("".join(f'{{"id": "{c}", "outlet": "{c}.example"}}\n'
                                      for c in "abcd"))

    def bench(self, folds, settings=None):
        return measure.Bench(str(self.binary), self.work, folds, settings or {})

    def test_each_page_gets_the_model_of_its_fold(self):
        bench = self.bench(pathlib.Path("models"))
        out = bench.run(self.input, measure.config_of(bench.default))
        for name in ("audit.jsonl", "clean.jsonl"):
            models = {r["id"]: r["model"] for r in evaldata.rows(out / name)}
            self.assertEqual(models, {"a": "models/fold-0.model", "b": "models/fold-3.model",
                                      "c": "models/fold-3.model", "d": "models/fold-1.model"})
        self.assertEqual(bench.variant("default", bench.default), "default held_out")

    def test_without_folds(self):
        bench = self.bench(None, {"strip_lines.mode": "strict"})
        out = bench.run(self.input, measure.config_of(bench.default))
        rows = list(evaldata.rows(out / "audit.jsonl"))
        self.assertEqual([(r["id"], r["model"], r["mode"]) for r in rows],
                         [(c, "", "strict") for c in "abcd"])
        self.assertEqual(bench.variant("default", bench.default),
                         "default strip_lines.mode=strict")

    def test_the_same_run_is_done_once(self):
        bench = self.bench(None)
        config = measure.config_of(bench.default)
        self.assertEqual(bench.run(self.input, config), bench.run(self.input, dict(config)))
        self.assertNotEqual(bench.run(self.input, config), bench.run(self.input, measure.config_of(
            bench.default, None, {"strip_lines.mode": "x"})))


class Data(unittest.TestCase):
    def test_folds(self):
        # Of `printf a.example | md5sum`, the sum of the hexadecimal digits modulo 5.
        self.assertEqual([evaldata.fold_of(f"{c}.example") for c in "abcdef"], [0, 3, 3, 1, 1, 3])

    def test_skips_without_data(self):
        environment = {k: v for k, v in os.environ.items() if k != "COPYDESK_EVAL_DATA"}
        for script in (["measure.py", "copydesk"], ["score_fields.py", "clean.jsonl"]):
            command = [sys.executable, str(measure.HERE / script[0]), *script[1:]]
            for data in ({}, {"COPYDESK_EVAL_DATA": "/nowhere"}):
                done = subprocess.run(command, env={**environment, **data}, capture_output=True,
                                      text=True)
                self.assertEqual(done.returncode, evaldata.SKIPPED)
                self.assertIn("skipped: COPYDESK_EVAL_DATA", done.stderr)


if __name__ == "__main__":
    unittest.main()
