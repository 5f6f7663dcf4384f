"""What a reservation and a guarded call cost in Python, beside C++ and beside what one would write
or install instead:

    package.py PATH_TO_RESERVE [--rounds N] [--bookings N] [--figures FILE] [--help]

PATH_TO_RESERVE is the program of reserve.cpp. It claims nothing, and exits with 1 when one of those
that are measured breaks its word: a place sold twice or not at all, or an event too few.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib.metadata import version
from itertools import repeat
from pathlib import Path

import exhibition
import pybreaker
from figures import Finding, line
from rivals import DAY, Books, Broken, Museum, Refused, by_hand, mapped

MORE = 10
"""How many times as much those do that write no file, for it takes them so short a time."""

CPP_IN_MEMORY = "the same from C++, in memory"
CPP_ON_FILE = "the same from C++, on a file"
IN_MEMORY = "a reserve from Python, in memory"
ON_FILE = "a reserve from Python, on a file"
BY_HAND = "one by hand, with sqlite3"
MAPPED = "one by hand, with SQLAlchemy"
DECORATED = "a call, by a decorator"
BLOCK = "a call, in a `with` block"
THEIR_DECORATED = "by pybreaker's decorator"
THEIR_BLOCK = "in pybreaker's `with` block"
BARE = "with no guard"

COMPARISONS = (
    (IN_MEMORY, CPP_IN_MEMORY),
    (ON_FILE, CPP_ON_FILE),
    (ON_FILE, BY_HAND),
    (ON_FILE, MAPPED),
    (DECORATED, THEIR_DECORATED),
    (BLOCK, THEIR_DECORATED),
    (BLOCK, THEIR_BLOCK),
    (DECORATED, BARE),
)

NOTES = """\
Ratios are of the left to the right, medians of those of each round: above 1, the left is quicker.

Reserving: one caller, each time another member and an idempotency key of its own, a session with
places for all, one transaction each; nobody follows the log meanwhile. By hand, too, a commit
survives a power cut (WAL, synchronous=FULL), and BEGIN IMMEDIATE keeps other writers out while the
key is looked up, the exhibition and the session are checked, the places are counted, and the
reservation, its event and its key are written. Every run ends with a request that is sent again,
another one under its key, one place too many, and a recount. On a file most of the time is the
disk's, which is the same for all: one sync for each commit.

By hand there are no holds that end, no limits for members, no times of sale, no vouchers, no reader
of the log, nobody is told to come back later, and a connection is for one thread.

Guarding: a function that does nothing, on one thread. pybreaker's breaker counts failures in a row,
and has the others wait while it calls a function; exhibition's judges the share of the calls that
fail, and of those that are slow, in a window of time, and has nobody wait for a call.
"""


@contextmanager
def ours(places: int, file: Path | str) -> Iterator[Museum]:
    """The library's engine."""
    with exhibition.open(file) as engine:
        starts_at = datetime.datetime.now(datetime.timezone.utc) + DAY
        (session,) = engine.catalogue.register_exhibition(
            "Monet", sessions=[exhibition.NewSession(starts_at, capacity=places)]
        ).sessions
        head = engine.events.head()

        def books() -> Books:
            if findings := engine.audit():
                raise Broken(f"the audit found {findings}")
            taken = engine.bookings.availability(session).in_force
            reservations = sum(1 for _ in engine.bookings.list())
            return Books(reservations, taken, engine.events.head() - head)

        yield Museum(partial(engine.bookings.reserve, session), books)


def in_memory(places: int, file: Path) -> AbstractContextManager[Museum]:
    """The library's engine, with no file."""
    return ours(places, ":memory:")


