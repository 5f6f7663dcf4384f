"""Installs the package as its users do, and runs its tests against what was installed.

    python3 tests/python/run.py [pytest's arguments]

A source archive is made of the tree, a wheel of that, outside the tree, and the wheel is installed in a
virtual environment of its own, under build/python/, keyed by the interpreter that this runs with. What
has not changed since is not made again. The tests run outside the tree, in three time zones.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
TESTS = TREE / "tests" / "python"
TIME_ZONES = ("UTC", "Asia/Seoul", "America/New_York")


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 10):
        raise SystemExit(f"{sys.executable} is Python {sys.version.split()[0]}; 3.10 is needed")
    interpreter = Path(sys.executable).resolve()
    home = TREE / "build" / "python" / re.sub(r"\W+", "-", str(interpreter)).strip("-")
    print(f"Python {sys.version.split()[0]}, {interpreter}", flush=True)
    venv = home / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        run([interpreter, "-m", "venv", venv])
        run([python, "-m", "pip", "install", "--quiet", "build"])
    install(home, python)
    status = 0
    for zone in TIME_ZONES:
        print(f"TZ={zone}", flush=True)
        status |= test(venv, zone, arguments)
    return status


def install(home: Path, python: Path) -> None:
    """Installs the package, unless what is installed was made of the same source archive."""
    made = home / "source"
    shutil.rmtree(made, ignore_errors=True)
    run([python, "-m", "build", "--sdist", "--outdir", made, TREE], quiet=True)
    (archive,) = made.iterdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    installed = home / "installed"
    if installed.exists() and installed.read_text() == digest:
        return
    installed.unlink(missing_ok=True)
    run([python, "-m", "pip", "install", "--quiet", "--force-reinstall", f"{archive}[test]"])
    installed.write_text(digest)


def test(venv: Path, zone: str, arguments: list[str]) -> int:
    """Runs the tests from elsewhere, so that nothing is found that was not installed."""
    with tempfile.TemporaryDirectory() as elsewhere:
        environment = {**os.environ, "TZ": zone, "EXHIBITION_VENV": str(venv)}
        environment.pop("PYTHONPATH", None)
        command = [str(venv / "bin" / "python"), "-B", "-m", "pytest", "--quiet"]
        command += ["-c", str(TREE / "pyproject.toml"), "--rootdir", str(TREE)]
        command += ["-p", "no:cacheprovider", *arguments, str(TESTS)]
        return subprocess.run(command, cwd=elsewhere, env=environment).returncode


def run(command: Sequence[object], quiet: bool = False) -> None:
    output = subprocess.PIPE if quiet else None
    ended = subprocess.run(list(map(str, command)), stdout=output, stderr=subprocess.STDOUT, text=True)
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{ended.stdout or ''}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
