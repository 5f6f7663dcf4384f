"""What the reads benchmark prints and refuses, not what it measures: reads.py <reads>"""

import sys
import unittest

from program import CommandLine, run, table


class Reads(CommandLine, unittest.TestCase):
    unit = "reads"

    def test_it_compares_every_read_with_the_floor_alone_and_beside_a_writer(self):
        done = run("--rounds", "2", "--reads", "50")
        header, *rows = table(done)
        self.assertEqual(header[1:5], ["per second", "floor", "ratio", "at least"])
        self.assertEqual([row[0] for row in rows],
                         ["my page", "my page, beside a writer",
                          "availability", "availability, beside a writer"])
        held = all(row[-1] == "yes" for row in rows)
        self.assertEqual(done.returncode, 0 if held else 1, done.stderr)
        self.assertIn("round 2 of 2", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