def refusal(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (exhibition.Refusal, Refused) as no:
        return str(no.code)
    return "yes"


def check_museum(museum: Museum, sold: int) -> None:
    """Raises Broken unless so many places were sold, of so many, each to one member."""
    member, key = f"member-{sold - 1}", f"request-{sold - 1}"
    museum.reserve(member, idempotency_key=key)
    for other, its_key, expected in (
        ("somebody else", key, "idempotency_mismatch"),
        ("one more", "one more", "sold_out"),
    ):
        answer = refusal(lambda: museum.reserve(other, idempotency_key=its_key))
        if answer != expected:
            raise Broken(f"{other} was answered {answer}, not {expected}")
    books = museum.books()
    if books != Books(sold, sold, sold):
        raise Broken(f"{sold} were sold, but there are {books}")


def reserve_all(
    places: int, make: Callable[[int, Path], AbstractContextManager[Museum]]
) -> float:
    """How many reservations a second there were until all places were sold."""
    requests = [(f"member-{number}", f"request-{number}") for number in range(places)]
    with tempfile.TemporaryDirectory() as folder, make(places, Path(folder, "museum.db")) as museum:
        reserve = museum.reserve
        begin = time.perf_counter()
        for member, key in requests:
            reserve(member, idempotency_key=key)
        took = time.perf_counter() - begin
        check_museum(museum, places)
    return places / took


Guard = Callable[[Callable[[], None]], Callable[[], None]]
"""A decorator."""


def nothing() -> None:
    """What is guarded."""


def in_block(block: Callable[[], AbstractContextManager[None]]) -> Guard:
    """The decorator that makes each call in a `with` block."""

    def guard(function: Callable[[], None]) -> Callable[[], None]:
        def guarded() -> None:
            with block():
                function()

        return guarded

    return guard


def check_guard(guard: Guard, refusal: type[Exception]) -> None:
    """Raises Broken unless it refuses one of a hundred calls that all fail."""

    def fail() -> None:
        raise OSError

    guarded = guard(fail)
    for _ in range(100):
        try:
            guarded()
        except refusal:
            return
        except OSError:
            continue
    raise Broken("it lets every call through")


def call_all(calls: int, function: Callable[[], None]) -> float:
    """How many calls a second there were."""
    begin = time.perf_counter()
    for _ in repeat(None, calls):
        function()
    return calls / (time.perf_counter() - begin)


def guard_all(calls: int, make: Callable[[], Guard], refusal: type[Exception]) -> float:
    """How many calls a second a new guard let through."""
    check_guard(make(), refusal)
    return call_all(calls, make()(nothing))


def from_cpp(program: Path, bookings: int) -> dict[str, float]:
    """What the program of reserve.cpp says of both storages."""
    command = [str(program), "--rounds", "1", "--bookings", str(bookings)]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8")
    rows = re.findall(r"^reserve with a key, .* (\d+)/s *$", ended.stdout, re.MULTILINE)
    if ended.returncode != 0 or len(rows) != 2:
        raise Broken(f"{program} exited with {ended.returncode}: {ended.stderr or ended.stdout}")
    return dict(zip((CPP_IN_MEMORY, CPP_ON_FILE), map(float, rows)))


def from_python(bookings: int) -> dict[str, Callable[[], float]]:
    """What is measured here, under its name."""
    more = MORE * bookings
    breaker = partial(exhibition.CircuitBreaker, "remote")
    opened, their_opened = exhibition.CircuitOpen, pybreaker.CircuitBreakerError
    their_breaker = pybreaker.CircuitBreaker
    return {
        IN_MEMORY: lambda: reserve_all(more, in_memory),
        ON_FILE: lambda: reserve_all(bookings, ours),
        BY_HAND: lambda: reserve_all(bookings, by_hand),
        MAPPED: lambda: reserve_all(bookings, mapped),
        DECORATED: lambda: guard_all(more, breaker, opened),
        BLOCK: lambda: guard_all(more, lambda: in_block(breaker().guard), opened),
        THEIR_DECORATED: lambda: guard_all(more, their_breaker, their_opened),
        THEIR_BLOCK: lambda: guard_all(
            more, lambda: in_block(their_breaker().calling), their_opened
        ),
        BARE: lambda: call_all(more, nothing),
    }


def measure_one(name: str, measure: Callable[[], float]) -> dict[str, float]:
    try:
        return {name: measure()}
    except Exception as problem:
        raise Broken(f"{name}: {problem}") from problem


def interleave(program: Path, rounds: int, bookings: int) -> dict[str, list[float]]:
    """How many a second there were of each in each round; each begins with another one, so that
    whatever else the machine does meets all of them alike."""
    turns = [partial(from_cpp, program, bookings)]
    turns += [partial(measure_one, *each) for each in from_python(bookings).items()]
    measured: dict[str, list[float]] = {}
    for number in range(rounds):
        print(f"package: round {number + 1} of {rounds}", file=sys.stderr)
        first = number % len(turns)
        for turn in turns[first:] + turns[:first]:
            for name, per_second in turn().items():
                measured.setdefault(name, []).append(per_second)
    return measured


def compare(measured: dict[str, list[float]]) -> list[Finding]:
    """What is compared with what, and the ratio of the two."""
    found = []
    for ours, theirs in COMPARISONS:
        ratios = [left / right for left, right in zip(measured[ours], measured[theirs])]
        speeds = [statistics.median(measured[name]) for name in (ours, theirs)]
        found.append(Finding("package", f"{ours} / {theirs}", "/s", *speeds,
                             statistics.median(ratios), None, None))
    return found


def table(findings: list[Finding]) -> str:
    rows = [("what", "per second", "beside", "per second", "ratio")]
    for each in findings:
        ours, theirs = each.figure.split(" / ")
        rows.append((ours, f"{each.ours:.0f}", theirs, f"{each.floor:.0f}", f"{each.ratio:.3f}"))
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  "
        f"{row[2]:<{widths[2]}}  {row[3]:>{widths[3]}}  {row[4]:>{widths[4]}}\n"
        for row in rows
    )


def number(text: str) -> int:
    """From the command line, at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"takes a number from 1 on, not: {text}")
    return int(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="package",
        description="What a reservation and a guarded call cost in Python, as ratios to the same "
        "from C++, and to what one would write or install instead. The files are made in TMPDIR, "
        "or else in /tmp; it should be on a disk.",
    )
    parser.add_argument("reserve", type=Path, metavar="PATH_TO_RESERVE")
    parser.add_argument("--rounds", type=number, default=9, metavar="N",
                        help="rounds to take the medians of (9)")
    parser.add_argument("--bookings", type=number, default=2000, metavar="N",
                        help=f"bookings of each variant in each round (2000); {MORE} times as many "
                        "in memory, and as many guarded calls")
    parser.add_argument("--figures", type=argparse.FileType("a"), metavar="FILE",
                        help="adds the figures to FILE too, a line each, with tabs between")
    options = parser.parse_args()
    findings = compare(interleave(options.reserve, options.rounds, options.bookings))
    if options.figures:
        options.figures.writelines(map(line, findings))
    print(
        f"package: medians of {options.rounds} rounds of {options.bookings} bookings each, "
        f"{MORE} times as many in memory,\nand as many calls; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"SQLAlchemy {version('sqlalchemy')}, pybreaker {version('pybreaker')}\n\n"
        f"{table(findings)}\n{NOTES}",
        end="",
    )


if __name__ == "__main__":
    try:
        main()
    except (Broken, exhibition.Error, OSError) as problem:
        sys.exit(f"package: {problem}")
