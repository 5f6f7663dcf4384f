"""Runs the benchmarks one after the other, and writes what they found into docs/: run.py [--long] [--only NAME]

Each prints a table when it is done; in the end all figures are in docs/benchmarks.txt, and their ratios
in docs/benchmarks.svg. Exits with 1 when a figure is not what is asked, or a benchmark has failed: one
in which a place was sold twice says that in place of a figure.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import figures

TREE = Path(__file__).resolve().parents[1]
PACKAGE = ("-B", str(TREE / "tests/python/run.py"), "--only-this", "--program",
           str(TREE / "benchmarks/package.py"))
LONG = {
    "growth": ("--reservations", "10000000"),
    "rebuild": ("--events", "1000000"),
}
"""What `--long` has them do more of."""
LONG_NEEDS_GB = 30
BUSY = 0.5
"""A load from which on figures are worth little."""


class Program(NamedTuple):
    name: str
    command: Sequence[str]


class Outcome(NamedTuple):
    findings: list[figures.Finding]
    failures: list[str]
    """What those have said that found nothing."""


def programs(folder: Path, long: bool, only: Sequence[str]) -> list[Program]:
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: `make bench` builds it")
    found = [Program(each.name, (str(each), *(LONG.get(each.name, ()) if long else ())))
             for each in sorted(folder.iterdir())]
    found.append(Program("package", (sys.executable, *PACKAGE, str(folder / "reserve"))))
    names = [each.name for each in found]
    if unknown := [each for each in only if each not in names]:
        raise SystemExit(f"there is no benchmark {unknown[0]}, but there are {', '.join(names)}")
    return [each for each in found if not only or each.name in only]


def check_machine(long: bool) -> None:
    load = os.getloadavg()[0]
    if load > BUSY:
        print(f"The machine is busy (load {load:.1f}): its figures will be worth little.",
              file=sys.stderr)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free / 1024**3
    if long and free < LONG_NEEDS_GB:
        raise SystemExit(f"{folder} has {free:.0f} GiB free; the long benchmarks need "
                         f"{LONG_NEEDS_GB}: free some, or set TMPDIR to a folder elsewhere")


def run_all(all_programs: Sequence[Program], arguments: Sequence[str]) -> Outcome:
    outcome = Outcome([], [])
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, command) in enumerate(all_programs, 1):
            print(f"\n[{number}/{len(all_programs)}] {name}", file=sys.stderr, flush=True)
            found = Path(folder, name)
            ended = subprocess.run([*command, *arguments, "--figures", str(found)],
                                   stdin=subprocess.DEVNULL)
            findings = figures.read(found) if found.exists() else []
            outcome.findings.extend(findings)
            if not findings:
                outcome.failures.append(f"{name} has found nothing: it exited with "
                                        f"{ended.returncode}, and says above why")
    return outcome


def write(outcome: Outcome, took: float, docs: Path) -> None:
    machine = (f"{datetime.date.today():%B %Y}, {os.cpu_count()} cores, "
               f"SQLite {sqlite3.sqlite_version}; {took / 60:.0f} minutes in all")
    text = [f"Ours and the floor in turns, medians of each; {machine}.\n",
            "Ratios are the medians of those of the rounds. Made by `make bench`.\n\n",
            figures.table(outcome.findings), *(f"\n{each}\n" for each in outcome.failures)]
    (docs / "benchmarks.txt").write_text("".join(text), "utf-8")
    title = "How many a second, beside the floor, which is 1 (a mark: what is asked)"
    (docs / "benchmarks.svg").write_text(figures.chart(outcome.findings, title), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true",
                        help="with 10,000,000 reservations in a file, and the rebuild of a million "
                        f"events: needs {LONG_NEEDS_GB} GiB in TMPDIR, or else /tmp")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="this benchmark, and others that are named so; docs/ stays as it is")
    parser.add_argument("--rounds", metavar="N", help="of each benchmark (9)")
    parser.add_argument("--programs", type=Path, metavar="FOLDER",
                        default=TREE / "build/release/benchmarks/bin",
                        help="where they have been built (build/release/benchmarks/bin)")
    parser.add_argument("--docs", type=Path, metavar="FOLDER",
                        help="where to write benchmarks.txt and benchmarks.svg (docs)")
    options = parser.parse_args()
    docs = options.docs or (None if options.only else TREE / "docs")
    all_programs = programs(options.programs, options.long, options.only)
    check_machine(options.long)
    start = time.monotonic()
    outcome = run_all(all_programs, ["--rounds", options.rounds] if options.rounds else [])
    if docs:
        write(outcome, time.monotonic() - start, docs)
    missed = [each.figure for each in outcome.findings if not each.holds]
    for each in (*(f"not what is asked: {each}" for each in missed), *outcome.failures):
        print(each)
    if docs:
        print(f"All figures are in {docs / 'benchmarks.txt'} and {docs / 'benchmarks.svg'}.")
    return 1 if missed or outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
