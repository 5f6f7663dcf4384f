"""What the callers benchmark prints and refuses, not what it measures: callers.py <callers>"""

import sys
import unittest

from program import CommandLine, run, table


class Callers(CommandLine, unittest.TestCase):
    unit = "bookings"

    def test_it_compares_every_number_of_callers_with_the_floor(self):
        done = run("--rounds", "2", "--bookings", "64")
        header, *rows = table(done)
        self.assertEqual(header[1:5], ["per second", "floor", "ratio", "at least"])
        self.assertEqual([row[0] for row in rows], ["1", "8", "64"])
        held = all(row[-1] == "yes" for row in rows)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
