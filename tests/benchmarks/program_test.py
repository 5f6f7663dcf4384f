"""What a benchmark prints and refuses, not what it measures:

    program_test.py PROGRAM UNIT AMOUNT

UNIT is what the option is called that says how much it does in a round, AMOUNT something little.
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, UNIT, AMOUNT = sys.argv[1:]
NUMBER = re.compile(r"-?\d+(\.\d+)?|inf|-?nan")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=300)


class Program(unittest.TestCase):
    def test_help_is_what_was_asked_for(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"usage: {Path(PROGRAM).name}", done.stdout)

    def test_what_it_does_not_understand_it_says(self):
        option = f"--{UNIT}"
        for arguments, problem in ((["--fast"], "unknown argument: --fast"),
                                   (["--rounds"], "--rounds needs a value"),
                                   (["--rounds", "0"], "--rounds takes a number"),
                                   (["--figures"], "--figures needs a value"),
                                   ([option], f"{option} needs a value"),
                                   ([option, "0"], f"{option} takes a number"),
                                   ([option, "-1"], f"{option} takes a number"),
                                   ([option, "7x"], f"{option} takes a number")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(problem, done.stderr)

    def test_a_line_for_each_figure_says_whether_it_is_what_is_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            figures = Path(folder, "figures")
            done = run("--rounds", "2", f"--{UNIT}", AMOUNT, "--figures", str(figures))
            findings = [line.split("\t") for line in figures.read_text("utf-8").splitlines()]
        self.assertIn("round 2 of 2", done.stderr)
        title, _, header, *lines = done.stdout.splitlines()
        self.assertTrue(title.startswith(f"{Path(PROGRAM).name}: medians of 2 rounds of {AMOUNT}"))
        self.assertEqual(header.split(), ["figure", "ours", "floor", "ratio", "asked", "holds"])
        self.assertEqual(len(findings), len(lines))
        all_hold = True
        for (name, figure, unit, ours, floor, ratio, least, most), line in zip(findings, lines):
            self.assertEqual(name, Path(PROGRAM).name)
            self.assertTrue(line.startswith(figure), line)
            for number in (ours, floor, ratio, least, most):
                self.assertTrue(number == "" or NUMBER.fullmatch(number), number)
            self.assertTrue(ours or ratio, line)
            holds = ((not least or float(ratio) >= float(least))
                     and (not most or float(ours) <= float(most)))
            if least or most:
                self.assertTrue(line.endswith(" yes" if holds else " no"), line)
            all_hold = all_hold and holds
        self.assertEqual(done.returncode, 0 if all_hold else 1, done.stderr)

    def test_a_file_that_cannot_be_written_is_an_error(self):
        done = run("--rounds", "1", f"--{UNIT}", AMOUNT, "--figures", "/no/such/folder/figures")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write to /no/such/folder/figures", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
