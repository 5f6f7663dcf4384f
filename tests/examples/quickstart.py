"""What the quickstart says and does: quickstart.py <quickstart> <examples folder>

Nothing is masked: with --now and --seed a first run on a new file, and a second one on the same
file, are the same byte for byte as the .expected files.
"""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

from says import compare, run

QUICKSTART, EXAMPLES = sys.argv[1], Path(sys.argv[2])
DAY = ("--now", "2026-09-01T08:00:00Z", "--seed", "7")


class Quickstart(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_it(self, *arguments):
        code, said, errors = run(self.folder, QUICKSTART, *arguments)
        self.assertEqual((code, errors), (0, ""), said.decode())
        return said

    def refuse(self, *arguments, code=2):
        answered, said, errors = run(self.folder, QUICKSTART, *arguments)
        self.assertEqual((answered, said), (code, b""), errors)
        return errors

    def test_a_first_and_a_second_run_are_known_to_the_letter(self):
        self.assertEqual(compare(EXAMPLES / "quickstart.expected", self.run_it(*DAY)), "")
        self.assertEqual(compare(EXAMPLES / "quickstart-second.expected", self.run_it(*DAY)), "")

    def test_it_runs_on_any_day(self):
        for day in ("2024-02-28T23:59:59.999Z", "2024-02-29T00:00:00Z", "2031-12-31T20:30:00+09:00"):
            self.run_it("--now", day)
        self.run_it()  # now, with the system's random bits
        self.run_it()

    def test_another_day_finds_the_exhibitions_of_the_first(self):
        self.run_it("--now", "2026-09-01T08:00:00Z")
        said = self.run_it("--now", "2026-09-02T08:00:00Z").decode()
        self.assertIn("0 exhibitions registered, 36 found", said)

    def test_every_run_draws_codes_of_its_own(self):
        said = [self.run_it(*DAY), self.run_it(*DAY), self.run_it("--now", DAY[1])]
        codes = [re.findall(r"\b[0-9A-Z]{26}\b", each.decode()) for each in said]
        drawn = {code for each in codes for code in each}
        self.assertEqual(len(drawn), sum(len(set(each)) for each in codes))

    def test_the_file_may_lie_elsewhere(self):
        (self.folder / "a folder").mkdir()
        self.run_it("--database", "a folder/시험.sqlite")
        self.assertTrue((self.folder / "a folder/시험.sqlite").is_file())

    def test_what_it_does_not_understand_it_says(self):
        self.assertIn("unknown argument: --fast", self.refuse("--fast"))
        self.assertIn("--seed needs a value", self.refuse("--seed"))
        self.assertIn("--database needs a path", self.refuse("--database", ""))
        for seed in ("", "-1", "7x", "18446744073709551616"):
            self.assertIn("--seed takes a number", self.refuse("--seed", seed))
        for now in ("", "today", "2026-09-01", "2026-02-30T08:00:00Z", "2026-09-01T24:00:00Z",
                    "2026-09-01T08:00:00", "2026-09-01T08:00:00+0900", "2026-9-01T08:00:00Z",
                    "2026-09-01T08:00:00.Z", "2026-09-01T08:00:00Zz"):
            self.assertIn("--now takes a time like", self.refuse("--now", now))

    def test_a_store_that_cannot_be_opened_is_named(self):
        self.assertIn("missing/museum.db", self.refuse("--database", "missing/museum.db", code=1))

    def test_data_that_cannot_be_used_is_named(self):
        data = self.folder / "data.json"
        self.assertIn("data.json: cannot be read", self.refuse("--data", str(data), code=1))
        good = json.loads((EXAMPLES / "data/exhibitions.json").read_text(encoding="utf-8"))
        for field, value, problem in (("at", "25:00", "time of day"), ("at", 10, "must be string"),
                                      ("capacty", 40, "unknown field 'capacty'")):
            broken = json.loads(json.dumps(good))
            broken["exhibitions"][1]["sessions"][0][field] = value
            data.write_text(json.dumps(broken), encoding="utf-8")
            errors = self.refuse("--data", str(data), code=1)
            self.assertIn("data.json, exhibition 2: ", errors)
            self.assertIn(problem, errors)

    def test_it_helps(self):
        self.assertIn(b"usage: quickstart", self.run_it("--help"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
