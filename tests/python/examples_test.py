"""Examples say what they are known to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / f"{name}.py", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_the_readme_says_what_its_twin_in_cpp_says(tmp_path: Path) -> None:
    ended = run(tmp_path, "readme")
    assert (ended.stdout, ended.stderr) == ((EXAMPLES / "readme.expected").read_text(), "")


def test_the_quickstart_says_what_its_twin_in_cpp_says_to_the_letter(tmp_path: Path) -> None:
    for expected in ("quickstart.expected", "quickstart-second.expected"):
        ended = run(tmp_path, "quickstart", "--now", "2026-09-01T08:00:00+00:00", "--seed", "7")
        assert ended.stderr == ""
        assert ended.stdout == (EXAMPLES / expected).read_text(encoding="utf-8")


def test_the_quickstart_runs_on_any_day_and_names_what_it_cannot_open(tmp_path: Path) -> None:
    for day in ("2024-02-28T23:59:59.999+00:00", "2031-12-31T20:30:00+09:00"):
        assert run(tmp_path, "quickstart", "--now", day).returncode == 0
    ended = run(tmp_path, "quickstart", "--database", "missing/museum.db")
    assert ended.returncode == 1
    assert "missing/museum.db" in ended.stderr and "Traceback" not in ended.stderr
