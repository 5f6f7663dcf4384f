"""Examples say what they are known to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("name", ["readme"])
def test_an_example_says_what_its_twin_in_cpp_says(name: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / f"{name}.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (ended.stdout, ended.stderr) == ((EXAMPLES / f"{name}.expected").read_text(), "")
