"""What the reserve benchmark prints and refuses, not what it measures: reserve.py <reserve>"""

import sys
import unittest

from program import CommandLine, run, table


class Reserve(CommandLine, unittest.TestCase):
    unit = "bookings"

    def test_it_says_how_many_a_second_each_storage_takes(self):
        done = run("--rounds", "2", "--bookings", "20")
        header, *rows = table(done)
        self.assertEqual(header, ["reserve on", "per second"])
        self.assertEqual([each[0] for each in rows], ["memory", "an SQLite file"])
        self.assertTrue(all(float(each[1]) > 0 for each in rows))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
