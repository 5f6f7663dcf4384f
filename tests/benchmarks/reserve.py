"""What the reserve benchmark prints and refuses, not what it measures: reserve.py <reserve>"""

import re
import subprocess
import sys
import unittest

RESERVE = sys.argv[1]


def run(*arguments):
    return subprocess.run([RESERVE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=300)


class Reserve(unittest.TestCase):
    def test_it_says_how_many_a_second_each_storage_takes(self):
        done = run("--rounds", "2", "--bookings", "20")
        lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
        header, *rows = [line for line in lines if len(line) > 1]
        self.assertEqual(header, ["reserve on", "per second"])
        self.assertEqual([each[0] for each in rows], ["memory", "an SQLite file"])
        self.assertTrue(all(float(each[1]) > 0 for each in rows))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)

    def test_help_is_what_was_asked_for(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("usage: reserve", done.stdout)

    def test_what_it_does_not_understand_it_says(self):
        for arguments, problem in ((["--fast"], "unknown argument: --fast"),
                                   (["--bookings"], "--bookings needs a value"),
                                   (["--bookings", "0"], "--bookings takes a number")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(problem, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
