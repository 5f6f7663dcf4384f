"""What the sold_out benchmark prints and refuses, not what it measures: sold_out.py <sold_out>"""

import sys
import unittest

from program import CommandLine, run, table


class SoldOut(CommandLine, unittest.TestCase):
    unit = "questions"

    def test_it_compares_asking_with_the_floor(self):
        done = run("--rounds", "2", "--questions", "100")
        header, row = table(done)
        self.assertEqual(header[1:5], ["per second", "floor", "ratio", "at least"])
        self.assertEqual(done.returncode, 0 if row[-1] == "yes" else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
