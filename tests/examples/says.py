"""Runs a program in an empty folder and compares what it says: says.py <expected> <program> [<argument> ...]"""

import difflib
import subprocess
import sys
import tempfile
from pathlib import Path


def run(folder, program, *arguments):
    """What the program does in the folder: its exit code, its output and its errors."""
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, timeout=300)
    return done.returncode, done.stdout, done.stderr.decode()


def compare(expected, said):
    """The differences between the file and what was said, line by line; byte for byte the same is ''."""
    if Path(expected).read_bytes() == said:
        return ""
    before = Path(expected).read_text(encoding="utf-8").splitlines()
    after = said.decode(errors="replace").splitlines()
    lines = difflib.unified_diff(before, after, str(expected), "what it says", lineterm="")
    return "\n".join(lines) or f"{expected}: the ends of lines differ"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        code, said, errors = run(folder, *sys.argv[2:])
    problem = compare(sys.argv[1], said)
    print(problem, errors, sep="\n")
    sys.exit(bool(problem or code))
