"""Installs the package as its users do, and runs its tests against what was installed.

    python3 tests/python/run.py [--only-this] [--library FOLDER] [--program FILE] [arguments]

A source archive is made of the tree, a wheel of that, outside the tree, and the wheel is installed in a
virtual environment of its own, under build/python/, keyed by the path of the interpreter. What has not
changed since is not made again. The tests run outside the tree: under the interpreter that this runs with
in three time zones, then under every other Python from 3.10 on that is found on the machine, in one.
With EXHIBITION_EFFORT=long, the long rounds run under this interpreter, in one time zone.

--only-this       leaves the others out
--library FOLDER  where CMake has built the library, which is the same for all: for the others only the
                  module is compiled, and not optimised
--program FILE    runs that program there, with what `[bench]` installs, in place of the tests
arguments         are pytest's, or the program's
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Optional

TREE = Path(__file__).resolve().parents[2]
TESTS = TREE / "tests" / "python"
TIME_ZONES = ("UTC", "Asia/Seoul", "America/New_York")
LASTS_LONG = os.environ.get("EXHIBITION_EFFORT") == "long"
OLDEST = (3, 10)
PROBE = """
import os, sys, sysconfig
print(os.path.realpath(sys.executable), *sys.version_info[:3])
import ensurepip, venv
header = os.path.join(sysconfig.get_path("include"), "Python.h")
print("" if os.path.exists(header) else f"has no {header}")
"""


class Python(NamedTuple):
    """An interpreter of this machine."""

    path: str
    version: tuple[int, ...]
    lacks: str
    """What it would need for the package to be built with it."""

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))}, {self.path}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only-this", action="store_true")
    parser.add_argument("--library", type=Path)
    parser.add_argument("--program", type=Path)
    options, arguments = parser.parse_known_args()
    this = look_at(sys.executable)
    if this is None or this.version < OLDEST:
        raise SystemExit(f"{sys.executable} is not Python 3.10 or later")
    if this.lacks:
        raise SystemExit(f"{this} {this.lacks}")
    if options.program is not None:
        python = environment(this, "bench", None)
        return subprocess.run([python, "-B", options.program, *arguments]).returncode
    python = environment(this, "test", None)
    zones = TIME_ZONES[:1] if LASTS_LONG else TIME_ZONES
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(test, python, this, zone, arguments) for zone in zones]
        if not options.only_this and not LASTS_LONG:
            runs += [pool.submit(test_other, other, options.library, arguments)
                     for other in others(this)]
        for each in runs:
            each.result()
    return 0


def test_other(other: Python, library: Optional[Path], arguments: Sequence[str]) -> None:
    if other.lacks:
        print(f"{other} is left out: it {other.lacks}", flush=True)
        return
    zone = TIME_ZONES[other.version[1] % len(TIME_ZONES)]
    test(environment(other, "test", library), other, zone, arguments)


def others(this: Python) -> Iterator[Python]:
    """Every other Python of the machine that is not too old, the oldest first."""
    folders = [*map(Path, os.get_exec_path()), Path("/usr/bin"), Path("/usr/local/bin")]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    names = (path for folder in folders for path in folder.glob("python3*"))
    looked_at = {look_at(str(path)) for path in names if re.fullmatch(r"python3(\.\d+)?", path.name)}
    found = {python.path: python for python in looked_at if python is not None}
    found.pop(this.path, None)
    return (python for python in sorted(found.values(), key=lambda each: each.version)
            if python.version >= OLDEST)


def look_at(path: str) -> Optional[Python]:
    """What the program says that it is; None when it is no Python that runs."""
    try:
        said = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    name, *lacks = said.stdout.splitlines() or [""]
    if not name:
        return None
    interpreter, *version = name.rsplit(" ", 3)
    why = lacks[0] if lacks else "has no module venv"
    return Python(interpreter, tuple(map(int, version)), why)


def test(python: Path, interpreter: Python, zone: str, arguments: Sequence[str]) -> None:
    """Runs the tests from elsewhere, so that nothing is found that was not installed."""
    with tempfile.TemporaryDirectory() as elsewhere:
        variables = {**os.environ, "TZ": zone, "EXHIBITION_VENV": str(python.parents[1])}
        variables.pop("PYTHONPATH", None)
        command = [str(python), "-B", "-m", "pytest", "--quiet"]
        command += ["-c", str(TREE / "pyproject.toml"), "--rootdir", str(TREE)]
        command += ["-p", "no:cacheprovider", *arguments, str(TESTS)]
        ended = subprocess.run(command, cwd=elsewhere, env=variables, capture_output=True, text=True)
    print(f"{interpreter}, TZ={zone}\n{ended.stdout}{ended.stderr}", flush=True)
    if ended.returncode != 0:
        raise SystemExit(ended.returncode)


def environment(interpreter: Python, extra: str, library: Optional[Path]) -> Path:
    """The interpreter of an environment in which the package is installed, with what `extra` needs."""
    home = TREE / "build" / "python" / re.sub(r"\W+", "-", interpreter.path).strip("-")
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        run([interpreter.path, "-m", "venv", home / "venv"])
        run([python, "-m", "pip", "install", "--quiet", "build"])
    made = home / "source"
    shutil.rmtree(made, ignore_errors=True)
    run([python, "-m", "build", "--sdist", "--outdir", made, TREE], quiet=True)
    (archive,) = made.iterdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    marks = [home / "installed-package", home / f"installed-{extra}"]
    if all(mark.exists() and mark.read_text() == digest for mark in marks):
        return python
    force = [] if marks[0].exists() and marks[0].read_text() == digest else ["--force-reinstall"]
    for mark in marks:
        mark.unlink(missing_ok=True)
    print(f"{interpreter}: the package is being built", flush=True)
    settings = [] if library is None else against(library, home / "library")
    run([python, "-m", "pip", "install", "--quiet", *force, *settings, f"{archive}[{extra}]"])
    for mark in marks:
        mark.write_text(digest)
    return python


def against(library: Path, prefix: Path) -> list[str]:
    """What tells pip to compile the module alone, against the library that is built there."""
    shutil.rmtree(prefix, ignore_errors=True)
    run(["cmake", "--install", library, "--prefix", prefix], quiet=True)
    (config,) = prefix.rglob("exhibition-config.cmake")
    settings = {
        "cmake.source-dir": "bindings/python",
        "cmake.build-type": "Debug",
        "cmake.define.CMAKE_CXX_FLAGS_DEBUG": "-O0",
        "cmake.define.exhibition_DIR": config.parent,
    }
    return [f"--config-settings={name}={value}" for name, value in settings.items()]


def run(command: Sequence[object], quiet: bool = False) -> None:
    output = subprocess.PIPE if quiet else None
    ended = subprocess.run(list(map(str, command)), stdout=output, stderr=subprocess.STDOUT, text=True)
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{ended.stdout or ''}")


if __name__ == "__main__":
    raise SystemExit(main())
