"""What the callers benchmark prints and refuses, not what it measures: callers.py <callers>"""

import re
import subprocess
import sys
import unittest

CALLERS = sys.argv[1]


def run(*arguments):
    return subprocess.run([CALLERS, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=300)


class Callers(unittest.TestCase):
    def test_it_compares_every_number_of_callers_with_the_floor(self):
        done = run("--rounds", "2", "--bookings", "64")
        lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
        header, *rows = [line for line in lines if len(line) > 1]
        self.assertEqual(header[1:5], ["per second", "floor", "ratio", "at least"])
        self.assertEqual([row[0] for row in rows], ["1", "8", "64"])
        held = all(row[-1] == "yes" for row in rows)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)

    def test_help_is_what_was_asked_for(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("usage: callers", done.stdout)

    def test_what_it_does_not_understand_it_says(self):
        for arguments, problem in ((["--fast"], "unknown argument: --fast"),
                                   (["--rounds"], "--rounds needs a value"),
                                   (["--rounds", "0"], "--rounds takes a number"),
                                   (["--bookings", "-1"], "--bookings takes a number"),
                                   (["--bookings", "7x"], "--bookings takes a number")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(problem, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
