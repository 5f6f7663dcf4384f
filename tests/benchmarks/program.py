"""What every benchmark's program does alike. Each has a test of its own, beside this file."""

import re
import subprocess
import sys
from pathlib import Path

PROGRAM = sys.argv[1]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=300)


def table(done):
    """The rows that it has printed, each of several cells."""
    lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    return [line for line in lines if len(line) > 1]


class CommandLine:
    """Tests of the command line, for a TestCase that says what its `unit` of work is called."""

    def test_help_is_what_was_asked_for(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"usage: {Path(PROGRAM).name}", done.stdout)

    def test_what_it_does_not_understand_it_says(self):
        option = f"--{self.unit}"
        for arguments, problem in ((["--fast"], "unknown argument: --fast"),
                                   (["--rounds"], "--rounds needs a value"),
                                   (["--rounds", "0"], "--rounds takes a number"),
                                   ([option], f"{option} needs a value"),
                                   ([option, "0"], f"{option} takes a number"),
                                   ([option, "-1"], f"{option} takes a number"),
                                   ([option, "7x"], f"{option} takes a number")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(problem, done.stderr)
