"""What type checkers are told is what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stubs import STUB, make_stub

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_stub_is_that_of_the_module() -> None:
    assert make_stub() == STUB.read_text(), "run tests/python/stubs.py with this interpreter"


def test_the_package_its_tests_and_the_examples_are_typed(tmp_path: Path) -> None:
    tests = sorted(map(str, Path(__file__).parent.glob("*.py")))
    examples = sorted(map(str, EXAMPLES.glob("*.py")))
    for checked in (["-p", "exhibition"], tests, examples):
        mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path)]
        ended = subprocess.run([*mypy, *checked], capture_output=True, text=True, cwd=tmp_path)
        assert ended.returncode == 0, ended.stdout + ended.stderr
