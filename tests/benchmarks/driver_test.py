"""What is written of the benchmarks' figures: driver_test.py"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from figures import Finding, chart, line, parse, table  # noqa: E402

FAST = Finding("callers", "8 callers / raw", "/s", 24000, 8000, 3.0, 2.5, None)
SLOW = Finding("reads", "my page <1> / raw", "/s", 4000, 8000, 0.5, 0.7, None)
WAIT = Finding("callers", "the longest wait", "ms", 12.5, None, None, None, 60)
BARE = Finding("parts", "the clock", "ns", 41.9, None, None, None, None)
SIZE = Finding("footprint", "opening / raw", "ms", 1.5, 0.5, 3.0, None, None)
ALL = [FAST, SLOW, WAIT, BARE, SIZE]


class Figures(unittest.TestCase):
    def test_what_is_written_of_a_figure_is_read_again(self):
        for each in ALL:
            self.assertEqual(parse(line(each)), each)

    def test_a_table_says_what_holds_and_what_does_not(self):
        rows = table(ALL).splitlines()
        self.assertEqual(rows[0].split(), ["figure", "ours", "floor", "ratio", "asked", "holds"])
        self.assertEqual(rows[1].split()[-6:], ["24,000/s", "8,000/s", "3.00", ">=", "2.50", "yes"])
        self.assertEqual(rows[2].split()[-1], "NO")
        self.assertEqual(rows[3].split()[-4:], ["12.5ms", "<=", "60.0ms", "yes"])
        self.assertTrue(rows[4].endswith("41.9ns"))

    def test_a_chart_has_a_bar_for_the_ratio_of_every_rate(self):
        root = ElementTree.fromstring(chart(ALL, "a & b"))
        texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("a & b", texts)
        self.assertIn(SLOW.figure, texts)
        self.assertFalse({WAIT.figure, SIZE.figure} & set(texts))
        bars = list(root.iter("{http://www.w3.org/2000/svg}rect"))
        self.assertEqual(len(bars), 1 + 2)  # one is the background


GOOD = f"""#!{sys.executable}
import sys
open(sys.argv[sys.argv.index("--figures") + 1], "a").write({line(FAST)!r})
"""
BROKEN = f"""#!{sys.executable}
import sys
sys.exit("a place was sold twice")
"""


class Driver(unittest.TestCase):
    def run_with(self, programs, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in programs.items():
                path = Path(folder, name)
                path.write_text(text, "utf-8")
                path.chmod(0o755)
            with tempfile.TemporaryDirectory() as docs:
                only = [each for name in programs for each in ("--only", name)]
                done = subprocess.run(
                    [sys.executable, "-B", BENCHMARKS / "run.py", "--programs", folder, "--docs",
                     docs, *only, *arguments],
                    capture_output=True, encoding="utf-8", timeout=60)
                written = {each.name: each.read_text("utf-8") for each in Path(docs).iterdir()}
        return done, written

    def test_all_figures_are_in_one_text_and_one_chart(self):
        done, written = self.run_with({"good": GOOD})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(FAST.figure, written["benchmarks.txt"])
        self.assertIn(FAST.figure, written["benchmarks.svg"])

    def test_one_that_breaks_its_word_says_so_in_place_of_a_figure(self):
        done, written = self.run_with({"good": GOOD, "broken": BROKEN})
        self.assertEqual(done.returncode, 1)
        self.assertIn("a place was sold twice", done.stderr)
        self.assertIn("broken has found nothing", written["benchmarks.txt"])
        self.assertIn(FAST.figure, written["benchmarks.txt"])

    def test_a_benchmark_that_is_not_there_is_named(self):
        done, _ = self.run_with({"good": GOOD}, "--only", "nobody")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no benchmark nobody, but there are good, package", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
