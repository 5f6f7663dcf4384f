"""What the isolation benchmark prints and refuses, not what it measures: isolation.py <isolation>"""

import sys
import unittest

from program import CommandLine, run, table


class Isolation(CommandLine, unittest.TestCase):
    unit = "bookings"

    def test_it_compares_every_variant_with_the_floor(self):
        done = run("--rounds", "2", "--bookings", "20")
        header, floor, *others = table(done)
        self.assertEqual(header[1:], ["per second", "p99 ms", "ratio", "p99 ratio", "holds"])
        self.assertEqual(floor[3:], ["1.00", "1.00", "yes"])
        self.assertEqual([each[0] for each in others],
                         ["a follower that sleeps", "a follower that throws",
                          "a projection that sleeps", "a projection that throws"])
        held = all(each[-1] == "yes" for each in others)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
