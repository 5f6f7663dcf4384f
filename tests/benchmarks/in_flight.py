"""What the in_flight benchmark prints and refuses, not what it measures: in_flight.py <in_flight>"""

import sys
import unittest

from program import CommandLine, run, table


class InFlight(CommandLine, unittest.TestCase):
    unit = "bookings"

    def test_it_compares_every_number_in_flight_with_both_floors(self):
        done = run("--rounds", "2", "--bookings", "1024")
        header, *rows = table(done)
        self.assertEqual(header[1:5], ["per second", "batches", "ratio", "at least"])
        self.assertEqual([row[0] for row in rows], ["64", "256", "1024"])
        held = all(row[-1] == "yes" for row in rows)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
