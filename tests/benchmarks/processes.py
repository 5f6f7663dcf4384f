"""What the processes benchmark prints and refuses, not what it measures: processes.py <processes>"""

import sys
import unittest

from program import CommandLine, run, table


class Processes(CommandLine, unittest.TestCase):
    unit = "milliseconds"

    def test_it_compares_several_processes_with_one_caller(self):
        done = run("--rounds", "2", "--milliseconds", "50")
        header, floor, *others = table(done)
        self.assertEqual(header[1:], ["per second", "ratio", "least / most", "holds"])
        self.assertEqual(floor[2:], ["1.00", "1.00", "yes"])
        self.assertEqual([each[0][0] for each in others], ["2", "4"])
        held = all(each[-1] == "yes" for each in others)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
