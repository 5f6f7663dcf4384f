"""What the indexes benchmark prints and refuses, not what it measures: indexes.py <indexes>"""

import sys
import unittest

from program import CommandLine, run, table


class Indexes(CommandLine, unittest.TestCase):
    unit = "rows"

    def test_it_says_what_every_index_costs(self):
        done = run("--rounds", "1", "--rows", "10")
        header, *rows = table(done)
        self.assertEqual(header, ["index", "of", "us of a row", "without it", "costs"])
        self.assertEqual([row[:2] for row in rows],
                         [["session_by_start", "session"],
                          ["reservation_by_session", "reservation"],
                          ["hold_by_time", "reservation"], ["hold_by_session", "reservation"],
                          ["limited_by_member", "reservation"],
                          ["voucher_by_code", "voucher"], ["voucher_by_reservation", "voucher"]])
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
