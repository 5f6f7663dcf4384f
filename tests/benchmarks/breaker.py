"""What the breaker benchmark prints, not what it measures: breaker.py <breaker>"""

import sys
import unittest

from program import CommandLine, run, table


class Breaker(CommandLine, unittest.TestCase):
    unit = "calls"

    def test_it_sets_its_claims_against_what_it_measured(self):
        done = run("--rounds", "3", "--calls", "1000")
        rows = [row for row in table(done) if len(row) == 4]
        costs, claims = rows[:10], rows[10:]
        self.assertEqual(costs[0][1:], ["ns", "with another thread", "ratio"])
        self.assertTrue(all(float(each[1]) > 0 and float(each[2]) > 0 for each in costs[1:]))
        self.assertEqual(claims[0], ["claim", "is", "at most", "holds"])
        for _, value, at_most, holds in claims[1:]:
            self.assertEqual(holds, "yes" if float(value) <= float(at_most) else "no")
        held = len(claims) == 4 and all(each[-1] == "yes" for each in claims[1:])
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
