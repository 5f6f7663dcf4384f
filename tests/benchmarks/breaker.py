"""What the breaker benchmark prints, not what it measures: breaker.py <breaker>"""

import re
import subprocess
import sys
import unittest

BREAKER = sys.argv[1]


class Breaker(unittest.TestCase):
    def test_it_sets_its_claims_against_what_it_measured(self):
        done = subprocess.run([BREAKER, "--rounds", "3", "--calls", "1000"], encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
        rows = [line for line in lines if len(line) == 4]
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
