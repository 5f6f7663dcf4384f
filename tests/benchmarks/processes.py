"""What the processes benchmark prints and refuses, not what it measures: processes.py <processes>"""

import re
import subprocess
import sys
import unittest

PROCESSES = sys.argv[1]


def run(*arguments):
    return subprocess.run([PROCESSES, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=300)


class Processes(unittest.TestCase):
    def test_it_compares_several_processes_with_one_caller(self):
        done = run("--rounds", "2", "--milliseconds", "50")
        lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
        header, floor, *others = [line for line in lines if len(line) > 1]
        self.assertEqual(header[1:], ["per second", "ratio", "least / most", "holds"])
        self.assertEqual(floor[2:], ["1.00", "1.00", "yes"])
        self.assertEqual([each[0][0] for each in others], ["2", "4"])
        held = all(each[-1] == "yes" for each in others)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)

    def test_help_is_what_was_asked_for(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("usage: processes", done.stdout)

    def test_what_it_does_not_understand_it_says(self):
        for arguments, problem in ((["--fast"], "unknown argument: --fast"),
                                   (["--rounds"], "--rounds needs a value"),
                                   (["--rounds", "0"], "--rounds takes a number"),
                                   (["--milliseconds", "-1"], "--milliseconds takes a number"),
                                   (["--milliseconds", "7x"], "--milliseconds takes a number")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(problem, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
